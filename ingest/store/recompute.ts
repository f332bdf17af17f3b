import type { Flag } from '../../shared/schema/flags.js'
import { WHY } from '../../shared/schema/flags.js'
import type { Span } from '../../shared/science/calibration/channel.js'
import { type Judgement, passed, untested } from '../../shared/science/qartod/judgement.js'
import { array, least, most } from './batch-statements.js'
import type { NewReading } from './batches.js'
import { type Channel, type ChannelRange, latestStates, lockNodes } from './channels.js'
import type { Session } from './database.js'
import { doubtsOver, isDoubted } from './doubts.js'
import { hasLimits, inRegimes, type LimitsOf } from './flagging.js'
import { channelKey } from './histories.js'
import { judgeLate } from './late.js'
import { byHand, type MarkedRange, markAt, marksOver } from './marks.js'
import { isPlausible } from './plausible.js'
import { regimesOf } from './regimes.js'
import { ownLimitsOfNodes } from './site-limits.js'

export interface Correction {
  /** Makes a value of a raw one, both in steps of the quantity; it need not be whole. */
  (raw: number, timeS: number): number
  /** Why a reading fails whatever its value is: maintenance, more drift than is corrected. */
  why?: (raw: number, timeS: number) => number
}

/** Reasons that follow from the raw value and the time alone. */
export const BY_CORRECTION = WHY.range | WHY.maintenance | WHY.drift

/**
 * What corrects a channel within a range; undefined: nothing does. It reads from the session that it is given: the
 * embedded engine has no other one while a page is in hand.
 */
export type CorrectionOf = (
  session: Session,
  range: ChannelRange,
) => Promise<Correction | undefined>

export interface RecomputeRules {
  limitsOf: LimitsOf
  correctionOf: CorrectionOf
}

export interface RecomputedPage {
  /** How many readings it held, and how many of them are not what they were. */
  readings: number
  changed: number
  /** Where to go on; undefined: nothing is left. */
  nextS: number | undefined
}

/** Reading and writing so many takes the embedded engine well below 500 ms, in a compressed chunk too. */
export const RECOMPUTE_ROWS = 1000

/** What a correction leaves of a raw value; a result that cannot be stored leaves the raw one, implausible. */
export interface Corrected {
  value: number
  /** Where it differs. */
  raw: number | null
  isPlausible: boolean
}

/**
 * Makes value, flag and reasons of the stored readings of a range anew, one page a call: from the raw values, the
 * corrections, the limits, the neighbour test's doubts and what people said. Neighbours outside the page are judged with it, so after every page
 * the flags are those of the whole series as it is then stored. The page is the caller's transaction.
 */
export async function recomputePage(
  session: Session,
  range: ChannelRange,
  { limitsOf, correctionOf }: RecomputeRules,
): Promise<RecomputedPage> {
  await lockNodes(session, [range.nodeId])
  const stored = await rawPage(session, range)
  const [first, last] = [stored[0], stored.at(-1)]
  if (first === undefined || last === undefined) {
    return { readings: 0, changed: 0, nextS: undefined }
  }
  const { nodeId, quantityId, position } = range
  const channel = { nodeId, quantityId, position }
  const page = { ...channel, fromS: first.time, toS: last.time + 1 }
  const own = (await ownLimitsOfNodes(session, [nodeId])).get(nodeId)?.get(channelKey(channel))
  const regimes = regimesOf(limitsOf(quantityId), own)
  const correction = await correctionOf(session, page)
  const [marks = []] = await marksOver(session, [page])
  const [doubts = []] = await doubtsOver(session, [page])
  const isTested = (timeS: number) =>
    regimes.some(({ fromS, toS, limits }) => limits && timeS >= fromS && timeS < toS)
  const readings = stored.map((one) =>
    remade(one, { channel, correction, marks, doubts, isTested }),
  )
  const changed = () => readings.filter((reading, index) => differs(reading, stored[index]))
  await rewrite(session, channel, changed())
  const [state] = await latestStates(session, [channel])
  const parts = inRegimes({ channel, readings, state, regimes })
  await judgeLate(session, parts.filter(hasLimits))
  return {
    readings: stored.length,
    changed: changed().length,
    nextS: stored.length < RECOMPUTE_ROWS ? undefined : page.toS,
  }
}

