import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { LightNode, type LightNodeOptions } from '../../../simulators/light-node.js'
import type { Sender } from '../../../simulators/scenarios/light-station.js'
import { runScenario, type ScenarioSurroundings } from '../../../simulators/scenarios/run.js'
import {
  parseScenario,
  readScenario,
  type Scenario,
} from '../../../simulators/scenarios/scenario.js'
import { stationBundle } from '../../firmware/node-rig.js'
import { suite } from '../../suite.js'

const DROP_PUBACK = new URL('../../../simulators/scenarios/drop-puback.json', import.meta.url)
const ACK_EARLY = new URL('../../faults/ack-early.ts', import.meta.url)

/** A node that frees its outbox when a frame has left, as if that were a PUBACK. */
class ForgetfulNode implements Sender {
  readonly waiting = 0
  readonly #options: LightNodeOptions
  #node: LightNode | undefined
  #isStopped = false

  constructor(options: LightNodeOptions) {
    this.#options = options
  }

  get isConnected(): boolean {
    return this.#node?.isConnected ?? false
  }

  start(): void {
    const node = new LightNode({ ...this.#options, events: { disconnected: () => this.#again() } })
    this.#node = node
    node.start()
  }

  async publish(frame: Uint8Array) {
    this.#node?.publish(frame).catch(() => {}) // forgotten
    return { latencyMs: 0, attempts: 1 }
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#node?.stop()
  }

  #again(): void {
    if (this.#isStopped) return
    void this.#node?.stop()
    setTimeout(() => this.start(), 50)
  }
}

function scenario(changes: object): Scenario {
  const file = { about: 'x', seed: 7, speed: 120, nodes: ['A-01', 'T-01'], expect: {}, ...changes }
  return parseScenario(JSON.stringify(file), 'x')
}

const README = readFileSync(new URL('../../../simulators/README.md', import.meta.url), 'utf8')

/** The README's own scenario. */
const CUT = parseScenario(/```json\n(\{\n {2}"about".*?)```/s.exec(README)?.[1] ?? '', 'README.md')

suite('a scenario', (test, hooks) => {
  let folder = ''
  hooks.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-scenario-'))
  })
  hooks.after(() => rm(folder, { recursive: true, force: true }))

  const limit = { limitMs: 240_000 }

  async function run(name: string, played: Scenario, changes: Partial<ScenarioSurroundings> = {}) {
    const outcome = await runScenario(played, {
      environment: process.env,
      firmware: await stationBundle('lake'),
      out: join(folder, name),
      now: Date.now,
      signal: new AbortController().signal,
      print: () => {},
      show: () => {},
      ...changes,
    })
    if (outcome === undefined) throw new Error('nobody stopped it')
    const failed = outcome.lines.filter(({ isMet }) => !isMet)
    return { ...outcome, failed: failed.map(({ name: line, seen }) => `${line} ${seen}`) }
  }

  let digest: string | undefined
  test(
    'the example of the README, cut, unheard and doubled, ends as it says: all is stored, once',
    async () => {
      const outcome = await run('cut', CUT)
      digest = outcome.digest

      assert.equal(outcome.failed, [])
      assert.ok(outcome.isMet)
      const truth = await readFile(join(folder, 'cut/truth.csv'), 'utf8')
      assert.ok(truth.split('\n').length > 72)
    },
    limit,
  )

  test(
    'a node that frees its outbox before the PUBACK is found out, with the same bytes',
    async () => {
      const createSender = (options: LightNodeOptions) => new ForgetfulNode(options)
      const outcome = await run('forgetful', CUT, { createSender })

      assert.ok(!outcome.isMet)
      assert.ok(
        outcome.failed.some((line) => /^missing [1-9]/.test(line)),
        outcome.failed.join(),
      )
      assert.is(outcome.digest, digest)
    },
    limit,
  )

  test(
    'a service that acknowledges before it stores is found out by a flood',
    async () => {
      const flood = scenario({
        seed: 8,
        duration: '4m',
        settings: { QUEUE_MAX_FRAMES: '4' },
        faults: [{ kind: 'flood', at: '1s', for: '3m', frames: 50 }],
      })
      const NODE_OPTIONS = `--import tsx --import ${ACK_EARLY}`
      const outcome = await run('early', flood, { environment: { ...process.env, NODE_OPTIONS } })

      assert.ok(!outcome.isMet)
      assert.ok(
        outcome.failed.some((line) => /^missing [1-9]/.test(line)),
        outcome.failed.join(),
      )
      assert.is.not(outcome.digest, digest)
    },
    limit,
  )

  test(
    'with the real firmware: what was acknowledged and not heard of is sent again and stored once',
    async () => {
      const outcome = await run('drop-puback', readScenario(DROP_PUBACK.pathname))
      assert.equal(outcome.failed, [])
    },
    limit,
  )

  test('stopped by the signal, it says nothing and leaves no service behind', async () => {
    const stop = new AbortController()
    const outcome = await runScenario(CUT, {
      environment: process.env,
      firmware: '',
      out: join(folder, 'stopped'),
      now: Date.now,
      signal: stop.signal,
      print: () => {},
      show: () => stop.abort(),
    })

    assert.is(outcome, undefined)
    const left = await readdir(join(folder, 'stopped/store'))
    assert.not(left.includes('control.sock'))
  })
})
