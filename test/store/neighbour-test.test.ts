import * as assert from 'uvu/assert'
import { commitFrames, type NewReading } from '../../ingest/store/batches.js'
import { sentAs } from '../../ingest/store/client-ids.js'
import { storedCorrection } from '../../ingest/store/corrections.js'
import type { Session } from '../../ingest/store/database.js'
import { insertMark, undoMark } from '../../ingest/store/mark-records.js'
import { NeighbourNights } from '../../ingest/store/neighbour-nights.js'
import { localDays, startOfDayS } from '../../ingest/store/neighbour-series.js'
import { insertPlacement } from '../../ingest/store/placements.js'
import { recomputeRanges } from '../../ingest/store/recompute-ranges.js'
import { insertSite } from '../../ingest/store/sites.js'
import { insertVisit, withdrawVisit } from '../../ingest/store/visits.js'
import { WHY } from '../../shared/schema/flags.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { addNode } from '../ingest-fixture.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'

for (const { name, available, why } of engines()) {
  suite(`neighbour test of stored series: ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('doubts what wanders', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name)
    })
    after(() => rig.close())
    tests(test, () => rig)
  })
}

const OXYGEN = 3
const DAYS = 40
/** 2026-06-01, Asia/Jakarta. */
const FIRST = localDays(Date.UTC(2026, 4, 31, 17) / 1000)
const NOW = new Date((startOfDayS(FIRST + DAYS) + 3600) * 1000)
const rules = { limitsOf, correctionOf: storedCorrection }
const atS = (day: number) => startOfDayS(FIRST + day)
const days = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

/** Of the first site: from the 12th day on it falls by 0.12 mg/L a day; so it is 0.36 mg/L off on the 14th, where 0.3 is allowed. */
const falling = (day: number) => -12 * Math.max(0, day - 11)
/** Eight of the nine days up to it are beyond, for the first time. */
const FOUND = 21

/** The change of each site's values by day, in steps; undefined where it sends nothing. */
type Change = (site: number, day: number) => number | undefined

function tests(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db
  let depthM = 0

  /** Sites in water of their own: each depth is a lake for itself. */
  async function lake(sites: number, change: Change) {
    depthM += 10
    const names = Array.from({ length: sites }, (_, site) => `lake-${depthM}-${site}`)
    const nodes: number[] = []
    for (const [site, name] of names.entries()) {
      nodes.push((await addNode(db(), name)).id)
      const place = {
        title: name,
        kind: 'lake',
        longitude: 99 + site / 100,
        latitude: 2.5,
      } as const
      const rest = { elevationM: null, waterClass: null, road: null, owner: null }
      await db().transaction('write', async (session) => {
        await insertSite(session, { name, ...place, ...rest, createdAt: new Date(0) })
        await insertPlacement(session, {
          ...{ node: name, site: name, quantityId: OXYGEN, position: 0, depthM },
          ...{ directionDeg: null, from: new Date(atS(0) * 1000), to: null },
        })
      })
    }
    const made = { names, nodes }
    await send(made, change)
    return made
  }
  type Lake = Awaited<ReturnType<typeof lake>>

  /** Every two hours; with the sun and the weather up and down, and each site otherwise for good. */
  async function send({ nodes }: Lake, change: Change): Promise<void> {
    for (const [site, nodeId] of nodes.entries()) {
      const readings = days(0, DAYS).flatMap((day) => {
        const by = change(site, day)
        if (by === undefined) return []
        return days(0, 12).map((hour) => {
          const sun = 30 * Math.sin((hour * Math.PI) / 6)
          const value = Math.round(690 + 15 * site + sun + 40 * Math.sin(day) + by)
          return reading(nodeId, atS(day) + hour * 7200, value)
        })
      })
      if (readings.length > 0) await commit(nodeId, readings)
    }
  }

  const reading = (nodeId: number, time: number, value: number): NewReading => ({
    ...{ nodeId, quantityId: OXYGEN, position: 0, time, value, raw: null, flag: 2, why: 0 },
  })

  const commit = (nodeId: number, readings: NewReading[]) =>
    commitFrames(
      db(),
      [
        {
          ...{ nodeId, boot: 1, seq: readings.length, undated: false, bytes: Uint8Array.of(1) },
          ...{ receivedAt: NOW.getTime(), readings },
        },
      ],
      { limitsOf },
    )

  async function night(): Promise<void> {
    const warnings: object[] = []
    const log = { info: () => {}, warn: (fields: object) => warnings.push(fields) }
    const clock = { now: () => NOW.getTime() }
    await new NeighbourNights({ db: db(), clock, log, rules, onJob: () => {} }).run()
    assert.equal(warnings, [])
  }

  async function flagsOf(nodeId = 0): Promise<{ day: number; flag: number; why: number }[]> {
    const rows = await db().query<{ time: number; flag: number; why: number }>(
      'read',
      `SELECT extract(epoch FROM time)::float8 AS time, flag, why FROM reading
       WHERE node_id = $1 ORDER BY time`,
      [nodeId],
    )
    return rows.map(({ time, ...rest }) => ({ day: Math.floor(localDays(time) - FIRST), ...rest }))
  }

  /** The days on which every reading is suspect because of its neighbours; no other reading may be. */
  async function doubtedDays(nodeId = 0): Promise<number[]> {
    const flags = await flagsOf(nodeId)
    const isDoubted = ({ flag, why }: { flag: number; why: number }) => {
      const isSo = (why & WHY.neighbour) !== 0
      assert.ok(flag === 3 || !isSo)
      return isSo
    }
    const doubted = new Set(flags.filter(isDoubted).map(({ day }) => day))
    for (const one of flags) assert.is(isDoubted(one), doubted.has(one.day), `day ${one.day}`)
    return [...doubted]
  }

  test('a sensor that leaves its neighbours for good is suspect from then on, and they are not', async () => {
    const { nodes } = await lake(4, (site, day) => (site === 0 ? falling(day) : 0))
    await night()
    assert.equal(await doubtedDays(nodes[0]), days(FOUND, DAYS))
    for (const other of nodes.slice(1)) assert.equal(await doubtedDays(other), [])
    const found = await flagsOf(nodes[0])
    await night()
    assert.equal(await flagsOf(nodes[0]), found)
  })

  test('a week of upwelling at one site is no fault', async () => {
    const { nodes } = await lake(4, (site, day) => (site === 0 && day >= 20 && day < 27 ? -300 : 0))
    await night()
    assert.equal(await doubtedDays(nodes[0]), [])
  })

  test('with two neighbours silent nobody can say which of both wanders', async () => {
    const { nodes } = await lake(4, (site, day) => {
      if (site === 0) return falling(day)
      return site === 1 || day < 14 ? 0 : undefined
    })
    await night()
    assert.equal(await doubtedDays(nodes[0]), [])
  })

  test('what arrives late on a doubted day is doubted, on another day it is not', async () => {
    const { nodes } = await lake(4, (site, day) => (site === 0 ? falling(day) : 0))
    await night()
    const [nodeId = 0] = nodes
    await commit(nodeId, [
      reading(nodeId, atS(FOUND - 1) + 600, 690),
      reading(nodeId, atS(30) + 600, 580),
    ])
    const late = await db().query<{ flag: number; why: number }>(
      'read',
      `SELECT flag, why FROM reading
       WHERE node_id = $1 AND extract(epoch FROM time) IN ($2, $3) ORDER BY time`,
      [nodeId, atS(FOUND - 1) + 600, atS(30) + 600],
    )
    const isDoubted = ({ why }: { why: number }) => (why & WHY.neighbour) !== 0
    assert.equal(late.map(isDoubted), [false, true])
    assert.is(late[1]?.flag, 3)
  })

  test('a visit to the sensor ends it, and withdrawing the visit brings it back', async () => {
    const { names, nodes } = await lake(4, (site, day) => (site === 0 ? falling(day) : 0))
    const [name = ''] = names
    await night()
    const found = await flagsOf(nodes[0])
    const ended = new Date((atS(33) + 43_200) * 1000)
    const nothing = { asFound: null, asFoundReference: null, afterCleaning: null }
    const left = { afterCleaningReference: null, asLeft: null, asLeftReference: null }
    const check = {
      quantityId: OXYGEN,
      position: 0,
      ...nothing,
      ...left,
      standards: [],
      corrects: false,
    }
    const { visit } = await db().transaction('write', (session) =>
      insertVisit(
        session,
        {
          ...{ site: name, node: name, technician: 'Ani', parts: null, note: null, actor: 'ani' },
          ...{ startedAt: new Date(ended.getTime() - 60_000), endedAt: ended },
          ...{ maintenanceFrom: new Date(ended.getTime() - 60_000), maintenanceTo: ended },
          ...{ referenceMeter: null, referenceCalibratedOn: null, checks: [check] },
          ...{ createdAt: NOW, sent: sentAs({}) },
        },
        rules,
      ),
    )
    await night()
    assert.equal(await doubtedDays(nodes[0]), days(FOUND, 33))
    await db().transaction('write', (session) =>
      withdrawVisit(session, visit.id, { actor: 'ani', reason: 'another site', at: NOW, rules }),
    )
    await night()
    assert.equal(await flagsOf(nodes[0]), found)
  })

  test('late data of the neighbours takes a doubt back', async () => {
    const change: Change = (site, day) => (site === 1 || site === 2 ? 0 : falling(day))
    const made = await lake(6, (site, day) =>
      site < 3 || day < 14 ? change(site, day) : undefined,
    )
    await night()
    assert.equal(await doubtedDays(made.nodes[0]), days(FOUND, DAYS))
    await send(made, (site, day) => (site >= 3 && day >= 14 ? change(site, day) : undefined))
    await night()
    assert.equal(await doubtedDays(made.nodes[0]), [])
  })

  test('an officer’s word goes before it, for as long as it stands', async () => {
    const { nodes } = await lake(4, (site, day) => (site === 0 ? falling(day) : 0))
    const [nodeId = 0] = nodes
    const range = { nodeId, quantityId: OXYGEN, position: 0, fromS: atS(30), toS: atS(32) }
    const recompute = (session: Session) =>
      recomputeRanges(
        session,
        { subject: 'lake', actor: 'ani', reason: 'checked', at: NOW, ranges: [range] },
        rules,
      )
    await night()
    const found = await flagsOf(nodeId)
    const about = { site: null, node: `lake-${depthM}-0`, quantityId: OXYGEN, flag: 1 } as const
    const [from, to] = [new Date(atS(30) * 1000), new Date(atS(32) * 1000)]
    const id = await db().transaction('write', async (session) => {
      const made = { reason: 'checked', actor: 'ani', from, to, at: NOW }
      const mark = await insertMark(session, { ...about, ...made, ranges: [range] })
      await recompute(session)
      return mark
    })
    const word = { flag: 1, why: WHY.manual | WHY.neighbour }
    const marked = found.map((one) =>
      one.day === 30 || one.day === 31 ? { ...one, ...word } : one,
    )
    await night()
    assert.equal(await flagsOf(nodeId), marked)
    await db().transaction('write', async (session) => {
      await undoMark(session, id, { at: NOW, actor: 'ani', reason: 'a mistake' })
      await recompute(session)
    })
    assert.equal(await flagsOf(nodeId), found)
  })

  test('the days of an approved month stay as they were approved', async () => {
    const { names, nodes } = await lake(4, (site, day) => (site === 0 ? falling(day) : 0))
    await db().query(
      'write',
      `INSERT INTO month_version
         (site_id, month, version, starts_at, ends_at, numbers, hash, approved_at, approved_by)
       SELECT id, '2026-06', 1, to_timestamp($2::float8), to_timestamp($3::float8), '',
              sha256(''), to_timestamp($3::float8), 'ani' FROM site WHERE name = $1`,
      [names[0], atS(0), atS(30)],
    )
    await night()
    assert.equal(await doubtedDays(nodes[0]), days(30, DAYS))
  })
}
