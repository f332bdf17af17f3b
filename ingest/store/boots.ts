import type { Database } from './database.js'

/** What is stored around an undated frame. */
export interface BootHistory {
  /** Dated frames of the same boot, near it in sequence. Times in unix seconds. */
  frames: BootFrame[]
  /** Time of the last sample of the boot before, unix seconds; null where none is kept. */
  lastOfEarlierBoots: number | null
}

export interface BootFrame {
  seq: number
  firstS: number
  lastS: number
  bytes: Uint8Array
}

/** Hourly health frames carry the uptime; this many sequence numbers hold some on either side. */
const NEIGHBOURHOOD = 200

export async function bootHistory(
  db: Database,
  nodeId: number,
  boot: number,
  seq: number,
): Promise<BootHistory> {
  return db.run('write', async (session) => {
    const frames = await session.query<BootFrame>(
      `SELECT seq, extract(epoch FROM first)::float8 AS "firstS",
              extract(epoch FROM last)::float8 AS "lastS", bytes
       FROM frame WHERE node_id = $1 AND boot = $2 AND seq BETWEEN $3::int - $4::int AND $3::int + $4::int
         AND NOT undated ORDER BY seq`,
      [nodeId, boot, seq, NEIGHBOURHOOD],
    )
    const [earlier] = await session.query<{ lastS: number | null }>(
      `SELECT extract(epoch FROM max(last))::float8 AS "lastS" FROM frame
       WHERE node_id = $1 AND NOT undated
         AND boot = (SELECT max(boot) FROM frame WHERE node_id = $1 AND boot < $2 AND NOT undated)`,
      [nodeId, boot],
    )
    return { frames, lastOfEarlierBoots: earlier?.lastS ?? null }
  })
}

/** When the first sample of these very bytes was dated before, unix seconds, or null. */
export async function datedBefore(
  db: Database,
  frame: { nodeId: number; boot: number; seq: number; bytes: Uint8Array },
): Promise<number | null> {
  const [row] = await db.query<{ firstS: number }>(
    'write',
    `SELECT extract(epoch FROM first)::float8 AS "firstS" FROM frame
     WHERE node_id = $1 AND boot = $2 AND seq = $3 AND bytes = $4 LIMIT 1`,
    [frame.nodeId, frame.boot, frame.seq, Buffer.from(frame.bytes)],
  )
  return row?.firstS ?? null
}
