import { WHY } from '../../shared/schema/flags.js'
import { array, json, least, most } from './batch-statements.js'
import { type Channel, keys, type StoredReading } from './channels.js'
import type { Session } from './database.js'

/** A stored reading with its new flag and reasons. */
export type Reflagged = Channel & StoredReading

/** A flag that a person gave stays. */
const REFLAG = `
UPDATE reading r SET flag = u.flag, why = u.why
FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::smallint[], $6::int[])
  AS u (node_id, quantity_id, position, seconds, flag, why)
WHERE r.node_id = u.node_id AND r.quantity_id = u.quantity_id AND r.position = u.position
  AND r.time = to_timestamp(u.seconds) AND (r.why & ${WHY.manual}) = 0
  AND r.time BETWEEN to_timestamp($7::float8) AND to_timestamp($8::float8)`
/** Joined by time alone: with the key in the join too the planner compares every row with every other. */
const REFLAG_SERIES = `
UPDATE reading r SET flag = u.flag, why = u.why
FROM unnest($4::float8[], $5::smallint[], $6::int[]) AS u (seconds, flag, why)
WHERE r.node_id = $1 AND r.quantity_id = $2 AND r.position = $3
  AND r.time = to_timestamp(u.seconds) AND (r.why & ${WHY.manual}) = 0
  AND r.time BETWEEN to_timestamp($7::float8) AND to_timestamp($8::float8)`

/** So few statements take less time than to ask what is compressed. */
const FEW_SERIES = 4

/**
 * One statement for all; where a chunk is compressed one a series, for only what stands in the plan itself keeps the
 * other series of the chunk compressed. So these statements are not prepared.
 */
export async function reflag(session: Session, readings: readonly Reflagged[]): Promise<void> {
  const series = bySeries(readings)
  if (series.length > FEW_SERIES && !(await isCompressed(session, readings))) {
    await session.query(REFLAG, reflagValues(readings))
    return
  }
  for (const some of series) {
    const [{ nodeId, quantityId, position }] = some
    const times = some.map(({ time }) => time)
    const values = [nodeId, quantityId, position, ...flags(some), least(times), most(times)]
    await session.query(REFLAG_SERIES, values)
  }
}

async function isCompressed(session: Session, readings: readonly Reflagged[]): Promise<boolean> {
  const times = readings.map(({ time }) => time)
  const chunks = await session.prepared(
    'compressed_chunks',
    `SELECT FROM timescaledb_information.chunks
     WHERE hypertable_name = 'reading' AND is_compressed
       AND range_start <= to_timestamp($2::float8) AND range_end > to_timestamp($1::float8) LIMIT 1`,
    [least(times), most(times)],
  )
  return chunks.length > 0
}

function reflagValues(readings: readonly Reflagged[]): unknown[] {
  const times = readings.map(({ time }) => time)
  return [...keys(readings), ...flags(readings), least(times), most(times)]
}

type OneOrMore<T> = [T, ...T[]]

function bySeries(readings: readonly Reflagged[]): OneOrMore<Reflagged>[] {
  const series = new Map<string, OneOrMore<Reflagged>>()
  for (const reading of readings) {
    const key = `${reading.nodeId}/${reading.quantityId}/${reading.position}`
    const some = series.get(key)
    if (some === undefined) series.set(key, [reading])
    else some.push(reading)
  }
  return [...series.values()]
}

/** The newest readings of their series as they are judged now. */
export async function rejudgeLatest(
  session: Session,
  readings: readonly (Reflagged & { tail: (number | null)[] })[],
): Promise<void> {
  if (readings.length === 0) return
  await session.prepared(
    'rejudge_latest',
    `UPDATE latest l SET flag = u.flag, why = u.why, tail = u.tail
     FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::smallint[], $6::int[],
                 $7::json[]) AS u (node_id, quantity_id, position, seconds, flag, why, tail)
     WHERE l.node_id = u.node_id AND l.quantity_id = u.quantity_id AND l.position = u.position
       AND l.time = to_timestamp(u.seconds)`,
    [...keys(readings), ...flags(readings), array(readings, ({ tail }) => json(tail))],
  )
}

function flags(readings: readonly Reflagged[]): string[] {
  return [
    array(readings, ({ time }) => time),
    array(readings, ({ flag }) => flag),
    array(readings, ({ why }) => why),
  ]
}
