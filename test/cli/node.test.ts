import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { UsageError } from '../../ingest/cli/arguments.js'
import { openControl } from '../../ingest/cli/control.js'
import { COMMANDS, type Options } from '../../ingest/cli/node-commands.js'
import { table } from '../../ingest/cli/table.js'
import { readConfig } from '../../ingest/config.js'
import { AppError } from '../../ingest/errors.js'
import { nodeAnswerSchema } from '../../shared/schema/api.js'
import { LightNode } from '../../simulators/light-node.js'
import { startServiceProcess } from '../service-process.js'
import { withStore } from '../store-fixture.js'
import { suite } from '../suite.js'

/** An engine opens in seconds, in many on a busy machine. */
const OPENS = { limitMs: 60_000 }
const MAIN = fileURLToPath(new URL('../../ingest/cli/node.ts', import.meta.url))

async function spawned(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args])
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

suite('npm run node', (test, hooks) => {
  let folder = ''
  let running: Awaited<ReturnType<typeof startServiceProcess>> | undefined

  hooks.before(async () => {
    const prepared = await withStore('embedded', { kind: 'real' })
    await prepared.store.close()
    folder = prepared.folder
  })
  hooks.after(async () => {
    await running?.end()
    await rm(folder, { recursive: true, force: true })
  })

  async function run(name: string, args: string[] = [], options: Options = {}) {
    const command = COMMANDS.get(name)
    if (command === undefined) throw new Error(`no command ${name}`)
    const work = command(args, options)
    const control = await openControl(readConfig({ DATA_DIR: folder, STORE_KIND: 'real' }))
    try {
      return await work(control)
    } finally {
      await control.close()
    }
  }

  const secretOf = (lines: string[]) => /[0-9a-f]{32}/.exec(lines.join(' '))?.[0] ?? ''

  let secret = ''

  test(
    'without a service it provisions in the folder itself',
    async () => {
      const added = await run('add', ['balige-1'], { kind: 'lake', title: 'Balige' })
      secret = secretOf(added.lines)
      assert.match(secret, /^[0-9a-f]{32}$/)
      assert.match(added.lines.join('\n'), 'shown this once')
      const { lines } = await run('list')
      assert.is(lines.length, 2)
      assert.match(lines[1] ?? '', /^balige-1 +lake +away +never +0 +0 +Balige$/)
      assert.not.match(lines.join(), secret)
    },
    OPENS,
  )

  test(
    'a folder that somebody else holds is one clear line',
    async () => {
      const config = readConfig({ DATA_DIR: folder, STORE_KIND: 'real' })
      const control = await openControl(config)
      try {
        await openControl(config)
        assert.unreachable()
      } catch (error) {
        assert.instance(error, AppError)
        assert.match(String(error), `is in use by process ${process.pid}`)
      } finally {
        await control.close()
      }
    },
    OPENS,
  )

  test(
    'with a service it goes through the control socket, and nodes feel it at once',
    async () => {
      const environment = { STORE_KIND: 'real' }
      running = await startServiceProcess({ folder, environment })
      const reasons: string[] = []
      const connected = signal()
      const disconnected = signal()
      const node = new LightNode({
        name: 'balige-1',
        secret,
        host: '127.0.0.1',
        port: running.mqttPort,
        events: {
          connected: connected.give,
          disconnected: (reason) => {
            reasons.push(reason)
            disconnected.give()
          },
        },
      })
      node.start()
      await connected.given
      try {
        assert.match((await run('list')).lines[1] ?? '', /^balige-1 +lake +connected/)
        assert.equal((await run('disable', ['balige-1'])).lines, ['node balige-1 is disabled'])
        await disconnected.given
        assert.equal(reasons, ['closed by the broker'])
        assert.match((await run('list')).lines[1] ?? '', /^balige-1 +lake +disabled/)
        await run('enable', ['balige-1'])
      } finally {
        await node.stop()
      }
    },
    OPENS,
  )

  test('a rotated secret logs in, and ends the old one', async () => {
    const port = running?.mqttPort ?? 0
    const fresh = secretOf((await run('rotate', ['balige-1'])).lines)
    assert.is.not(fresh, secret)
    assert.is(await login('balige-1', secret, port), 'connected')
    assert.is(await login('balige-1', fresh, port), 'connected')
    assert.is(await login('balige-1', secret, port), 'refused')
  })

  test('placing moves a channel: what it was elsewhere ends there', async () => {
    await run('site', ['balige', '99.06', '2.3535'], { title: 'Balige' })
    await run('site', ['porsea', '99.124', '2.413'])
    await run('place', ['balige-1', 'balige', 'ph', 'water_temperature@1'], {
      depth: '1.5',
      from: '2026-07-01T00:00:00+07:00',
    })
    const moved = await run('place', ['balige-1', 'porsea', 'ph'], { from: '2026-08-01T00:00:00Z' })
    assert.equal(moved.lines, ['balige-1 measures ph at porsea from 2026-08-01T00:00:00.000Z'])
    const control = await openControl(readConfig({ DATA_DIR: folder, STORE_KIND: 'real' }))
    const { placements } = await control.ask('GET', '/api/v1/nodes/balige-1', nodeAnswerSchema)
    const brief = placements
      .map(({ quantity, position, site, depthM, from, to }) =>
        [quantity, position, site, depthM, from, to].join(' '),
      )
      .sort()
    assert.equal(brief, [
      'ph 0 balige 1.5 2026-06-30T17:00:00Z 2026-08-01T00:00:00Z',
      'ph 0 porsea  2026-08-01T00:00:00Z ',
      'water_temperature 1 balige 1.5 2026-06-30T17:00:00Z ',
    ])
    assert.is((await run('sites')).lines.length, 3)
  })

  test('a misspelt site ends nothing', async () => {
    try {
      await run('place', ['balige-1', 'nowhere', 'ph'])
      assert.unreachable()
    } catch (error) {
      assert.match(String(error), 'nowhere')
    }
    const { json } = await run('place', ['balige-1', 'porsea', 'ph'], { depth: '3' })
    assert.match(JSON.stringify(json), '"depthM":3')
  })

  test('what the API refuses is said in its words', async () => {
    try {
      await run('add', ['balige-1'], { kind: 'lake' })
      assert.unreachable()
    } catch (error) {
      assert.instance(error, AppError)
      assert.match(String(error), 'balige-1 exists already')
    }
  })

  test('--json prints one object, as the last line', async () => {
    const { code, stdout } = await spawned('list', '--json', '--data', folder)
    assert.is(code, 0)
    const { nodes } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    assert.is(nodes[0].name, 'balige-1')
  })

  const wrong: [string, string[], Options, RegExp][] = [
    ['add', [], {}, /expected NAME, got nothing/],
    ['add', ['Big'], { kind: 'lake' }, /3 to 32/],
    ['add', ['abc'], { kind: 'sea' }, /--kind is one of lake, air, road, check/],
    ['list', ['x'], {}, /expected nothing more/],
    ['site', ['abc', 'east', '2'], {}, /LON east: expected a number/],
    ['place', ['abc'], {}, /expected NODE SITE/],
    ['place', ['abc', 'def', 'phosphor'], {}, /no quantity is called "phosphor"/],
    ['place', ['abc', 'def', 'ph@16'], {}, /0 to 15/],
    ['place', ['abc', 'def', 'ph'], { from: '2026-07-01' }, /write it like/],
  ]
  for (const [name, args, options, message] of wrong) {
    test(`wrong input is one line before any store is opened: ${[name, ...args].join(' ')}`, () => {
      assert.throws(
        () => COMMANDS.get(name)?.(args, options),
        (error: unknown) => error instanceof UsageError && message.test(error.message),
      )
    })
  }

  test('a command that does not exist ends with code 2 and two lines', async () => {
    const { code, stdout, stderr } = await spawned('frob')
    assert.is(code, 2)
    assert.is(stdout, '')
    assert.equal(stderr.trim().split('\n'), [
      'there is no command frob',
      'npm run node -- --help lists the commands',
    ])
  })

  test('tables are aligned', () => {
    assert.equal(
      table(
        ['A', 'LONG'],
        [
          ['wide cell', 'b'],
          ['c', ''],
        ],
      ),
      ['A          LONG', 'wide cell  b', 'c'],
    )
  })
})

function signal() {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

async function login(name: string, secret: string, port: number): Promise<string> {
  let settle: (outcome: string) => void = () => {}
  const outcome = new Promise<string>((resolve) => {
    settle = resolve
  })
  const events = { connected: () => settle('connected'), refused: () => settle('refused') }
  const node = new LightNode({ name, secret, host: '127.0.0.1', port, events })
  node.start()
  const result = await outcome
  await node.stop()
  return result
}
