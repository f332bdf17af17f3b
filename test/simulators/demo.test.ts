import { rm } from 'node:fs/promises'
import * as assert from 'uvu/assert'
import {
  framesAnswerSchema,
  latestAnswerSchema,
  nodesAnswerSchema,
  rejectedAnswerSchema,
  sitesAnswerSchema,
} from '../../shared/schema/api.js'
import { readingsAnswerSchema } from '../../shared/schema/reading.js'
import { runDemo } from '../../simulators/demo/run.js'
import { ServiceError, serviceClient } from '../../simulators/service-client.js'
import { stationBundle } from '../firmware/node-rig.js'
import { withStore } from '../store-fixture.js'
import { suite } from '../suite.js'

const PORTS = { HTTP_PORT: '0', MQTT_PORT: '0' }
const DAY_MS = 86_400_000

suite('demo', (test, hooks) => {
  let folder = ''

  hooks.before(async () => {
    const prepared = await withStore('embedded', { kind: 'simulated' })
    await prepared.store.close()
    folder = prepared.folder
  })
  hooks.after(() => rm(folder, { recursive: true, force: true }))

  /** Runs the demo until it said `ready` and `look` has seen enough. */
  async function demo<T>(ready: RegExp, look: () => Promise<T>, now = Date.now) {
    const stop = new AbortController()
    const lines: string[] = []
    let isReady = () => {}
    const readiness = new Promise<void>((resolve) => {
      isReady = resolve
    })
    const running = runDemo({
      dataDir: folder,
      environment: { ...process.env, ...PORTS },
      firmware: await stationBundle('lake'),
      now,
      signal: stop.signal,
      print: (line) => {
        lines.push(line)
        if (ready.test(line)) isReady()
      },
    })
    await Promise.race([readiness, running])
    const seen = await look().finally(() => stop.abort())
    const stoppedMs = performance.now()
    await running
    return { seen, text: lines.join('\n'), stopMs: performance.now() - stoppedMs }
  }

  const service = () => serviceClient({ dataDir: folder })
  const latest = async () =>
    (await service().get('/api/v1/latest', latestAnswerSchema)).latest.map((one) => ({
      ...one,
      timeMs: Date.parse(one.time),
    }))
  const rejected = () => service().get('/api/v1/rejected-frames', rejectedAnswerSchema)
  /** Boot numbers of the ten boards, when each has sent something that was measured since. */
  const boots = async (sinceMs: number): Promise<Map<string, number>> => {
    const found = new Map<string, number>()
    while (found.size < 10) {
      for (const { node, quantity, time, timeMs } of await latest()) {
        if (quantity !== 'dissolved_oxygen' || timeMs <= sinceMs) continue
        const path = `/api/v1/frames?node=${node}&time=${time}&quantity=${quantity}`
        const [frame] = (await service().get(path, framesAnswerSchema)).frames
        // The light nodes that write the past count theirs from far beyond.
        if (frame !== undefined && frame.boot < 0x40000000) found.set(node, frame.boot)
      }
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    return found
  }

  test(
    'stopped at its beginning and started two days later it has 30 days without a hole, and boards that go on',
    async () => {
      const first = await demo(
        /sign in/,
        async () => {
          const { sites } = await service().get('/api/v1/sites', sitesAnswerSchema)
          const { nodes } = await service().get('/api/v1/nodes', nodesAnswerSchema)
          return { sites, nodes }
        },
        () => Date.now() - 2 * DAY_MS,
      )
      assert.is(first.seen.sites.length, 19)
      assert.ok(first.seen.sites.every((site) => site.latest.length >= 5))
      assert.ok(first.seen.nodes.every(({ simulated }) => simulated))
      assert.match(first.text, 'Every value is SIMULATED')
      assert.ok(first.stopMs < 10_000, `${first.stopMs} ms to stop`)

      const secondMs = Date.now()
      const second = await demo(/all of the last 30 days is there/, async () => {
        const days = []
        for (const site of ['balige', 'udara-porsea', 'jalan-ajibata']) {
          const from = new Date(secondMs - 30 * DAY_MS).toISOString()
          const path = `/api/v1/readings?site=${site}&from=${from}&resolution=raw`
          const { series } = await service().get(path, readingsAnswerSchema)
          // On an empty road there is no speed.
          for (const { quantity, readings = [] } of series) {
            if (quantity !== 'mean_speed' && readings.length > 0) days.push(readings)
          }
        }
        return { days, boots: await boots(secondMs), rejected: await rejected() }
      })
      assert.ok(second.seen.days.length >= 5 + 5 + 6)
      for (const readings of second.seen.days) {
        const times = [secondMs - 30 * DAY_MS, ...readings.map(({ time }) => Date.parse(time))]
        const holes = times.slice(1).map((time, n) => time - (times[n] ?? 0))
        assert.ok(Math.max(...holes) <= 600_000, `a hole of ${Math.max(...holes) / 60_000} min`)
        assert.ok(secondMs - (times.at(-1) ?? 0) < 600_000)
      }
      assert.equal(second.seen.rejected.rejectedFrames, [])
      assert.ok(second.stopMs < 10_000, `${second.stopMs} ms to stop`)

      const third = await demo(/all of the last 30 days is there/, async () => ({
        boots: await boots(Date.now()),
        rejected: await rejected(),
      }))
      for (const [node, boot] of second.seen.boots) {
        assert.is(third.seen.boots.get(node), boot + 1, node)
      }
      assert.equal(third.seen.rejected.rejectedFrames, [])
      const signIn = /sign in .*/
      assert.is(signIn.exec(third.text)?.[0], signIn.exec(first.text)?.[0])
    },
    { limitMs: 400_000 },
  )

  test(
    'what keeps the service from starting is one clear line',
    async () => {
      try {
        await runDemo({
          dataDir: folder,
          environment: { ...process.env, HTTP_PORT: 'x' },
          firmware: '',
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
