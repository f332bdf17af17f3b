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
import { type Bound, keeps, keepsBeyond, type Limit } from './limit.js'
import { type Storet, storet } from './storet.js'

export interface MeasuredSeries {
  parameter: string
  /** One value a sampling, in the unit of the table. */
  values: readonly number[]
  /** Samplings that gave a limit and no number: without it there is no mean, and no score. */
  limits?: readonly { value: number; bound: Bound }[]
}

const ONE_SAMPLING: Text = {
  id: 'kurang dari dua kali sampling',
  en: 'fewer than two samplings',
}

/** STORET over the samplings of a period against a standard. */
export function storetStatus(
  series: readonly MeasuredSeries[],
  context: StatusContext,
): Result<Storet & Coverage> {
  const { entering, coverage } = enter(series, context, (each, limit) => {
    if (isHarmless(each, limit)) return NO_NUMBER
    const samplings = each.values.length + (each.limits?.length ?? 0)
    return samplings < 2 ? ONE_SAMPLING : undefined
  })
  const inputs = entering.flatMap(({ sample, found }) =>
    sample.values.map((value) => limitInput(found, value)),
  )
  const basis = { inputs, source: weakest(SOURCES.storet, entering) }
  if (entering.some(({ sample: { limits = [] } }) => limits.length > 0)) {
    return notComputable(FLATTERING, basis)
  }
  if (entering.length === 0) return notComputable(NO_PARAMETER, basis)
  const rows = entering.map(({ sample, found, limit }) => ({
    ...sample,
    limit,
    group: found.parameter.group,
  }))
  return computed({ ...storet(rows), ...coverage }, basis)
}

/** Limits among the samplings, and everything keeps the standard: the score would be 0 whatever the numbers are. */
function isHarmless({ values, limits = [] }: MeasuredSeries, limit: Limit | undefined): boolean {
  if (limits.length === 0 || limit === undefined) return false
  return (
    values.every((value) => keeps(value, limit)) &&
    limits.every(({ value, bound }) => keepsBeyond(value, bound, limit) === true)
  )
}
