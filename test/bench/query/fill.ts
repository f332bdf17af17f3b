import { accept, type Sender } from '../../../ingest/pipeline/accept.js'
import { commitFrames, type NewFrame } from '../../../ingest/store/batches.js'
import type { Session } from '../../../ingest/store/database.js'
import { insertNode, nodeByName } from '../../../ingest/store/nodes.js'
import type { Store } from '../../../ingest/store/open.js'
import { insertPlacement } from '../../../ingest/store/placements.js'
import { newSecret } from '../../../ingest/store/secrets.js'
import { insertSite } from '../../../ingest/store/sites.js'
import { limitsOf } from '../../../shared/science/qartod/limits.js'
import { progressOf } from '../../../simulators/terminal.js'
import { INTERVAL_S, QUANTITIES, SAMPLES_PER_FRAME, type Year } from './year.js'

const FRAME_S = INTERVAL_S * SAMPLES_PER_FRAME
/** How often the embedded engine is looked after while the year goes by; its service does so every hour. */
const MAINTAIN_EVERY_S = 5 * 86_400

export const siteName = (node: number) => `query-${String(node).padStart(3, '0')}`

export interface Filling {
  nodes: number
  startS: number
  endS: number
  /** Set to the time at which each frame arrives: what the store does by age, it does as it would have. */
  clock: { nowMs: number }
  signal: AbortSignal
}

/** Sites, nodes and placements, then the year, through the store's own way for frames. Returns how many readings. */
export async function fill(store: Store, year: Year, filling: Filling): Promise<number> {
  const { nodes, startS, endS, clock, signal } = filling
  const senders = await settle(store, nodes, startS)
  const progress = progressOf(endS - startS, 'filling')
  let readings = 0
  let maintainedS = startS
  try {
    for (let atS = startS, seq = 0; atS < endS; atS += FRAME_S, seq++) {
      signal.throwIfAborted()
      clock.nowMs = (atS + FRAME_S) * 1000
      const frames = senders.map((sender, node) =>
        arrived(sender, year.frame(node, seq, atS), clock.nowMs),
      )
      await Promise.all(
        sharesOf(frames, store.db.writers).map((share) =>
          commitFrames(store.db, share, { limitsOf }),
        ),
      )
      readings += frames.reduce((sum, frame) => sum + frame.readings.length, 0)
      if (store.db.engine === 'embedded' && atS - maintainedS >= MAINTAIN_EVERY_S) {
        await store.maintain()
        maintainedS = atS
      }
      progress.update(atS - startS, `${readings.toLocaleString('en-GB')} readings`)
    }
    clock.nowMs = endS * 1000
    progress.update(endS - startS, 'aggregates and compression')
    await store.maintain()
  } finally {
    progress.stop()
  }
  return readings
}

/** One for each session that may write, as batches of a service are. No two have frames of the same node. */
function sharesOf(frames: readonly NewFrame[], shares: number): NewFrame[][] {
  const size = Math.ceil(frames.length / shares)
  return Array.from({ length: shares }, (_, share) =>
    frames.slice(share * size, (share + 1) * size),
  ).filter(({ length }) => length > 0)
}

async function settle({ db }: Store, nodes: number, startS: number): Promise<Sender[]> {
  const createdAt = new Date(startS * 1000)
  const senders: Sender[] = []
  for (let node = 0; node < nodes; node++) {
    const name = siteName(node)
    await db.transaction('write', (session) => settleOne(session, name, createdAt))
    const { id } = await nodeByName(db, name)
    senders.push({ id, name, trailerRequired: false, trailerKeys: [] })
  }
  return senders
}

async function settleOne(session: Session, name: string, createdAt: Date): Promise<void> {
  const named = { name, title: name, kind: 'lake', createdAt } as const
  await insertSite(session, {
    ...named,
    longitude: 98.9,
    latitude: 2.6,
    elevationM: 905,
    waterClass: null,
    road: null,
    owner: null,
  })
  const secret = newSecret()
  await insertNode(session, { ...named, simulated: true, trailerRequired: false, secret })
  const placed = { node: name, site: name, position: 0, depthM: null, directionDeg: null }
  for (const quantityId of QUANTITIES) {
    await insertPlacement(session, { ...placed, quantityId, from: createdAt, to: null })
  }
}

/** The bytes, as the pipeline takes them from a node. */
function arrived(sender: Sender, bytes: Uint8Array, receivedAt: number): NewFrame {
  const accepted = accept(sender, bytes, receivedAt)
  if ('rejection' in accepted) throw new Error(accepted.rejection.detail)
  return accepted.frame
}
