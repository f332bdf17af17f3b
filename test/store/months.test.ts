import pg from 'pg'
import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import type { Database } from '../../ingest/store/database.js'
import {
  approveMonth,
  hashOf,
  lockedMonthSite,
  monthSite,
  presentText,
} from '../../ingest/store/month-versions.js'
import { assertUnlocked, type Changed } from '../../ingest/store/months.js'
import { insertPlacement } from '../../ingest/store/placements.js'
import { insertSite } from '../../ingest/store/sites.js'
import { findings } from '../../ingest/store/verify.js'
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
    if (name === 'server') race(test, () => rig)
  })
}

function guard(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db
  const lockedSite = () => siteOf(db(), true)

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

    assert.match(told, /^LOCKED: 2026-06 of month-\d+ is approved \(version 1\)/)
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

function race(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db

  test('a month is not approved while somebody changes it, and not as it was before', async () => {
    const { site, channel } = await siteOf(db(), false)
    const { key, approval } = await readyToApprove(site, channel)

    let approving: Promise<unknown> | undefined
    await db().transaction('write', async (session) => {
      await assertUnlocked(session, { channel }, JUNE_S, JUNE_S + 1)
      approving = db()
        .transaction('write', async (other) => {
          await lockedMonthSite(other, site, 'simulated')
          return approveMonth(other, key, approval)
        })
        .catch((error: unknown) => error)
      await somebodyWaits()
      await session.query('UPDATE reading SET value = 701 WHERE node_id = $1', [channel.nodeId])
    })

    assert.match(String(await approving), /have changed since they were read/)
  })

  test('a change waits for the approval, and is refused then', async () => {
    const { site, channel } = await siteOf(db(), false)
    const { key, approval } = await readyToApprove(site, channel)

    let changing: Promise<unknown> | undefined
    await db().transaction('write', async (session) => {
      await lockedMonthSite(session, site, 'simulated')
      changing = db()
        .transaction('write', (other) => assertUnlocked(other, { channel }, JUNE_S, JUNE_S + 1))
        .catch((error: unknown) => error)
      await somebodyWaits()
      await approveMonth(session, key, approval)
    })

    assert.match(String(await changing), /is approved \(version 1\) and locked/)
  })

  test('a store whose approved months were changed is not sound', async () => {
    const { site, channel } = await siteOf(db(), false)
    const { key, approval } = await readyToApprove(site, channel)
    await db().query('write', `DELETE FROM month_version WHERE numbers = ''`)
    await db().transaction('write', (session) => approveMonth(session, key, approval))
    const client = new pg.Client({ connectionString: rig().options.databaseUrl })
    await client.connect()

    const sound = await findings(client)
    await client.query(`UPDATE month_version SET numbers = numbers || ' '`)
    const forged = await findings(client)
    await client.end()

    const isAbout = (found: string) => found.includes('approved months')
    assert.equal(sound.filter(isAbout), [])
    assert.match(forged.find(isAbout) ?? '', /^\d+ approved months whose hash/)
  })

  /** One reading, and the approval of what an officer has read of it. */
  function readyToApprove(name: string, { nodeId }: { nodeId: number }) {
    return db().run('write', async (session) => {
      await session.query(READING, [nodeId, PH, JUNE_S, 700])
      const key = { site: await monthSite(session, name, 'simulated'), ...JUNE }
      const hash = hashOf(await presentText(session, key, undefined))
      return { key, approval: { hash, note: null, at: new Date(JULY_S * 1000), by: 'x' } }
    })
  }

  async function somebodyWaits(): Promise<void> {
    const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database()) OR NOT granted AND database IS NULL`
    while ((await db().query('read', waiting)).length === 0);
  }
}

const JUNE = { month: '2026-06', store: 'simulated' } as const
const READING = `INSERT INTO reading (time, node_id, quantity_id, position, value, flag)
  VALUES (to_timestamp($3), $1, $2, 0, $4, 2)`

let sites = 0

/** A site with a channel that was there until the 11th of June, and June locked or not. */
async function siteOf(db: Database, isLocked: boolean) {
  const site = `month-${sites++}`
  const { id: nodeId, name: node } = await addNode(db, `node-${site}`)
  return db.transaction('write', async (session) => {
    const details = { title: site, longitude: 99, latitude: 2, elevationM: null }
    const nothing = { waterClass: null, road: null, owner: null, createdAt: new Date(0) }
    await insertSite(session, { name: site, kind: 'lake', ...details, ...nothing })
    await insertPlacement(session, {
      ...{ node, site, quantityId: PH, position: 0, depthM: 1, directionDeg: null },
      from: new Date((JUNE_S - 90 * DAY_S) * 1000),
      to: new Date((JUNE_S + 10 * DAY_S) * 1000),
    })
    const [row] = await session.query<{ id: number }>('SELECT id FROM site WHERE name = $1', [site])
    if (isLocked) {
      await session.query(
        `INSERT INTO month_version (site_id, month, version, starts_at, ends_at, numbers, hash,
           approved_at, approved_by)
         VALUES ($1, '2026-06', 1, to_timestamp($2), to_timestamp($3), '', sha256(''), now(), 'x')`,
        [row?.id, JUNE_S, JULY_S],
      )
    }
    return { site, siteId: row?.id ?? 0, channel: { nodeId, quantityId: PH, position: 0 } }
  })
}
