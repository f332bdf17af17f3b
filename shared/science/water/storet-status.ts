import { computed, notComputable, type Result, type Text } from '../result.js'
import { SOURCES } from '../sources.js'
import {
  type Coverage,
  enter,
  limitInput,
  NO_PARAMETER,
  type StatusContext,
  weakest,
} from './coverage.js'
import { type Storet, storet } from './storet.js'

export interface MeasuredSeries {
  parameter: string
  /** One value a sampling, in the unit of the table. */
  values: readonly number[]
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
  const { entering, coverage } = enter(series, context, ({ values }) =>
    values.length < 2 ? ONE_SAMPLING : undefined,
  )
  const inputs = entering.flatMap(({ sample, found }) =>
    sample.values.map((value) => limitInput(found, value)),
  )
  const basis = { inputs, source: weakest(SOURCES.storet, entering) }
  if (entering.length === 0) return notComputable(NO_PARAMETER, basis)
  const rows = entering.map(({ sample, found, limit }) => ({
    ...sample,
    limit,
    group: found.parameter.group,
  }))
  return computed({ ...storet(rows), ...coverage }, basis)
}
