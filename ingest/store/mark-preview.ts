import type { Flag } from '../../shared/schema/flags.js'
import { WHY } from '../../shared/schema/flags.js'
import { LOCAL_OFFSET_MS } from '../../shared/science/local-time.js'
import type { ChannelRange } from './channels.js'
import type { Database } from './database.js'

/** What a flag over ranges would change, counted without changing anything. */
export interface Preview {
  /** Readings by the flag that they have. */
  byFlag: Map<Flag, number>
  /** Readings that a person has flagged. */
  byHand: number
  hours: Buckets
  days: Buckets
}

/** Those in which some reading gets another flag, over all channels; in unix seconds. */
export interface Buckets {
  count: number
  from: number | null
  to: number | null
}

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
const JAKARTA_S = LOCAL_OFFSET_MS / 1000
/** A month of one series at a reading a minute takes the embedded engine some 50 ms. */
const SLICE_DAYS = 30

export async function previewFlag(
  db: Database,
  ranges: readonly ChannelRange[],
  flag: Flag,
): Promise<Preview> {
  const preview: Preview = { byFlag: new Map(), byHand: 0, hours: none(), days: none() }
  for (const range of ranges) {
    for (const slice of slicesOf(range)) {
      for (const row of await countSlice(db, slice)) {
        preview.byFlag.set(row.flag, (preview.byFlag.get(row.flag) ?? 0) + row.readings)
        preview.byHand += row.byHand
      }
      const buckets = await bucketsOf(db, slice, flag)
      add(preview.hours, buckets.hours, buckets, HOUR_S)
      add(preview.days, buckets.days, buckets, DAY_S)
    }
  }
  return preview
}

function none(): Buckets {
  return { count: 0, from: null, to: null }
}

function add(
  to: Buckets,
  count: number,
  { first, last }: { first: number | null; last: number | null },
  bucketS: number,
): void {
  if (first === null || last === null) return
  const start = (timeS: number) => Math.floor((timeS + JAKARTA_S) / bucketS) * bucketS - JAKARTA_S
  to.count += count
  to.from = Math.min(to.from ?? Number.POSITIVE_INFINITY, start(first))
  to.to = Math.max(to.to ?? 0, start(last) + bucketS)
}

/** Whole local days but for the ends, so that no bucket is counted twice. */
function* slicesOf(range: ChannelRange): Generator<ChannelRange> {
  const sliceS = SLICE_DAYS * DAY_S
  for (let { fromS } = range; fromS < range.toS; ) {
    const end = (Math.floor((fromS + JAKARTA_S) / sliceS) + 1) * sliceS - JAKARTA_S
    const toS = Math.min(end, range.toS)
    yield { ...range, fromS, toS }
    fromS = toS
  }
}

const OF_SLICE = `FROM reading WHERE node_id = $1 AND quantity_id = $2 AND position = $3
  AND time >= to_timestamp($4::float8) AND time < to_timestamp($5::float8)`

function sliceValues({ nodeId, quantityId, position, fromS, toS }: ChannelRange): number[] {
  return [nodeId, quantityId, position, fromS, toS]
}

function countSlice(
  db: Database,
  slice: ChannelRange,
): Promise<{ flag: Flag; readings: number; byHand: number }[]> {
  return db.query(
    'read',
    `SELECT flag, count(*)::int AS readings,
            count(*) FILTER (WHERE (why & ${WHY.manual}) <> 0)::int AS "byHand"
     ${OF_SLICE} GROUP BY flag`,
    sliceValues(slice),
  )
}

interface BucketCount {
  hours: number
  days: number
  first: number | null
  last: number | null
}

async function bucketsOf(db: Database, slice: ChannelRange, flag: Flag): Promise<BucketCount> {
  const [row] = await db.query<BucketCount>(
    'read',
    `SELECT count(DISTINCT time_bucket('1 hour', time))::int AS hours,
            count(DISTINCT time_bucket('1 day', time, 'Asia/Jakarta'))::int AS days,
            extract(epoch FROM min(time))::float8 AS first,
            extract(epoch FROM max(time))::float8 AS last
     ${OF_SLICE} AND flag <> $6`,
    [...sliceValues(slice), flag],
  )
  return row ?? { hours: 0, days: 0, first: null, last: null }
}
