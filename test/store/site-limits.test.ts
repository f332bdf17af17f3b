import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { commitFrames, type NewFrame } from '../../ingest/store/batches.js'
import { Corrections, storedCorrection } from '../../ingest/store/corrections.js'
import { insertPlacement } from '../../ingest/store/placements.js'
import { recomputePage } from '../../ingest/store/recompute.js'
import { type OwnLimits, regimesOf } from '../../ingest/store/regimes.js'
import { setSiteLimits } from '../../ingest/store/site-limits.js'
import { insertSite } from '../../ingest/store/sites.js'
import { limitsInSteps, limitsOf } from '../../shared/science/qartod/limits.js'
import { type OwnQualityLimits, withOwnLimits } from '../../shared/science/qartod/site-limits.js'
import { quantityByKey } from '../../shared/wire/quantities.js'
import { addNode } from '../ingest-fixture.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'
import { copyOf, expectedOf, framesOf, history } from './history.js'

for (const { name, available, why } of engines()) {
  suite(`limits of a site's own: ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('judge what was measured there', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name)
    })
    after(() => rig.close())
    tests(test, () => rig)
  })
}

/** Unlike the defaults in every test: what moves by a step is flagged, and what lies still for an hour. */
const OWN: OwnQualityLimits = {
  suspectSpan: [10, 25.8],
  climatologySpan: [24, 25.79],
  spike: [0.01, 0.02],
  ratePerHour: [0.01, 0.02],
}
/** With these a line of before cannot go on: what is remembered of it is of no use. */
const OWN_LINES: OwnQualityLimits = { ...OWN, flatS: [3600, 7200], flatTolerance: 0.01 }
/** Before every history, and while they go on: the samples are half an hour apart, mostly. */
const [START_S, SPAN_S] = [1_700_000_000, 60 * 1800]

function tests(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db
  const quantity = quantityByKey('water_temperature')
  if (quantity === undefined) throw new Error('no such quantity')
  const { id: quantityId } = quantity
  let nodes = 0

  /** A node with its first channel at a site of its own. */
  async function placedNode() {
    const name = `placed-${nodes++}`
    const { id: nodeId } = await addNode(db(), name)
    const details = { title: name, kind: 'lake', longitude: 99, latitude: 2.5 } as const
    const rest = { elevationM: null, waterClass: null, road: null, owner: null }
    await db().transaction('write', async (session) => {
      await insertSite(session, { name, ...details, ...rest, createdAt: new Date(0) })
      await insertPlacement(session, {
        ...{ node: name, site: name, quantityId, position: 0, depthM: 1, directionDeg: null },
        ...{ from: new Date(START_S * 1000), to: null },
      })
    })
    return { name, nodeId }
  }

  /** Sets limits and judges again what they hold for, as a job would. */
  const set = (site: string, limits: OwnQualityLimits | null, fromS: number) =>
    db().transaction('write', async (session) => {
      const change = {
        quantityId,
        from: new Date(fromS * 1000),
        limits,
        reason: 'test',
        actor: 'me',
      }
      const ranges = await setSiteLimits(session, { ...change, site, at: new Date() })
      const rules = { limitsOf, correctionOf: storedCorrection }
      for (const range of ranges) await recomputePage(session, range, rules)
      return ranges
    })

  const ownPart = (own: OwnQualityLimits, fromS: number, toS: number): OwnLimits[] => {
    const all = withOwnLimits(quantity, own)
    return all === undefined ? [] : [{ fromS, toS, limits: limitsInSteps(quantity, all) }]
  }

  test(
    'judge what was measured while they hold as a series of its own, whatever comes when',
    async () => {
      const times = fc.tuple(fc.nat(SPAN_S), fc.nat(SPAN_S)).map(([one, other]) => ({
        fromS: START_S + Math.min(one, other),
        toS: START_S + Math.max(one, other) + 1,
      }))
      await fc.assert(
        fc.asyncProperty(
          history,
          times,
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.constantFrom(OWN, OWN_LINES),
          async ({ samples, frames, batches }, { fromS, toS }, share, own) => {
            const { name, nodeId } = await placedNode()
            const all = framesOf(nodeId, samples, frames)
            const corrections = new Corrections()
            const setAfter = Math.floor(share * batches.length)
            for (const [index, batch] of batches.entries()) {
              if (index === setAfter) {
                await set(name, own, fromS)
                await set(name, null, toS)
              }
              const some = batch.flatMap((at) => all[at] ?? []).map(copyOf)
              await commitFrames(db(), some, { limitsOf, corrections })
            }
            const regimes = regimesOf(limitsOf(quantityId), ownPart(own, fromS, toS))
            await expectFlags(nodeId, all, regimes)
          },
        ),
        { numRuns: 16, endOnFailure: true },
      )
    },
    { limitMs: 240_000 },
  )

  test('do not compare with what was measured before they held', async () => {
    const { name, nodeId } = await placedNode()
    const samples = [2580, 2580, 2579, 2500].map((value) => ({
      ...{ stepS: 1800, isDoubted: false, values: [value] },
    }))
    const frames = framesOf(nodeId, samples, [
      [0, 3],
      [3, 4],
    ])
    const fromS = START_S + 3.5 * 1800
    await set(name, OWN, fromS)

    for (const frame of frames) {
      await commitFrames(db(), [copyOf(frame)], { limitsOf, corrections: new Corrections() })
    }

    const own = ownPart(OWN, fromS, Number.POSITIVE_INFINITY)
    await expectFlags(nodeId, frames, regimesOf(limitsOf(quantityId), own))
  })

  test('hold for what is placed there, from then on, until the next ones', async () => {
    const { name, nodeId } = await placedNode()
    const channel = { nodeId, quantityId, position: 0 }

    const [first] = await set(name, OWN, START_S - 1000)
    const [later] = await set(name, null, START_S + 5000)
    const [between] = await set(name, OWN, START_S + 3000)

    assert.is(first?.fromS, START_S, 'not before it was placed')
    assert.is(later?.fromS, START_S + 5000)
    assert.equal(between, { ...channel, fromS: START_S + 3000, toS: START_S + 5000 })
  })

  test('of a site that does not exist are refused', async () => {
    const error = await set('nowhere', OWN, START_S).catch((thrown: unknown) => thrown)

    assert.match(String(error), /no site named nowhere/)
  })

  async function expectFlags(
    nodeId: number,
    frames: readonly NewFrame[],
    regimes: ReturnType<typeof regimesOf>,
  ): Promise<void> {
    const rows = await db().query(
      'read',
      `SELECT r.quantity_id AS "quantityId", extract(epoch FROM r.time)::float8 AS time, r.value,
              r.flag, r.why, l.value || '/' || l.flag || '/' || l.why AS latest
       FROM reading r LEFT JOIN latest l USING (node_id, quantity_id, position, time)
       WHERE r.node_id = $1 AND r.quantity_id = $2 ORDER BY r.time`,
      [nodeId, quantityId],
    )
    assert.equal(rows, expectedOf(quantityId, frames, regimes))
  }
}