/** `correction` of a raw value of a quantity, rounded half away from zero. */
export function corrected(
  quantityId: number,
  raw: number,
  correction: ((raw: number) => number) | undefined,
): Corrected {
  const exact = correction === undefined ? raw : correction(raw)
  const value = Math.sign(exact) * Math.round(Math.abs(exact)) + 0
  if (value !== (value | 0)) return { value: raw, raw: null, isPlausible: false }
  return {
    value,
    raw: value === raw ? null : raw,
    isPlausible: isPlausible(quantityId, value),
  }
}

interface RawReading {
  time: number
  value: number
  raw: number | null
  flag: Flag
  why: number
}

function rawPage(session: Session, range: ChannelRange): Promise<RawReading[]> {
  return session.prepared<RawReading>(
    'raw_page',
    `SELECT extract(epoch FROM time)::float8 AS time, value, raw, flag, why FROM reading
     WHERE node_id = $1 AND quantity_id = $2 AND position = $3
       AND time >= to_timestamp($4::float8) AND time < to_timestamp($5::float8)
     ORDER BY time LIMIT ${RECOMPUTE_ROWS}`,
    [range.nodeId, range.quantityId, range.position, range.fromS, range.toS],
  )
}

interface Remaking {
  channel: Channel
  correction: Correction | undefined
  marks: readonly MarkedRange[]
  doubts: readonly Span[]
  isTested(timeS: number): boolean
}

/** What the tests found of an unchanged value stays for now: they are made again with all of the page. */
function remade(
  stored: RawReading,
  { channel, correction, marks, doubts, isTested }: Remaking,
): NewReading {
  const { time } = stored
  const measured = stored.raw ?? stored.value
  const { value, raw, isPlausible } = corrected(
    channel.quantityId,
    measured,
    correction && ((one) => correction(one, time)),
  )
  const known = untested(stored.why).why & ~(BY_CORRECTION | WHY.manual | WHY.neighbour)
  const failed = correction?.why?.(measured, time) ?? 0
  const doubted = isDoubted(doubts, time) ? WHY.neighbour : 0
  const why = known | failed | doubted | (isPlausible ? 0 : WHY.range)
  return { ...channel, time, value, raw, ...judge() }

  function judge(): Judgement {
    const flag = markAt(marks, time)
    if (flag !== undefined) return byHand(flag, why)
    if (!isTested(time)) return untested(why)
    const isAsItWas = value === stored.value && untested(stored.why).why === why
    return isAsItWas ? { flag: stored.flag, why: stored.why } : passed(why)
  }
}

function differs(one: NewReading, other: RawReading | undefined): boolean {
  return (
    one.value !== other?.value ||
    one.raw !== other.raw ||
    one.flag !== other.flag ||
    one.why !== other.why
  )
}

/** Of one series, whose key stands in the plan itself: the other series of a compressed chunk stay as they are. */
async function rewrite(
  session: Session,
  { nodeId, quantityId, position }: Channel,
  readings: readonly NewReading[],
): Promise<void> {
  if (readings.length === 0) return
  const times = readings.map(({ time }) => time)
  const values = [
    nodeId,
    quantityId,
    position,
    array(times, (time) => time),
    array(readings, ({ value }) => value),
    array(readings, ({ raw }) => raw ?? 'NULL'),
    array(readings, ({ flag }) => flag),
    array(readings, ({ why }) => why),
  ]
  await session.query(
    `UPDATE reading r SET value = u.value, raw = u.raw, flag = u.flag, why = u.why
     FROM unnest($4::float8[], $5::int[], $6::int[], $7::smallint[], $8::int[])
       AS u (seconds, value, raw, flag, why)
     WHERE r.node_id = $1 AND r.quantity_id = $2 AND r.position = $3
       AND r.time = to_timestamp(u.seconds)
       AND r.time BETWEEN to_timestamp($9::float8) AND to_timestamp($10::float8)`,
    [...values, least(times), most(times)],
  )
  await session.query(
    `UPDATE latest l SET value = u.value, flag = u.flag, why = u.why
     FROM unnest($4::float8[], $5::int[], $6::int[], $7::smallint[], $8::int[])
       AS u (seconds, value, raw, flag, why)
     WHERE l.node_id = $1 AND l.quantity_id = $2 AND l.position = $3
       AND l.time = to_timestamp(u.seconds)`,
    values,
  )
}
