import fc from 'fast-check'
import type { NewFrame, NewReading } from '../../ingest/store/batches.js'
import { type Regime, regimesOf } from '../../ingest/store/regimes.js'
import { WHY } from '../../shared/schema/flags.js'
import { judgeSeries } from '../../shared/science/qartod/judge-series.js'
import { untested } from '../../shared/science/qartod/judgement.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { quantityByKey, toSteps } from '../../shared/wire/quantities.js'

/**
 * Histories of a node and the flags that its readings must end with. Quantities with and without limits, with a
 * tolerance of less than a step and of two, with exemptions; values that are mostly quiet, so that there are lines.
 */
const CHANNELS = (
  [
    ['water_temperature', 25.8, 0.01],
    ['dissolved_oxygen', 0.99, 0.01],
    ['air_temperature', 22, 0.01],
    ['relative_humidity', 98.9, 0.1],
    ['battery_voltage', 3.6, 0.01],
  ] as const
).map(([key, usual, stepOf]) => {
  const quantity = quantityByKey(key)
  if (quantity === undefined) throw new Error(`no quantity ${key}`)
  return { quantity, usual: toSteps(quantity, usual), move: toSteps(quantity, stepOf) }
})
const START_S = 1_700_000_000
/** Half an hour: the lines of hours have few readings then. */
export const USUAL_STEP_S = 1800

export interface Sample {
  stepS: number
  isDoubted: boolean
  values: (number | null)[]
}

const value = (usual: number, move: number) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 1 }).map((by) => usual + by * move) },
    { weight: 2, arbitrary: fc.integer({ min: -60, max: 300 }).map((by) => usual + by * move) },
    fc.constantFrom(null, -1_000_000),
  )
const sample: fc.Arbitrary<Sample> = fc.record({
  stepS: fc.oneof(
    { weight: 8, arbitrary: fc.constant(USUAL_STEP_S) },
    fc.integer({ min: 1, max: 40_000 }),
  ),
  isDoubted: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  values: fc.tuple(...CHANNELS.map(({ usual, move }) => value(usual, move))),
})
/** Samples as a node took them, in frames; frames as they arrive, by index, some again; and in which batches. */
export const history = fc
  .record({
    samples: fc.array(sample, { minLength: 30, maxLength: 60 }),
    cut: fc.infiniteStream(fc.integer({ min: 1, max: 6 })),
    disorder: fc.constantFrom(0, 3, 1000),
    keys: fc.infiniteStream(fc.integer({ min: 0, max: 1000 })),
    repeats: fc.array(fc.nat(), { maxLength: 6 }),
  })
  .map(({ samples, cut, disorder, keys, repeats }) => {
    const frames = pieces(samples.length, cut)
    const order = frames
      .map((_, index) => ({ index, key: index + (keys.next().value % (disorder + 1)) }))
      .sort((a, b) => a.key - b.key)
      .map(({ index }) => index)
    for (const pick of repeats) order.splice(pick % order.length, 0, pick % frames.length)
    return {
      samples,
      frames,
      batches: pieces(order.length, cut).map(([a, b]) => order.slice(a, b)),
    }
  })

function pieces(length: number, cut: Iterator<number>): [number, number][] {
  const all: [number, number][] = []
  for (let at = 0; at < length; ) {
    const end = Math.min(length, at + cut.next().value)
    all.push([at, end])
    at = end
  }
  return all
}

export function framesOf(
  nodeId: number,
  samples: Sample[],
  frames: [number, number][],
): NewFrame[] {
  let time = START_S
  const readings = samples.map(({ stepS, isDoubted, values }) => {
    time += stepS
    return values.flatMap((value, at): NewReading[] => {
      const { quantity } = CHANNELS[at] ?? {}
      if (quantity === undefined || value === null) return []
      const steps = (limit: number) => toSteps(quantity, limit)
      const isOutside = value < steps(quantity.min) || value > steps(quantity.max)
      const why = (isOutside ? WHY.range : 0) | (isDoubted ? WHY.clock : 0)
      const { flag } = untested(why)
      return [{ nodeId, quantityId: quantity.id, position: 0, time, value, raw: null, flag, why }]
    })
  })
  return frames.map(([from, to], seq) => ({
    nodeId,
    boot: 1,
    seq,
    undated: false,
    bytes: Uint8Array.of(seq),
    receivedAt: START_S * 1000,
    readings: readings.slice(from, to).flat(),
  }))
}

/** A repeat is decoded anew. */
export function copyOf(frame: NewFrame): NewFrame {
  return { ...frame, readings: frame.readings.map((reading) => ({ ...reading })) }
}

/** Rows of `reading` with their row of `latest`, by the tests over the whole series, a regime at a time. */
export function expectedOf(
  quantityId: number,
  frames: readonly NewFrame[],
  regimes: readonly Regime[] = regimesOf(limitsOf(quantityId)),
) {
  const readings = frames
    .flatMap((frame) => frame.readings)
    .filter((reading) => reading.quantityId === quantityId)
    .sort((a, b) => a.time - b.time)
  const judged = regimes.flatMap(({ fromS, toS, limits }): Pick<NewReading, 'flag' | 'why'>[] => {
    const some = readings.filter(({ time }) => time >= fromS && time < toS)
    return limits ? judgeSeries(some, limits) : some
  })
  return readings.map(({ time, value }, index) => {
    const { flag, why } = judged[index] ?? { flag: 0, why: 0 }
    const latest = index === readings.length - 1 ? `${value}/${flag}/${why}` : null
    return { quantityId, time, value, flag, why, latest }
  })
}
