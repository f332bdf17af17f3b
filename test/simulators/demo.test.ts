import { rm } from 'node:fs/promises'
import * as assert from 'uvu/assert'
import {
  latestAnswerSchema,
  nodesAnswerSchema,
  rejectedAnswerSchema,
  sitesAnswerSchema,
} from '../../shared/schema/api.js'
import { runDemo } from '../../simulators/demo/run.js'
import { ServiceError, serviceClient } from '../../simulators/service-client.js'
import { withStore } from '../store-fixture.js'
import { suite } from '../suite.js'

const PORTS = { HTTP_PORT: '0', MQTT_PORT: '0' }

suite('demo', (test, hooks) => {
  let folder = ''

  hooks.before(async () => {
    const prepared = await withStore('embedded', { kind: 'simulated' })
    await prepared.store.close()
    folder = prepared.folder
  })
  hooks.after(() => rm(folder, { recursive: true, force: true }))

  /** Runs the demo until `look` has seen enough; gives what it printed and how long stopping took. */
  async function demo<T>(now: () => number, look: () => Promise<T>) {
    const stop = new AbortController()
    const lines: string[] = []
    let ready = () => {}
    const isReady = new Promise<void>((resolve) => {
      ready = resolve
    })
    const running = runDemo({
      dataDir: folder,
      environment: { ...process.env, ...PORTS },
      service: serviceClient({ dataDir: folder }),
      now,
      signal: stop.signal,
      print: (line) => {
        lines.push(line)
        if (line.includes('sign in')) ready()
      },
    })
    await Promise.race([isReady, running])
    const seen = await look().finally(() => stop.abort())
    const stoppedMs = performance.now()
    await running
    return { seen, text: lines.join('\n'), stopMs: performance.now() - stoppedMs }
  }

  const service = () => serviceClient({ dataDir: folder })
  const newest = async () => {
    const { latest } = await service().get('/api/v1/latest', latestAnswerSchema)
    return latest.map(({ time }) => Date.parse(time))
  }

  test(
    'it shows 19 sites with a day behind them and a live value, and goes on after a stop',
    async () => {
      // A clock that stands just before a step of the live series: the step comes at once.
      const stepMs = Math.floor(Date.now() / 10_000) * 10_000 - 10_000
      const first = await demo(
        () => stepMs - 1,
        async () => {
          while ((await newest()).filter((time) => time === stepMs).length < 19 * 5) {}
          const { sites } = await service().get('/api/v1/sites', sitesAnswerSchema)
          const { nodes } = await service().get('/api/v1/nodes', nodesAnswerSchema)
          const metrics = await service().text('/metrics')
          return { sites, nodes, metrics }
        },
      )
      const { sites, nodes, metrics } = first.seen
      assert.is(sites.length, 19)
      assert.ok(sites.every(({ latest }) => latest.length >= 5))
      assert.ok(nodes.every(({ simulated }) => simulated))
      assert.match(metrics, 'toba_readings{outcome="rejected"} 0')
      const stored = Number(/toba_readings{outcome="stored"} (\d+)/.exec(metrics)?.[1])
      assert.ok(stored > 288 * 19 * 5, `${stored} readings`)
      assert.match(first.text, 'Every value is SIMULATED')
      assert.ok(first.stopMs < 10_000, `${first.stopMs} ms to stop`)

      const second = await demo(
        () => stepMs + 9_999,
        async () => {
          while (!(await newest()).includes(stepMs + 10_000)) {}
          return service().get('/api/v1/rejected-frames', rejectedAnswerSchema)
        },
      )
      assert.equal(second.seen.rejectedFrames, [])
      const signIn = /sign in .*/
      assert.is(signIn.exec(second.text)?.[0], signIn.exec(first.text)?.[0])
    },
    { limitMs: 180_000 },
  )

  test(
    'what keeps the service from starting is one clear line',
    async () => {
      try {
        await runDemo({
          dataDir: folder,
          environment: { ...process.env, HTTP_PORT: 'x' },
          service: service(),
          now: () => 0,
          signal: new AbortController().signal,
          print: () => {},
        })
        assert.unreachable()
      } catch (error) {
        assert.instance(error, ServiceError)
        assert.match(String(error), /HTTP_PORT/)
        assert.is(String(error).split('\n').length, 1)
      }
    },
    { limitMs: 60_000 },
  )
})
