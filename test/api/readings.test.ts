import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import * as assert from 'uvu/assert'
import { bucketSpans, toBucket } from '../../ingest/api/buckets.js'
import { csvLine } from '../../ingest/api/csv.js'
import type { Problem } from '../../shared/schema/problem.js'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import { quantityByKey } from '../../shared/wire/quantities.js'
import { suite } from '../suite.js'
import { NOW_MS, place, type Rig, rig, storeReadings } from './rig.js'

const NOW_S = NOW_MS / 1000
const DAY_S = 86_400
const iso = (timeS: number) => new Date(timeS * 1000).toISOString()

suite('readings', (test, { before, after }) => {
  let api: Rig
  const MANY = 12_345
  before(async () => {
    api = await rig()
    await place(api, 'many-1', 'many-site', { quantity: 'ph', from: iso(NOW_S - 400 * DAY_S) })
    await storeReadings(
      api,
      'many-1',
      'ph',
      Array.from({ length: MANY }, (_, index) => [
        NOW_S - (MANY - index) * 600,
        700 + (index % 90),
      ]),
    )
  })
  after(() => api.close())

  const get = async (query: string) => {
    const answer = await api.app.inject({ url: `/api/v1/readings?${query}` })
    if (answer.statusCode !== 200) throw new Error(answer.body)
    return answer.json<ReadingsAnswer>()
  }
  const refusal = async (query: string) =>
    (await api.app.inject({ url: `/api/v1/readings?${query}` })).json<Problem>()

  test('CSV of more than ten thousand rows is whole, in order, and says what it is', async () => {
    const url = `/api/v1/readings?site=many-site&from=${iso(NOW_S - 200 * DAY_S)}&resolution=raw&format=csv`

    const answer = await api.app.inject({ url })

    const rows: Record<string, string>[] = parse(answer.body, {
      columns: true,
      comment: '#',
      comment_no_infix: true,
    })
    assert.is(rows.length, MANY)
    assert.equal(rows[0], {
      time: '2026-04-06T06:30:00Z',
      site: 'many-site',
      node: 'many-1',
      quantity: 'ph',
      position: '0',
      value: '7',
      unit: '[pH]',
      flag: '2',
      flag_text: 'belum diperiksa',
      why: '',
    })
    const times = rows.map(({ time }) => time ?? '')
    assert.equal([...times].sort(), times)
    const comments = answer.body.split('\r\n').filter((line) => line.startsWith('#'))
    assert.match(comments.join('\n'), /simulasi[\s\S]*CC BY 4\.0[\s\S]*3 diragukan \(suspect\)/)
    assert.match(answer.headers['content-disposition'] ?? '', /many-site_.*_raw_?.*\.csv/)
  })

  test('JSON of as many rows is one valid document', async () => {
    const { series, resolution } = await get(
      `node=many-1&from=${iso(NOW_S - 200 * DAY_S)}&resolution=raw`,
    )

    assert.is(resolution, 'raw')
    assert.is(series[0]?.readings?.length, MANY)
    assert.equal(series[0]?.readings?.at(-1), {
      time: iso(NOW_S - 600).replace('.000Z', 'Z'),
      value: 7.0 + ((MANY - 1) % 90) / 100,
      flag: 2,
      why: [],
    })
  })

  test('answers and exports are compressed for whom it helps', async () => {
    const get = (encoding: string, format: string) =>
      api.app.inject({
        url: `/api/v1/readings?node=many-1&from=${iso(NOW_S - 20 * DAY_S)}&resolution=raw&format=${format}`,
        headers: { 'accept-encoding': encoding },
      })
    const plain = await get('gzip;q=0, br', 'csv')
    const csv = await get('br, gzip', 'csv')
    const long = await api.app.inject({
      url: '/api/v1/quantities',
      headers: { 'accept-encoding': 'gzip' },
    })
    const short = await api.app.inject({ url: '/health', headers: { 'accept-encoding': 'gzip' } })

    assert.is(plain.headers['content-encoding'], undefined)
    assert.is(csv.headers['content-encoding'], 'gzip')
    assert.is(gunzipSync(csv.rawPayload).toString(), plain.body)
    assert.ok(csv.rawPayload.length * 8 < plain.rawPayload.length)
    assert.is(JSON.parse(gunzipSync(long.rawPayload).toString()).quantities.length, 62)
    assert.is(short.headers['content-encoding'], undefined)
  })

  test('no site data is an empty series, not an error', async () => {
    const answer = await get('site=many-site&quantity=turbidity')

    assert.equal(answer.series, [])
  })

  test('a client that goes away ends the work', async () => {
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const address = api.app.server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    let pages = 0
    const query = api.db.query
    api.db.query = (...args: Parameters<typeof query>) => {
      if (args[1].includes('FROM reading')) pages++
      return query(...args)
    }
    const path = `/api/v1/readings?node=many-1&from=${iso(NOW_S - 200 * DAY_S)}&resolution=raw&format=csv`
    const gone = once(api.app.server, 'request').then(([, reply]) => once(reply, 'close'))
    const request = httpRequest({ port, path, host: '127.0.0.1' })
    request.end()
    const [response] = await once(request, 'response')
    await once(response, 'data')

    response.destroy()
    await gone
    await api.app.inject({ url: '/health' })
    const whenGone = pages
    await api.app.inject({ url: '/api/v1/sites' })
    api.db.query = query

    assert.ok(whenGone < MANY / 2000, `${whenGone} pages`)
    assert.is(pages, whenGone)
  })

  test('auto takes the finest resolution that stays below about 2,000 points', async () => {
    const resolutions = await Promise.all(
      [1, 13, 60, 90].map(
        async (days) => (await get(`site=many-site&from=${iso(NOW_S - days * DAY_S)}`)).resolution,
      ),
    )

    assert.equal(resolutions, ['raw', 'raw', 'hour', 'day'])
  })

  test('hours and days count by flag, and sum up as the quantity says', async () => {
    const start = NOW_S - 50 * DAY_S
    await place(api, 'bucket-1', 'bucket-site', { quantity: 'ph', from: iso(start - DAY_S) })
    await storeReadings(api, 'bucket-1', 'ph', [
      [start, 700],
      [start + 60, 703, 1],
      [start + 120, 900, 3, 8],
      [start + 180, 9000, 4, 1],
    ])
    await storeReadings(api, 'bucket-1', 'rainfall', [
      [start, 20],
      [start + 300, 30],
    ])
    await storeReadings(api, 'bucket-1', 'wind_direction', [
      [start, 350],
      [start + 300, 20],
    ])
    const span = `from=${iso(start)}&to=${iso(start + 1)}`

    const ph = await get(`site=bucket-site&resolution=hour&${span}`)
    const node = await get(`node=bucket-1&resolution=day&${span}`)

    assert.equal(ph.series[0]?.buckets, [
      {
        time: iso(start).replace('.000Z', 'Z'),
        value: 7.02,
        min: 7,
        max: 7.03,
        suspectMin: 9,
        suspectMax: 9,
        nAll: 4,
        nGood: 1,
        nUsed: 2,
        nSuspect: 1,
      },
    ])
    assert.equal(
      node.series.map(({ quantity, summary, buckets }) => [quantity, summary, buckets?.[0]?.value]),
      [
        ['ph', 'mean', 7.02],
        ['rainfall', 'sum', 0.5],
        ['wind_direction', 'vector', 5],
      ],
    )
    assert.is(node.series[0]?.buckets?.[0]?.time, iso(start - 7 * 3600).replace('.000Z', 'Z'))
  })

  test('a bucket in which a placement begins or ends counts only what was measured there', async () => {
    const hour = NOW_S - 40 * DAY_S
    await place(api, 'shared-1', 'left-site', {
      quantity: 'ph',
      from: iso(hour - 3600),
      to: iso(hour + 1800),
    })
    await place(api, 'shared-1', 'right-site', { quantity: 'ph', from: iso(hour + 1800) })
    await storeReadings(api, 'shared-1', 'ph', [
      [hour - 60, 600],
      [hour, 700],
      [hour + 1800, 800],
      [hour + 3600, 900],
    ])
    const values = async (site: string) => {
      const span = `from=${iso(hour - 7200)}&to=${iso(hour + 7200)}`
      const { series } = await get(`site=${site}&resolution=hour&${span}`)
      return series.flatMap(({ buckets = [] }) => buckets.map(({ value }) => value))
    }

    assert.equal(await values('left-site'), [6, 7])
    assert.equal(await values('right-site'), [8, 9])
  })

  test('counts carry the seconds they were counted in, in every bucket and part of one', async () => {
    const start = NOW_S - 30 * DAY_S
    const at = { from: iso(start - DAY_S), to: iso(start + 900) }
    await place(api, 'road-1', 'road-site', { quantity: 'motorcycle_count', ...at })
    await storeReadings(api, 'road-1', 'counting_period', [
      [start, 300],
      [start + 300, 300],
      [start + 900, 300],
      [start + 3600, 240],
    ])
    await storeReadings(api, 'road-1', 'motorcycle_count', [
      [start, 40],
      [start + 300, 50],
      [start + 900, 60],
      [start + 3600, 70],
    ])
    const span = `quantity=motorcycle_count&from=${iso(start)}&to=${iso(start + 7200)}`
    const counted = async (query: string) => {
      const { series } = await get(`${query}&${span}`)
      return series[0]?.buckets?.map(({ value, countedS }) => [value, countedS])
    }

    assert.equal(await counted('node=road-1&resolution=hour'), [
      [150, 900],
      [70, 240],
    ])
    assert.equal(await counted('node=road-1&resolution=day'), [[220, 1140]])
    assert.equal(await counted('site=road-site&resolution=hour'), [[90, 600]])
    const { body } = await api.app.inject({
      url: `/api/v1/readings?node=road-1&resolution=day&format=csv&${span}`,
    })
    const [row]: Record<string, string>[] = parse(body, { columns: true, comment: '#' })
    assert.equal([row?.value, row?.counted_s], ['220', '1140'])
  })

  test('counts without a period say so, and set-aside counts shorten it', async () => {
    const start = NOW_S - 29 * DAY_S
    await place(api, 'road-2', 'road-2', { quantity: 'heavy_vehicle_count', from: iso(start) })
    await storeReadings(api, 'road-2', 'heavy_vehicle_count', [[start, 5]])
    await place(api, 'road-3', 'road-3', { quantity: 'heavy_vehicle_count', from: iso(start) })
    await storeReadings(api, 'road-3', 'heavy_vehicle_count', [
      [start, 5],
      [start + 300, 9000, 4, 1],
    ])
    await storeReadings(api, 'road-3', 'counting_period', [
      [start, 300],
      [start + 300, 300],
    ])
    const span = `resolution=hour&quantity=heavy_vehicle_count&from=${iso(start)}&to=${iso(start + 600)}`
    const first = async (node: string) => {
      const { series } = await get(`node=${node}&${span}`)
      return series[0]?.buckets?.map(({ value, countedS }) => [value, countedS])
    }

    assert.equal(await first('road-2'), [[5, null]])
    assert.equal(await first('road-3'), [[5, 300]])
  })

  test('a mean speed is one of vehicles, and a v85 never a mean', async () => {
    const start = NOW_S - 28 * DAY_S
    await place(api, 'road-4', 'road-4', { quantity: 'mean_speed', from: iso(start) })
    await storeReadings(api, 'road-4', 'motorcycle_count', [
      [start, 10],
      [start + 300, 90],
    ])
    await storeReadings(api, 'road-4', 'mean_speed', [
      [start, 500],
      [start + 300, 300],
    ])
    await storeReadings(api, 'road-4', 'speed_v85', [
      [start, 610],
      [start + 300, 390],
    ])
    const value = async (quantity: string, resolution: string) => {
      const { series } = await get(
        `node=road-4&quantity=${quantity}&resolution=${resolution}&from=${iso(start)}&to=${iso(start + 600)}`,
      )
      return series[0]?.buckets?.map(({ value, min, max }) => [value, min, max])
    }

    assert.equal(await value('mean_speed', 'hour'), [[32, 30, 50]])
    assert.equal(await value('mean_speed', 'day'), [[32, 30, 50]])
    assert.equal(await value('speed_v85', 'hour'), [[39, 39, 61]])
    assert.equal(await value('speed_v85', 'day'), [[39, 39, 61]])
  })

  test('auto takes all placements of a line together', async () => {
    const start = NOW_S - 20 * DAY_S
    const half = start + 1500 * 600
    const placed = { quantity: 'turbidity', from: iso(start), to: iso(half) }
    await place(api, 'moved-1', 'moved-site', placed)
    await place(api, 'moved-1', 'moved-site', { quantity: 'turbidity', from: iso(half) })
    await storeReadings(
      api,
      'moved-1',
      'turbidity',
      Array.from({ length: 2800 }, (_, index) => [start + index * 600, 100 + (index % 50)]),
    )

    const whole = await get(`site=moved-site&from=${iso(start)}`)
    const first = await get(`site=moved-site&from=${iso(start)}&to=${iso(half)}`)

    assert.is(whole.resolution, 'hour')
    assert.is(whole.series.length, 2)
    assert.is(first.resolution, 'raw')
  })

  test('one quantity of all sites is one answer, each placement with its own', async () => {
    const start = NOW_S - 15 * DAY_S
    const quantity = 'ozone'
    await place(api, 'ozone-1', 'ozone-a', { quantity, from: iso(start), to: iso(start + 1800) })
    await place(api, 'ozone-1', 'ozone-b', { quantity, from: iso(start + 1800) })
    await place(api, 'ozone-2', 'ozone-c', { quantity, from: iso(start) })
    await storeReadings(api, 'ozone-1', quantity, [
      [start, 10],
      [start + 1800, 20],
      [start + 3600, 30],
    ])
    await storeReadings(api, 'ozone-2', quantity, [[start + 3600, 40]])
    const span = `from=${iso(start)}&to=${iso(start + 7200)}`
    const values = (answer: ReadingsAnswer) =>
      answer.series.map(({ site, buckets = [] }) => [site, ...buckets.map(({ value }) => value)])

    const hours = await get(`sites=all&quantity=${quantity}&resolution=hour&${span}`)
    const raw = await get(`sites=all&quantity=${quantity}&${span}`)

    const unit = (steps: number) => steps * (quantityByKey(quantity)?.step ?? Number.NaN)
    assert.equal(values(hours), [
      ['ozone-a', unit(10)],
      ['ozone-b', unit(20), unit(30)],
      ['ozone-c', unit(40)],
    ])
    assert.is(raw.resolution, 'raw')
    assert.equal(
      raw.series.map(({ readings }) => readings?.length),
      [1, 2, 1],
    )
    assert.match((await refusal('sites=all')).detail, /needs a quantity/)
    assert.match((await refusal('sites=all&site=ozone-a&quantity=ph')).detail, /either a site/)
  })

  test('CSV of buckets carries the band and the counts', async () => {
    const url = `/api/v1/readings?site=bucket-site&quantity=ph&resolution=day&format=csv&from=${iso(NOW_S - 60 * DAY_S)}`

    const { body } = await api.app.inject({ url })

    const [row]: Record<string, string>[] = parse(body, { columns: true, comment: '#' })
    assert.equal(
      [row?.value, row?.summary, row?.suspect_max, row?.n_all, row?.n_used],
      ['7.02', 'mean', '9', '4', '2'],
    )
  })

  test('a request that contradicts itself is refused with the reason', async () => {
    const both = await refusal('site=many-site&node=many-1')
    const neither = await refusal('quantity=ph')
    const backwards = await refusal(`site=many-site&from=${iso(NOW_S)}&to=${iso(NOW_S - 60)}`)
    const endless = await refusal('site=many-site&from=2000-01-01T00:00:00Z&resolution=raw')
    const unknown = await refusal('site=many-site&quantity=temperature')
    const spelled = await refusal('site=many-site&resolutoin=raw')
    const local = await refusal('site=many-site&from=2026-07-01T00:00:00')

    assert.match(both.detail, /either a site or a node/)
    assert.match(neither.detail, /either a site or a node/)
    assert.match(backwards.detail, /must be before/)
    assert.equal([endless.status, endless.code], [413, 'TOO_LARGE'])
    assert.is(unknown.errors?.[0]?.path, 'querystring.quantity')
    assert.match(spelled.detail, /unknown: resolutoin; known: site, node, .*resolution/)
    assert.is(local.code, 'INVALID')
    assert.is((await refusal('site=nowhere')).code, 'NOT_FOUND')
    assert.is((await refusal('node=nobody')).code, 'NOT_FOUND')
  })
})

