import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { decodeFrame } from '../../shared/wire/decode.js'
import { readOptions } from '../../simulators/replay/options.js'
import { replay } from '../../simulators/replay/replay.js'
import { type ServiceClient, ServiceError } from '../../simulators/service-client.js'
import { suite } from '../suite.js'
import { type SmallBroker, smallBroker } from './small-broker.js'

/** A service that has nothing yet, creates whatever is asked for and tells no metrics. */
function emptyService(): ServiceClient {
  const at = '2026-07-01T00:00:00Z'
  const node = (body: object) => ({
    ...body,
    trailerRequired: false,
    connected: false,
    lastSeenAt: null,
    openRejectedFrames: 0,
    configRevision: 0,
    confirmedRevision: null,
    createdAt: at,
    disabledAt: null,
    secret: 'abc',
  })
  const place = { elevationM: null, waterClass: null, road: null, owner: null, retiredAt: null }
  return {
    async get(path, schema) {
      if (path.startsWith('/api/v1/placements?'))
        return schema.parse({ placements: [], next: null })
      if (path.startsWith('/api/v1/rejected-frames?')) {
        return schema.parse({ rejectedFrames: [], next: null, open: {} })
      }
      throw new ServiceError(404, `nothing at ${path}`)
    },
    async post(path, body, schema) {
      if (path === '/api/v1/nodes') return schema.parse(node(body))
      if (path === '/api/v1/sites') return schema.parse({ ...place, ...body, createdAt: at })
      if (path === '/api/v1/placements/move') return schema.parse({ ended: [], begun: [] })
      throw new ServiceError(404, `nothing at ${path}`)
    },
    put: () => Promise.reject(new Error('nothing is configured')),
    patch: () => Promise.reject(new Error('nothing is changed')),
    text: async () => {
      throw new ServiceError(403, 'metrics are closed')
    },
  }
}

suite('replay on the wire', (test, hooks) => {
  let broker: SmallBroker
  let folder = ''
  hooks.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-wire-'))
  })
  hooks.after(() => rm(folder, { recursive: true }))
  hooks.beforeEach(async () => {
    broker = await smallBroker()
  })
  hooks.afterEach(() => broker.close())

  const rows = Array.from({ length: 30 }, (_, n) => `${1_782_864_000 + 900 * n},${20 + n / 10}`)
  const series = `time,temp\n${rows.join('\n')}\n`

  async function sent(text: string, ...args: string[]) {
    const path = join(folder, 'series.csv')
    await writeFile(path, text)
    broker.arrived.length = 0
    const options = readOptions([path, '--mqtt', `127.0.0.1:${broker.port}`, ...args], {})
    if (options === 'help') throw new Error('no help was asked for')
    const lines: string[] = []
    const { signal } = new AbortController()
    await replay(options, emptyService(), signal, (line) => lines.push(line))
    return { frames: broker.arrived.map(({ hex }) => hex), text: lines.join('\n') }
  }

  const decode = (hex: string) => decodeFrame(Buffer.from(hex, 'hex'))

  test('a second run puts the very same bytes on the wire, another file another boot', async () => {
    const { frames } = await sent(series)
    assert.is(frames.length, 3)
    assert.equal(
      frames.map((hex) => decode(hex).seq),
      [0, 1, 2],
    )
    assert.equal((await sent(series)).frames, frames)
    const boots = new Set<number | undefined>()
    for (const run of [
      frames,
      (await sent(series.replace('20', '21'))).frames,
      (await sent(series, '--shift', '2026-08-01T00:00:00Z')).frames,
      (await sent(series, '--samples', '10')).frames,
      (await sent(series, '--boot', '3')).frames,
    ]) {
      boots.add(decode(run[0] ?? '').boot)
    }
    assert.is(boots.size, 5)
    assert.ok(boots.has(3))
  })

  test('a connection lost on the way is taken up again, and nothing is missing', async () => {
    broker.onFrame = async (_hex, index) => {
      if (index === 1) broker.cutAll()
    }
    const { frames, text } = await sent(series)
    assert.match(text, 'connection lost')
    assert.match(text, 'acknowledged  3 frames, 30 readings')
    assert.match(text, 'sent again after a cut')
    const samples = [...new Set(frames)].flatMap((hex) => decode(hex).samples)
    assert.is(samples.length, 30)
  })

  test('a refused login ends the run with its code', async () => {
    broker.acceptsLogin = () => false
    try {
      await sent(series)
      assert.unreachable()
    } catch (error) {
      assert.instance(error, ServiceError)
      assert.match(String(error), /refused the login of replay-series \(CONNACK 5\)/)
    }
  })

  test('a site that nobody placed must exist', async () => {
    try {
      await sent(series, '--site', 'pier')
      assert.unreachable()
    } catch (error) {
      assert.match(String(error), 'there is no site pier; say where it is: pier:LON:LAT')
    }
  })
})
