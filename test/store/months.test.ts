import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import { assertUnlocked, type Changed } from '../../ingest/store/months.js'
import { insertPlacement } from '../../ingest/store/placements.js'
import { insertSite } from '../../ingest/store/sites.js'
import { quantityByKey } from '../../shared/wire/quantities.js'
import { addNode } from '../ingest-fixture.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'

const PH = quantityByKey('ph')?.id ?? 0
/** June 2026 in Asia/Jakarta. */
const JUNE_S = Date.UTC(2026, 4, 31, 17) / 1000
const JULY_S = Date.UTC(2026, 5, 30, 17) / 1000
const DAY_S = 86_400

for (const { name, available, why } of engines()) {
  suite(`locked months: ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('are guarded', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name)
    })
    after(() => rig.close())
    guard(test, () => rig)
  })
}

function guard(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db
  let sites = 0

  /** A site with June locked, and a channel that was there until the 11th. */
  async function lockedSite() {
    const site = `locked-${sites++}`
    const { id: nodeId, name: node } = await addNode(db(), `node-${site}`)
    return db().transaction('write', async (session) => {
      const details = { title: site, longitude: 99, latitude: 2, elevationM: null }
      const nothing = { waterClass: null, road: null, owner: null, createdAt: new Date(0) }
      await insertSite(session, { name: site, kind: 'lake', ...details, ...nothing })
      await insertPlacement(session, {
        ...{ node, site, quantityId: PH, position: 0, depthM: 1, directionDeg: null },
        from: new Date((JUNE_S - 90 * DAY_S) * 1000),
        to: new Date((JUNE_S + 10 * DAY_S) * 1000),
      })
      const [row] = await session.query<{ id: number }>(
        `INSERT INTO month_version (site_id, month, version, starts_at, ends_at, numbers, hash,
           approved_at, approved_by)
         SELECT id, '2026-06', 1, to_timestamp($2), to_timestamp($3), '', sha256(''), now(), 'x'
         FROM site WHERE name = $1 RETURNING site_id AS id`,
        [site, JUNE_S, JULY_S],
      )
      return { site, siteId: row?.id ?? 0, channel: { nodeId, quantityId: PH, position: 0 } }
    })
  }

  async function refusal(changed: Changed, fromS: number, toS: number): Promise<string> {
    try {
      await db().transaction('write', (session) => assertUnlocked(session, changed, fromS, toS))
      return ''
    } catch (error) {
      return error instanceof AppError ? `${error.code}: ${error.message}` : String(error)
    }
  }

  test('a change within an approved month is refused, and told how to reopen it', async () => {
    const { site, siteId } = await lockedSite()

    const told = await refusal({ siteIds: [siteId] }, JUNE_S + DAY_S, JUNE_S + 2 * DAY_S)

    assert.match(told, /^LOCKED: 2026-06 of locked-\d+ is approved \(version 1\)/)
    assert.match(told, `POST /api/v1/sites/${site}/months/2026-06/reopen`)
  })

  test('a month is locked from its first second to its last, and not beside it', async () => {
    const { siteId } = await lockedSite()
    const changed = { siteIds: [siteId] }

    assert.match(await refusal(changed, JUNE_S, JUNE_S + 1), /^LOCKED/)
    assert.match(await refusal(changed, JULY_S - 1, JULY_S), /^LOCKED/)
    assert.match(await refusal(changed, 0, Number.POSITIVE_INFINITY), /^LOCKED/)
    assert.is(await refusal(changed, JUNE_S - DAY_S, JUNE_S), '')
    assert.is(await refusal(changed, JULY_S, Number.POSITIVE_INFINITY), '')
  })

  test('a channel is locked only while it was placed at the site', async () => {
    const { channel } = await lockedSite()
    const elsewhere = { ...channel, position: 1 }

    assert.match(await refusal({ channel }, JUNE_S + DAY_S, JUNE_S + 2 * DAY_S), /^LOCKED/)
    assert.is(await refusal({ channel }, JUNE_S + 10 * DAY_S, JULY_S), '')
    assert.is(await refusal({ channel: elsewhere }, JUNE_S, JULY_S), '')
  })

  test('a reopened month may be changed, and another site always', async () => {
    const { siteId, channel } = await lockedSite()
    const { siteId: otherId } = await lockedSite()
    await db().query(
      'write',
      `UPDATE month_version SET reopened_at = now(), reopened_by = 'x', reopen_reason = 'y'
       WHERE site_id = $1`,
      [siteId],
    )

    assert.is(await refusal({ siteIds: [siteId] }, JUNE_S, JULY_S), '')
    assert.is(await refusal({ channel }, JUNE_S, JULY_S), '')
    assert.match(await refusal({ siteIds: [siteId, otherId] }, JUNE_S, JULY_S), /^LOCKED/)
  })
}
