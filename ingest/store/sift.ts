import type { FrameOutcome, NewReading } from './batches.js'
import { type Channel, type LatestState, storedRaw } from './channels.js'
import type { Session } from './database.js'

/** A reading of a frame, known by its place in the batch. */
export interface Row {
  frame: number
  reading: NewReading
}

/** The rows of one series, sorted by time; those of one time in the order of their arrival. */
export interface Series {
  channel: Channel
  rows: Row[]
}

/**
 * What is new, by series: what comes after all that is stored, and of the rest what is not there. Everything else
 * is a repeat, or a conflict where the value differs. The nodes are locked: nobody adds readings meanwhile.
 */
export async function sift(
  session: Session,
  { series, states }: { series: readonly Series[]; states: readonly (LatestState | undefined)[] },
  outcomes: readonly FrameOutcome[],
): Promise<NewReading[][]> {
  const perhapsStored = series.flatMap(({ rows }, index) => {
    const latest = states[index]?.time
    return latest === undefined ? [] : rows.filter(({ reading }) => reading.time <= latest)
  })
  const readings = perhapsStored.map((row) => row.reading)
  const raw = readings.length === 0 ? [] : await storedRaw(session, readings)
  const stored = new Map(readings.map((reading, index) => [reading, raw[index]]))
  return series.map(({ rows }) => newOf(rows, stored, outcomes))
}

function newOf(
  rows: readonly Row[],
  stored: ReadonlyMap<NewReading, number | undefined>,
  outcomes: readonly FrameOutcome[],
): NewReading[] {
  const readings: NewReading[] = []
  let first: { time: number; raw: number } | undefined
  for (const { frame, reading } of rows) {
    const outcome = outcomes[frame]
    if (outcome === undefined) continue
    const raw = reading.raw ?? reading.value
    const known = first?.time === reading.time ? first.raw : stored.get(reading)
    first = { time: reading.time, raw: known ?? raw }
    if (known === undefined) {
      readings.push(reading)
      outcome.stored.push(reading)
    } else if (known === raw) outcome.repeated++
    else outcome.conflicting.push(reading)
  }
  return readings
}
