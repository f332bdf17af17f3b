import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ingestRig, type Rig } from '../ingest-fixture.js'
import { suite } from '../suite.js'
import { bundle, LINK } from './link-rig.js'

const interpreter = process.env.ESPRUINO
const WHY = 'set ESPRUINO to the path of the Linux interpreter'

const ENTRY = `
import { closeMqtt, openMqtt, publish, subscribe } from './mqtt.js'
Object.assign(global, { closeMqtt, openMqtt, publish, subscribe })`

suite('MQTT on the board, with the real service', (test, { before, after }) => {
  if (interpreter === undefined) {
    test.skip('all byte values arrive intact and are acknowledged', WHY)
    test.skip('a refused login is named', WHY)
    test.skip('fifty connections leave nothing in memory', WHY)
    test.skip('thirty whole sessions leave nothing in memory', WHY)
    return
  }
  let rig: Rig
  let folder = ''
  let script = ''
  before(async () => {
    rig = await ingestRig('embedded')
    folder = mkdtempSync(join(tmpdir(), 'toba-mqtt-'))
    script = await bundle(ENTRY)
  })
  after(async () => {
    await rig.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What the harness prints; it ends the interpreter itself. */
  function run(harness: string, bundled = script): Promise<string[]> {
    const file = join(folder, 'run.js')
    writeFileSync(file, `${bundled}\n${harness}\n`)
    const child = spawn(interpreter as string, [file], { cwd: folder, stdio: 'pipe' })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    const limit = setTimeout(() => child.kill('SIGKILL'), 15_000)
    return new Promise((resolve) =>
      child.on('close', () => {
        clearTimeout(limit)
        resolve([...output.matchAll(/say (.*?)\r?$/gm)].map(([, text]) => text ?? ''))
      }),
    )
  }

  const open = (login: object, events: string) => `
    openMqtt(require("net").connect({ host: "127.0.0.1", port: ${rig.broker.port} }),
      ${JSON.stringify(login)}, { connected: connected, message: message, ended: ended });
    ${events}`
  const declare = (connected: string, ended: string) => `
    function connected() { ${connected} }
    function message(topic, text) {
      print("say " + topic + " " + text);
      if (topic.endsWith("/t")) closeMqtt();
    }
    function ended(reason) { ${ended} }`

  test('all byte values arrive intact and are acknowledged', async () => {
    const { id, name, secret } = await rig.addNode('mqtt-bytes')

    const said = await run(
      declare(
        `subscribe("toba/${name}/c", "toba/${name}/t", function () {
          var bytes = "";
          for (var n = 0; n < 1024; n++) bytes += String.fromCharCode(n & 255);
          publish("toba/${name}/r", bytes, function () {
            print("say acknowledged");
            publish("toba/${name}/q", "", function () {});
          });
        });`,
        'print("say ended " + reason); quit();',
      ) + open({ node: name, secret }, ''),
    )

    const [row] = await rig.rows('SELECT bytes FROM rejected_frame WHERE node_id = $1', [id])
    const sent = Buffer.from(Array.from({ length: 1024 }, (_, n) => n & 255))
    assert.ok(Buffer.from(row?.bytes as Uint8Array).equals(sent))
    assert.equal(said.sort(), [
      'acknowledged',
      'ended undefined',
      `toba/${name}/c {"revision":0}`,
      `toba/${name}/t {"t":${rig.clock.seconds},"c":0,"x":1}`,
    ])
  })

  test('a refused login is named', async () => {
    const { name } = await rig.addNode('mqtt-refused')
    const said = await run(
      declare('print("say in");', 'print("say ended " + reason); quit();') +
        open({ node: name, secret: '0'.repeat(32) }, ''),
    )
    assert.equal(said, ['ended login-refused'])
    assert.is(rig.refused.at(-1), 'wrong-secret')
  })

  test('fifty connections leave nothing in memory', async () => {
    const { name, secret } = await rig.addNode('mqtt-memory')
    const said = await run(`
      var left = 50, first;
      ${declare(
        'closeMqtt();',
        `setTimeout(function () {
          var used = process.memory().usage;
          if (first === undefined) first = used;
          if (left--) again(); else { print("say " + (used - first)); quit(); }
        }, 20);`,
      )}
      function again() { ${open({ node: name, secret }, '')} }
      again();`)
    assert.equal(said, ['0'])
  })

  test('thirty whole sessions leave nothing in memory', async () => {
    const { name, secret } = await rig.addNode('mqtt-sessions')
    const said = await run(
      `
      var left = 30, frame, first, told = 0;
      function nothing() {}
      startLink(wifiTransport({ ssid: "", password: "", sntp: "127.0.0.1" }), {
        identity: { node: "${name}", secret: "${secret}", host: "127.0.0.1", port: ${rig.broker.port} },
        next: function () { return frame; },
        sent: function () { frame = undefined; },
        time: function (seconds) { told = seconds; },
        config: nothing, progress: nothing,
        ended: function (reason) {
          if (reason !== undefined) print("say ended " + reason);
          setTimeout(again, 20);
        }
      });
      function again() {
        var used = process.memory().usage;
        if (first === undefined && left < 30) first = used;
        if (!left--) { print("say " + (used - first) + " " + told); quit(); }
        frame = "frame " + left;
        openSession(false);
      }
      again();`,
      await bundle(LINK),
    )
    assert.equal(said, [`0 ${rig.clock.seconds}`])
  })
})
