import { computed, notComputable, type Result, type Text } from '../result.js'
import { SOURCES } from '../sources.js'
import {
  type Coverage,
  enter,
  FLATTERING,
  limitInput,
  NO_NUMBER,
  NO_PARAMETER,
  type StatusContext,
  weakest,
} from './coverage.js'
import { type Bound, keepsBeyond } from './limit.js'
import { type PollutionIndex, pollutionIndex, ratioOf } from './pollution-index.js'

export interface MeasuredValue {
  parameter: string
  /** In the unit of the table. */
  value: number | null
  /** No number: it is left out where all that it may be keeps the limit, else there is no index. */
  bound?: Bound | null
}

export interface PollutionContext extends StatusContext {
  /** Of the water when it was sampled, at its temperature and the local pressure. */
  oxygenSaturationMgL: number | null
}

const NO_VALUE: Text = { id: 'belum ada nilai', en: 'no value yet' }
const NO_MAXIMUM: Text = {
  id: 'nilai maksimum teoretisnya tidak ditetapkan',
  en: 'its theoretical maximum is not defined',
}
const NO_CEILING: Text = {
  id: 'oksigen jenuh tidak diketahui, atau tidak di atas baku mutu',
  en: 'oxygen saturation is unknown, or not above the limit',
}

/**
 * Indeks Pencemaran of one sample against a standard. A sample with oxygen whose saturation is unknown, or is not
 * above the limit, has no index: leaving the oxygen out would flatter the water.
 */
export function pollutionStatus(
  samples: readonly MeasuredValue[],
  context: PollutionContext,
): Result<PollutionIndex & Coverage> {
  const { entering, coverage } = enter(samples, context, ({ parameter, value, bound }, limit) => {
    if (value === null || !Number.isFinite(value)) return NO_VALUE
    if (bound && limit && keepsBeyond(value, bound, limit) === true) return NO_NUMBER
    return parameter === 'secchi_depth' ? NO_MAXIMUM : undefined
  })
  const inputs = entering.map(({ sample, found }) => limitInput(found, sample.value))
  const basis = { inputs, source: weakest(SOURCES.pollutionIndex, entering) }
  if (entering.some(({ sample: { bound } }) => bound)) return notComputable(FLATTERING, basis)
  if (entering.length === 0) return notComputable(NO_PARAMETER, basis)
  const { oxygenSaturationMgL: saturation } = context
  const rows = entering.map(({ sample: { parameter, value }, limit }) => ({
    parameter,
    value: value ?? Number.NaN,
    limit,
    ...(saturation !== null && { ceiling: saturation }),
  }))
  if (rows.some((row) => ratioOf(row) === undefined)) return notComputable(NO_CEILING, basis)
  return computed({ ...pollutionIndex(rows), ...coverage }, basis)
}
