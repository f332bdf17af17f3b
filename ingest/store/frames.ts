import type { Database } from './database.js'

export interface FrameRow {
  node: string
  receivedAt: Date
  boot: number
  seq: number
  first: Date
  last: Date
  /** Its times were worked out here or set by hand: the bytes say others. */
  undated: boolean
  bytes: Buffer
}

/** 255 samples an hour apart, the longest interval in use, span 11 days; this is what is looked through. */
const LONGEST_FRAME = "interval '32 days'"
/** A repeat is stored once; more than this many frames around one time are a fault to look into elsewhere. */
const MOST_FRAMES = 50

/** Frames of a node whose samples span `time`, newest first. */
export function framesAround(db: Database, node: string, time: Date): Promise<FrameRow[]> {
  return db.query<FrameRow>(
    'read',
    `SELECT n.name AS node, f.received_at AS "receivedAt", f.boot, f.seq, f.first, f.last, f.undated,
            f.bytes
     FROM node n JOIN frame f ON f.node_id = n.id
     WHERE n.name = $1 AND f.first <= $2 AND f.first > $2::timestamptz - ${LONGEST_FRAME}
       AND f.last >= $2
     ORDER BY f.first DESC, f.received_at DESC LIMIT ${MOST_FRAMES}`,
    [node, time],
  )
}
