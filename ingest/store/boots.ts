import type { NewFrame } from './batches.js'
import type { Database } from './database.js'

/** What is stored around an undated frame. */
export interface BootHistory {
  /** Frames of the same boot that their node dated itself, near it in sequence. Times in unix seconds. */
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

type Row = { lastOfEarlierBoots: number | null } & (
  | { seq: null }
  | (BootFrame & { undated: boolean; isSame: boolean })
)

/** `datedBeforeS`: when the first sample of these very bytes was dated before, unix seconds, or null. */
export async function bootHistory(
  db: Database,
  frame: Pick<NewFrame, 'nodeId' | 'boot' | 'seq' | 'bytes'>,
): Promise<BootHistory & { datedBeforeS: number | null }> {
  const rows = await db.query<Row>(
    'write',
    `SELECT e.last AS "lastOfEarlierBoots", f.seq, f.bytes, f.undated, f.bytes = $4 AS "isSame",
            extract(epoch FROM f.first)::float8 AS "firstS",
            extract(epoch FROM f.last)::float8 AS "lastS"
     FROM (SELECT extract(epoch FROM max(last))::float8 AS last FROM frame
           WHERE node_id = $1 AND NOT undated
             AND boot = (SELECT max(boot) FROM frame
                         WHERE node_id = $1 AND boot < $2 AND NOT undated)) e
     LEFT JOIN frame f ON f.node_id = $1 AND f.boot = $2
       AND f.seq BETWEEN $3::bigint - ${NEIGHBOURHOOD} AND $3::bigint + ${NEIGHBOURHOOD}
       AND (NOT f.undated OR f.bytes = $4)
     ORDER BY f.seq`,
    [frame.nodeId, frame.boot, frame.seq, Buffer.from(frame.bytes)],
  )
  const around = rows.flatMap((row) => (row.seq === null ? [] : [row]))
  return {
    frames: around.filter((row) => !row.undated),
    lastOfEarlierBoots: rows[0]?.lastOfEarlierBoots ?? null,
    datedBeforeS: around.find((row) => row.isSame)?.firstS ?? null,
  }
}

/**
 * Keeps a frame at the time that its readings were given, where the same bytes are kept already, at another
 * time: some of their readings lie there. Otherwise nothing is found behind the readings at the new time.
 */
export async function keepFrameAt(db: Database, frame: NewFrame): Promise<void> {
  const times = frame.readings.map(({ time }) => time)
  await db.query(
    'write',
    `INSERT INTO frame (received_at, node_id, boot, seq, first, last, undated, bytes)
     SELECT to_timestamp($1::float8), $2::int, $3::int, $4::int, to_timestamp($5::float8),
            to_timestamp($6::float8), $7::boolean, $8::bytea
     WHERE NOT EXISTS (SELECT FROM frame WHERE node_id = $2 AND boot = $3 AND seq = $4 AND bytes = $8
                       AND first = to_timestamp($5::float8))`,
    [
      frame.receivedAt / 1000,
      frame.nodeId,
      frame.boot,
      frame.seq,
      Math.min(...times),
      Math.max(...times),
      frame.undated,
      Buffer.from(frame.bytes),
    ],
  )
}
