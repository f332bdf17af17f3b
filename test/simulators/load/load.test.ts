import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { nodeAnswerSchema, siteAnswerSchema } from '../../../shared/schema/api.js'
import { nodeSchema, nodeWithSecretSchema } from '../../../shared/schema/node.js'
import { Crowd } from '../../../simulators/load/crowd.js'
import { frameShape } from '../../../simulators/load/frames.js'
import { runLoad } from '../../../simulators/load/load.js'
import { Register } from '../../../simulators/load/nodes.js'
import { readLoadOptions } from '../../../simulators/load/options.js'
import { sendPaced } from '../../../simulators/load/send.js'
import { failureOf, summaryJson, summaryLines } from '../../../simulators/load/summary.js'
import {
  type ServiceClient,
  ServiceError,
  serviceClient,
} from '../../../simulators/service-client.js'
import { startServiceProcess } from '../../service-process.js'
import { withStore } from '../../store-fixture.js'
import { suite } from '../../suite.js'
import { smallBroker } from '../small-broker.js'

const never = new AbortController().signal

suite('load against the service', (test, hooks) => {
  let folder = ''
  let running: Awaited<ReturnType<typeof startServiceProcess>>
  let service: ServiceClient

  hooks.before(async () => {
    const prepared = await withStore('embedded', { kind: 'real' })
    await prepared.store.close()
    folder = prepared.folder
    running = await startServiceProcess({ folder, environment: { STORE_KIND: 'real' } })
    service = serviceClient({ dataDir: folder })
  })
  hooks.after(async () => {
    await running?.end()
    await rm(folder, { recursive: true, force: true })
  })

  async function load(args: string, signal = never, told = (_line: string) => {}) {
    const mqtt = args.includes('--mqtt') ? '' : ` --mqtt 127.0.0.1:${running.mqttPort}`
    const options = readLoadOptions(`${args}${mqtt} --data ${folder}`.split(' '), {})
    if (options === 'help') throw new Error('no help was asked for')
    const lines: string[] = []
    const facts = await runLoad(options, {
      service,
      folder: join(folder, 'load'),
      now: Date.now,
      signal,
      print: (line) => {
        lines.push(line)
        told(line)
      },
    })
    const text = [...lines, ...summaryLines(facts, options)].join('\n')
    return { facts, text, json: JSON.parse(JSON.stringify(summaryJson(facts, options))) }
  }

  test('every frame is acknowledged and found again, and the next run takes the same nodes', async () => {
    const first = await load('--nodes 20 --rate 2/s --frame 3x2 --for 1s --ramp 0s')
    const second = await load('--nodes 21 --rate 2/s --frame 3x2 --for 1s --ramp 0s')

    assert.is(failureOf(first.facts), undefined)
    assert.is(first.json.made, 20)
    assert.equal(first.json.frames, {
      sent: 40,
      acknowledged: 40,
      resent: 0,
      reordered: 0,
      checked: 40,
      missing: 0,
    })
    assert.is(first.json.readings.stored, 240)
    assert.is(first.json.latency.count, 40)
    assert.match(first.text, '40 acknowledged frames looked for, 0 missing')
    assert.match(first.text, 'readings      240 new, 0 repeated, 0 rejected')
    assert.is(second.json.made, 1)
    assert.is(second.json.readings.stored, 252)
  })

  test('its nodes are simulated, and their site has a title', async () => {
    const node = await service.get('/api/v1/nodes/load-00001', nodeAnswerSchema)
    const site = await service.get('/api/v1/sites/load', siteAnswerSchema)

    assert.is(node.simulated, true)
    assert.match(site.title, 'Uji beban')
  })

  test('secrets are kept for this user alone', async () => {
    const register = new Register(join(folder, 'load'), { dataDir: folder })
    assert.is((await stat(register.path)).mode & 0o777, 0o600)
    assert.match(await readFile(register.path, 'utf8'), 'load-00001')
  })

  test('acknowledged frames that nobody stored are found missing', async () => {
    const liar = await smallBroker()
    try {
      const mqtt = `--mqtt 127.0.0.1:${liar.port}`
      const { facts, text } = await load(`--nodes 5 --rate 2/s --for 1s --ramp 0s ${mqtt}`)

      assert.is(failureOf(facts), '10 acknowledged frames are not stored as they were sent')
      assert.match(text, '10 acknowledged frames looked for, 10 missing')
    } finally {
      await liar.close()
    }
  })

  test('a real node under such a name is left alone', async () => {
    const wish = { name: 'load-00030', title: 'Balige', kind: 'lake' }
    await service.post('/api/v1/nodes', wish, nodeWithSecretSchema)
    await refused(load('--nodes 30 --for 1s'), 'load-00030 exists and is not simulated')
  })

  test('an absent broker is one clear line', async () => {
    await refused(load('--nodes 2 --for 1s --mqtt 127.0.0.1:1'), 'only 0 of 2 nodes could connect')
  })

  test('more frames than there is past for are refused before any is sent', async () => {
    await refused(load('--nodes 1 --rate 900/s --for 1m'), 'past times left for')
  })

  test('interrupted, it ends at once and says what it knows', async () => {
    const stop = new AbortController()
    const run = load('--nodes 10 --rate 1/s --for 10m --ramp 0s', stop.signal)
    setTimeout(() => stop.abort(), 40)
    const { facts, text } = await run

    assert.is(facts.isInterrupted, true)
    assert.is(failureOf(facts), undefined)
    assert.match(text, 'not compared: interrupted')
  })

  test('the search for the limit tells every step and what it found', async () => {
    const stop = new AbortController()
    const args = '--nodes 10 --find-limit --rate 1/s --frame 1x1 --for 1s --ramp 0s'
    const { json, text } = await load(args, stop.signal, (line) => {
      if (/ 20 .+ kept/.test(line)) stop.abort()
    })

    assert.is(json.steps[0].framesPerS, 10)
    assert.is(json.steps[1].framesPerS, 20)
    assert.is(json.limit.frames_per_s >= 20, true)
    assert.match(text, /frames\/s +p50 ms +p99 ms +max ms\n +10 .+ kept\n +20 .+ kept/)
    assert.match(text, /limit +\d+ frames\/s/)
  })

  test('a node that was disabled is named as such', async () => {
    await service.post('/api/v1/nodes/load-00002/disable', {}, nodeSchema)
    await refused(load('--nodes 2 --for 1s'), 'load-00002 is disabled')
  })

  async function refused(run: Promise<unknown>, message: string): Promise<void> {
    let problem: unknown
    await run.catch((error) => {
      problem = error
    })
    assert.instance(problem, ServiceError)
    assert.match(String(problem), message)
  }
})

