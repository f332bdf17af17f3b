import { Alarms } from '../../ingest/alarms/alarms.js'
import { Pipeline } from '../../ingest/pipeline/pipeline.js'
import { insertNode, nodeIdentity } from '../../ingest/store/nodes.js'
import { insertPlacement } from '../../ingest/store/placements.js'
import { newSecret } from '../../ingest/store/secrets.js'
import type { StoreKind } from '../../shared/schema/common.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { QUANTITIES, quantityByKey, toSteps } from '../../shared/wire/quantities.js'
import { withStore } from '../store-fixture.js'

/** Pipeline, store and alarms as the service puts them together, on a clock that only a test moves. */

export const START_S = Date.UTC(2026, 6, 1) / 1000

export interface AlarmsRig {
  clock: { nowS: number }
  /** A lake node at a site of its own. */
  addNode(name: string, options?: { simulated?: boolean }): Promise<void>
  /** One frame; values in units by quantity, one a sample. Resolves when it is stored, before alarms look. */
  send(node: string, samples: readonly Sample[]): Promise<void>
  /** The alarms of this service life. */
  alarms(): Alarms
  /** The service's alarms end and begin anew on the same store; what was in hand is lost. */
  restart(): Promise<void>
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>
  /** People work at the site until then. */
  maintain(site: string, untilS: number): Promise<void>
  logged: object[]
  close(): Promise<void>
}

export interface Sample {
  timeS: number
  values: Readonly<Record<string, number>>
}

export async function alarmsRig(kind: StoreKind = 'simulated'): Promise<AlarmsRig> {
  const engine = process.env.DATABASE_URL === undefined ? 'embedded' : 'server'
  const { store, close } = await withStore(engine, { kind })
  const { db } = store
  const time = { nowS: START_S }
  const clock = { now: () => time.nowS * 1000 }
  const logged: object[] = []
  const record = (line: object) => void logged.push(line)
  const log = { info: record, warn: record, error: record }
  const begin = () => new Alarms({ db, kind, clock, log, origin: 'https://toba.example.id' })
  let alarms = begin()
  const pipeline = new Pipeline({
    db,
    clock,
    log,
    elapsedMs: () => time.nowS * 1000,
    maxFrames: 1000,
    maxBytes: 10_000_000,
    onCommitted: (batch) => alarms.noticed(batch),
  })
  const sequence = new Map<string, number>()
  return {
    clock: time,
    logged,
    alarms: () => alarms,
    restart: async () => {
      await alarms.stop()
      alarms = begin()
      await alarms.tick()
    },
    addNode: (name, { simulated = kind === 'simulated' } = {}) =>
      db.transaction('write', async (session) => {
        await insertNode(session, {
          name,
          title: name,
          kind: 'lake',
          simulated,
          trailerRequired: false,
          secret: newSecret(),
          createdAt: new Date(0),
        })
        await session.query(
          `INSERT INTO site (name, title, kind, longitude, latitude) VALUES ($1, $2, 'lake', 99, 2.4)`,
          [name, `Danau ${name}`],
        )
        for (const key of ['dissolved_oxygen', 'water_temperature', 'battery_voltage']) {
          const quantityId = quantityByKey(key)?.id ?? 0
          const place = { node: name, site: name, quantityId, position: 0 }
          const from = new Date((START_S - 30 * 86_400) * 1000)
          await insertPlacement(session, {
            ...place,
            depthM: 1,
            directionDeg: null,
            from,
            to: null,
          })
        }
      }),
    send: async (node, samples) => {
      const identity = await nodeIdentity(db, { name: node })
      if (identity === undefined) throw new Error(`no node ${node}`)
      const keys = new Set(samples.flatMap(({ values }) => Object.keys(values)))
      const quantities = QUANTITIES.filter(({ key }) => keys.has(key))
      const seq = (sequence.get(node) ?? 0) + 1
      sequence.set(node, seq)
      const bytes = encodeFrame({
        boot: 1,
        seq,
        undated: false,
        channels: quantities.map(({ id }) => ({ quantity: id, position: 0 })),
        samples: samples.map(({ timeS, values }) => ({
          time: timeS,
          values: quantities.map((quantity) => {
            const value = values[quantity.key]
            return value === undefined ? null : toSteps(quantity, value)
          }),
        })),
      })
      const { id, name } = identity
      await pipeline.submit({ id, name, trailerKeys: [], trailerRequired: false }, bytes)
    },
    maintain: async (site, untilS) => {
      await db.query(
        'write',
        `INSERT INTO site_maintenance (site_id, from_at, until_at, reason, actor)
         SELECT id, to_timestamp(0), to_timestamp($2), 'new probe', 'a technician'
         FROM site WHERE name = $1`,
        [site, untilS],
      )
    },
    rows: (sql, values = []) => db.query('read', sql, values),
    close: async () => {
      await alarms.stop()
      await pipeline.close()
      await close()
    },
  }
}

/** What is in the outbox, oldest first. */
export interface Notified {
  node: string | null
  rule: string
  tier: string
  transition: string
  text: string
  english: string
}

export function outbox(rig: AlarmsRig): Promise<Notified[]> {
  return rig.rows(
    `SELECT nd.name AS node, r.name AS rule, a.tier, n.transition, n.text_id AS text, n.text_en AS english
     FROM notification n JOIN alarm a ON a.id = n.alarm_id JOIN rule r ON r.id = a.rule_id
     LEFT JOIN node nd ON nd.id = a.node_id ORDER BY n.id`,
  )
}

/** Lines like `oxygen waspada raised`. */
export async function told(rig: AlarmsRig): Promise<string[]> {
  return (await outbox(rig)).map(({ rule, tier, transition }) => `${rule} ${tier} ${transition}`)
}
