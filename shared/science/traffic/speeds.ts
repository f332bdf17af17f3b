import { computed, type Input, notComputable, type Result } from '../result.js'
import { SOURCES } from '../sources.js'

export interface SpotSpeeds {
  /** Arithmetic mean of the speeds, km/h. */
  timeMeanKmH: number
  /** Harmonic mean: what a stretch of road is driven at. */
  spaceMeanKmH: number
  medianKmH: number
  /** 85 % drive no faster; between two speeds it is interpolated linearly. */
  v85KmH: number
  vehicles: number
}

/** Below this many vehicles a percentile says little: our rule. */
const FEWEST_FOR_V85 = 20

/**
 * Statistics of the spot speeds of single vehicles in km/h. A v85 is only made here: those of several periods are
 * never averaged or otherwise joined.
 */
export function spotSpeeds(speedsKmH: readonly number[]): Result<SpotSpeeds> {
  const moving = speedsKmH.filter((speed) => Number.isFinite(speed) && speed > 0)
  const vehicles: Input = {
    key: 'measured_speeds',
    name: { id: 'kecepatan terukur', en: 'measured speeds' },
    value: moving.length,
    unit: 'kend',
  }
  const basis = { inputs: [vehicles], source: SOURCES.speeds }
  if (moving.length < FEWEST_FOR_V85) {
    return notComputable(
      {
        id: `baru ${moving.length} kendaraan terukur, perlu ${FEWEST_FOR_V85}`,
        en: `only ${moving.length} vehicles measured, ${FEWEST_FOR_V85} are needed`,
      },
      basis,
    )
  }
  const sorted = moving.toSorted((a, b) => a - b)
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0)
  return computed(
    {
      timeMeanKmH: sum(sorted) / sorted.length,
      spaceMeanKmH: sorted.length / sum(sorted.map((speed) => 1 / speed)),
      medianKmH: quantile(sorted, 0.5),
      v85KmH: quantile(sorted, 0.85),
      vehicles: sorted.length,
    },
    basis,
  )
}

/** Linear between the two ranks around `share` of the way from the first to the last. */
function quantile(sorted: readonly number[], share: number): number {
  const rank = share * (sorted.length - 1)
  const below = sorted[Math.floor(rank)] ?? Number.NaN
  const above = sorted[Math.ceil(rank)] ?? Number.NaN
  return below + (above - below) * (rank - Math.floor(rank))
}