suite('CSV', (test) => {
  test('quotes what must be quoted and defuses formulas, not numbers', () => {
    const line = csvLine(['a,b', 'say "hi"', 'x\r\ny', '=1+1', '@cmd', '-5', -5, null, ''])

    assert.is(line, `"a,b","say ""hi""","x\r\ny",'=1+1,'@cmd,'-5,-5,,\r\n`)
  })
})

suite('buckets', (test) => {
  const at = (text: string) => new Date(text)
  const span = (from: string, to: string) => ({ from: at(from), to: at(to) })

  test('are whole where the bounds are the reader’s, local days from 17.00 UTC', () => {
    const asked = span('2026-06-30T18:30:00Z', '2026-07-01T02:00:00Z')

    const hours = bucketSpans('hour', asked, { from: null, to: null })
    const days = bucketSpans('day', asked, { from: null, to: null })

    assert.equal(hours, {
      whole: span('2026-06-30T18:00:00Z', '2026-07-01T02:00:00Z'),
      parts: [],
    })
    assert.equal(days, { whole: span('2026-06-30T17:00:00Z', '2026-07-01T17:00:00Z'), parts: [] })
  })

  test('are parts where a placement begins and ends, and one part within one bucket', () => {
    const asked = span('2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z')

    const cut = bucketSpans('hour', asked, span('2026-07-01T03:10:00Z', '2026-07-01T05:20:00Z'))
    const within = bucketSpans('hour', asked, span('2026-07-01T03:10:00Z', '2026-07-01T03:20:00Z'))

    assert.equal(cut, {
      whole: span('2026-07-01T04:00:00Z', '2026-07-01T05:00:00Z'),
      parts: [
        {
          start: at('2026-07-01T03:00:00Z'),
          ...span('2026-07-01T03:10:00Z', '2026-07-01T04:00:00Z'),
        },
        {
          start: at('2026-07-01T05:00:00Z'),
          ...span('2026-07-01T05:00:00Z', '2026-07-01T05:20:00Z'),
        },
      ],
    })
    assert.equal(within.parts, [
      {
        start: at('2026-07-01T03:00:00Z'),
        ...span('2026-07-01T03:10:00Z', '2026-07-01T03:20:00Z'),
      },
    ])
    assert.ok(within.whole.from >= within.whole.to)
  })

  test('have no value where nothing counts, and no direction where all cancel out', () => {
    const wind = quantityByKey('wind_direction')
    if (wind === undefined) throw new Error('no wind')
    const empty = {
      time: at('2026-07-01T00:00:00Z'),
      nAll: 2,
      nGood: 0,
      nUsed: 2,
      nSuspect: 0,
      sum: 180,
      min: 0,
      max: 180,
      last: 180,
      suspectMin: null,
      suspectMax: null,
      sinSum: 1e-16,
      cosSum: 0,
    }

    assert.is(toBucket(wind, empty).value, null)
    assert.is(toBucket(wind, { ...empty, sinSum: -1, cosSum: 0 }).value, 270)
    assert.is(toBucket(wind, { ...empty, nUsed: 0, sinSum: null }).value, null)
  })
})