suite('sending at a pace', (test) => {
  test('a stalled acknowledgement weighs on every frame that waits behind it', async () => {
    const broker = await smallBroker()
    let release = () => {}
    const stalled = new Promise<void>((resolve) => {
      release = resolve
    })
    broker.onFrame = (_, index) => (index < 8 ? stalled : Promise.resolve())
    const crowd = new Crowd({
      logins: [{ name: 'load-00001', secret: 'abc' }],
      broker: { host: '127.0.0.1', port: broker.port },
      frame: frameShape(1, 1),
      boot: 1,
      startS: 1_790_000_000,
    })
    try {
      await crowd.connect(0, never)
      const result = await sendPaced(crowd, {
        framesPerS: 200,
        warmUpS: 0,
        durationS: 0.25,
        patienceMs: 5_000,
        signal: never,
        note: (sent) => {
          if (sent === 50) release()
        },
      })

      assert.is(result.acknowledged, 50)
      assert.is(result.unanswered, 0)
      // Eight were on their way; the others reached the socket only once it was over.
      assert.ok(result.fromDue.percentile(0.5) > 60, `${result.fromDue.percentile(0.5)}`)
      assert.ok(result.fromSocket.percentile(0.5) < 60, `${result.fromSocket.percentile(0.5)}`)
    } finally {
      await crowd.stop()
      await broker.close()
    }
  })

  test('frames that are never acknowledged are counted, and the wait for them ends', async () => {
    const broker = await smallBroker()
    broker.onFrame = () => new Promise(() => {})
    const crowd = new Crowd({
      logins: [{ name: 'load-00001', secret: 'abc' }],
      broker: { host: '127.0.0.1', port: broker.port },
      frame: frameShape(1, 1),
      boot: 1,
      startS: 1_790_000_000,
    })
    try {
      await crowd.connect(0, never)
      const plan = { framesPerS: 100, warmUpS: 0, durationS: 0.03, patienceMs: 10 }
      const result = await sendPaced(crowd, { ...plan, signal: never, note: () => {} })

      assert.is(result.unanswered, 3)
      assert.is(crowd.open, 3)
    } finally {
      await crowd.stop()
      await broker.close()
    }
  })
})
