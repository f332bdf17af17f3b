import { randomUUID } from 'node:crypto'
import * as assert from 'uvu/assert'
import type { Probe } from '../../shared/schema/calibration.js'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import type { Visit } from '../../shared/schema/visit.js'
import { suite } from '../suite.js'
import { made, NOW_MS, place, type Rig, rig, storeReadings } from './rig.js'

const NOW_S = NOW_MS / 1000
const iso = (timeS: number) => new Date(timeS * 1000).toISOString().replace('.000Z', 'Z')
const HOUR_S = 3600
/** Ten hours between the end of the first visit and the beginning of the second. */
const FIRST_S = NOW_S - 12 * HOUR_S
const SECOND_S = FIRST_S + 11 * HOUR_S
const METER = { name: 'ProDSS 22A101', calibratedOn: '2026-06-30' }

/** Fouled by 10 µS/cm, and 10 too low in a standard of 200. */
const FOULED = {
  quantity: 'conductivity_25',
  asFound: { sensor: 165, reference: 180 },
  afterCleaning: { sensor: 176, reference: 181 },
  standards: [
    {
      reference: 200,
      raw: 190,
      standard: { name: '200 µS/cm', lot: 'K7', expiresOn: '2027-01-31' },
    },
  ],
  asLeft: { sensor: 191, reference: 191 },
}

type Told = Visit & { status: number; detail: string; job: number | null; changed: number | null }

suite('visits', (test, { before, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
  })
  after(() => api.close())

  let nodes = 0
  /** A node whose conductivity was 165 all the time, every hour. */
  async function lakeNode() {
    const node = `lake-${nodes++}`
    await place(api, node, 'dock', { quantity: 'conductivity_25', from: iso(NOW_S - 90_000) })
    const hours = Array.from({ length: 12 }, (_, index) => FIRST_S + 1800 + index * HOUR_S)
    await storeReadings(
      api,
      node,
      'conductivity_25',
      hours.map((timeS) => [timeS, 1650, 1] as const),
    )
    return node
  }
  async function tell(node: string, atS: number, changes: object = {}): Promise<Told> {
    const payload = {
      clientId: randomUUID(),
      site: 'dock',
      node,
      technician: 'Ani',
      startedAt: iso(atS),
      endedAt: iso(atS + HOUR_S),
      referenceMeter: METER,
      checks: [{ quantity: 'conductivity_25', asFound: { sensor: 165, reference: 165 } }],
      ...changes,
    }
    const answer = await api.operator({ method: 'POST', url: '/api/v1/visits', payload })
    return { status: answer.statusCode, ...answer.json<Omit<Told, 'status'>>() }
  }
  async function readings(node: string): Promise<[number, number, string][]> {
    const url = `/api/v1/readings?node=${node}&resolution=raw`
    const { series } = (await api.app.inject({ url })).json<ReadingsAnswer>()
    return series.flatMap(({ readings: points = [] }) =>
      points.map(
        ({ value, flag, why }) => [value, flag, why.join(' ')] as [number, number, string],
      ),
    )
  }
  const values = async (node: string) => (await readings(node)).map(([value]) => value)

  test('what was found corrects the record since the visit before, evenly, and no other', async () => {
    const node = await lakeNode()
    await tell(node, FIRST_S)

    const { checks } = await tell(node, SECOND_S, { checks: [FOULED] })

    assert.equal(checks[0]?.errors, {
      fouling: 10,
      drift: 10,
      combined: 20,
      corrected: true,
      text: {
        id: 'melebihi kriteria koreksi: data sejak kunjungan sebelumnya dikoreksi',
        en: 'above the criterion: the record since the visit before is corrected',
      },
    })
    // From half an hour after the first visit on: 20 µS/cm in ten hours. During the visits nothing is corrected.
    assert.equal(await values(node), [165, 166, 168, 170, 172, 174, 176, 178, 180, 182, 184, 165])
  })

  test('readings taken during a visit fail, and are judged again when it is withdrawn', async () => {
    const node = await lakeNode()
    const before = await readings(node)
    const { id, changed } = await tell(node, FIRST_S, { checks: [] })

    assert.is(changed, 1)
    assert.equal((await readings(node))[0], [165, 4, 'maintenance'])
    const url = `/api/v1/visits/${id}/withdraw`
    const answer = await api.operator({ method: 'POST', url, payload: { reason: 'other node' } })

    assert.is(answer.statusCode, 200)
    const after = (await readings(node)).map(([value, , why]) => [value, why])
    assert.equal(
      after,
      before.map(([value, , why]) => [value, why]),
    )
    const again = await api.operator({ method: 'POST', url, payload: { reason: 'other node' } })
    assert.is(again.statusCode, 409)
  })

  test('a value that would need too large a correction fails instead', async () => {
    const node = await lakeNode()
    await tell(node, FIRST_S)

    const standards = [{ reference: 300, raw: 200 }]
    await tell(node, SECOND_S, { checks: [{ ...FOULED, asFound: null, standards }] })

    // 100 µS/cm in ten hours; 30 % of 165 are 49.5, which are reached in the fifth hour.
    const found = await readings(node)
    assert.equal(found.slice(5, 7), [
      [210, 1, ''],
      [165, 4, 'drift'],
    ])
  })

  test('without a visit before, below the criterion or unasked nothing is corrected', async () => {
    const alone = await lakeNode()
    const first = await tell(alone, SECOND_S, { checks: [FOULED] })
    const small = await lakeNode()
    await tell(small, FIRST_S)
    const within = await tell(small, SECOND_S, {
      checks: [{ ...FOULED, standards: [], afterCleaning: { sensor: 170, reference: 181 } }],
    })
    const asked = await lakeNode()
    await tell(asked, FIRST_S)
    const left = await tell(asked, SECOND_S, { checks: [{ ...FOULED, corrects: false }] })

    for (const node of [alone, small, asked]) {
      assert.equal([...new Set(await values(node))], [165], node)
    }
    assert.equal(
      [first, within, left].map(({ checks }) => checks[0]?.errors?.corrected),
      [false, false, false],
    )
    assert.match(first.checks[0]?.errors?.text.en ?? '', /no visit or installation before/)
    assert.match(within.checks[0]?.errors?.text.en ?? '', /within the criterion/)
    assert.match(left.checks[0]?.errors?.text.en ?? '', /left as it is/)
  })

  test('a probe’s installation is a beginning too', async () => {
    const node = await lakeNode()
    await made<Probe>(api, 'probes', {
      type: 'K1',
      serialNumber: node,
      node,
      quantity: 'conductivity_25',
      from: iso(FIRST_S + HOUR_S),
    })

    const { checks } = await tell(node, SECOND_S, { checks: [FOULED] })

    assert.ok(checks[0]?.errors?.corrected)
    assert.is((await values(node))[10], 184)
  })

  test('a visit that comes again from the queue is told once', async () => {
    const node = await lakeNode()
    const clientId = randomUUID()
    await tell(node, FIRST_S)
    const first = await tell(node, SECOND_S, { clientId, checks: [FOULED] })
    const second = await tell(node, SECOND_S, { clientId, checks: [FOULED] })
    const other = await tell(node, SECOND_S, { clientId, checks: [] })

    assert.equal([first.status, second.status, other.status], [201, 200, 409])
    assert.is(second.id, first.id)
    assert.is((await values(node))[10], 184)
    const { visits } = (await api.operator({ url: `/api/v1/visits?node=${node}` })).json<{
      visits: Visit[]
    }>()
    assert.is(visits.length, 2)
  })

  test('visits that come in the wrong order correct the same', async () => {
    const node = await lakeNode()
    await tell(node, SECOND_S, { checks: [FOULED] })
    assert.equal([...new Set(await values(node))], [165])

    await tell(node, FIRST_S)

    assert.is((await values(node))[10], 184)
  })

  test('an expired standard is marked, and no drift is told from it', async () => {
    const node = await lakeNode()
    await tell(node, FIRST_S)
    const standards = FOULED.standards.map((one) => ({
      ...one,
      standard: { ...one.standard, expiresOn: '2026-06-29' },
    }))

    const { checks } = await tell(node, SECOND_S, { checks: [{ ...FOULED, standards }] })

    assert.ok(checks[0]?.expired)
    assert.is(checks[0]?.errors?.drift, 0)
    assert.is(checks[0]?.errors?.fouling, 10)
    assert.is((await values(node))[10], 174.5)
  })

  test('contradictions are refused in words', async () => {
    const node = await lakeNode()
    const told = async (changes: object) => {
      const { status, detail } = await tell(node, SECOND_S, changes)
      return `${status} ${detail}`
    }
    const twice = { checks: [FOULED, FOULED] }
    const later = { referenceMeter: { ...METER, calibratedOn: '2026-07-02' } }

    assert.match(await told({ endedAt: iso(SECOND_S) }), /^400 a visit ends after/)
    assert.match(await told({ maintenanceTo: iso(SECOND_S) }), /^400 the maintenance ends/)
    assert.match(await told({ endedAt: iso(NOW_S + HOUR_S) }), /^400 .*ahead of/)
    assert.match(await told({ referenceMeter: null }), /^400 .*which meter/)
    assert.match(await told(later), /^400 the reference meter was calibrated later/)
    assert.match(await told(twice), /^400 .*named twice/)
    assert.match(await told({ site: 'no-such-site' }), /^404 there is no site/)
    assert.match(await told({ node: 'no-such-node' }), /^404 there is no node/)
    assert.equal([...new Set(await values(node))], [165])
  })
})
