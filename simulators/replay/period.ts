import { quantityByKey } from '../../shared/wire/quantities.js'
import { ColumnError, type MappedColumn } from './columns.js'
import type { Row, Series } from './series.js'

/** Counts of vehicles are a flow only together with the time in which they were counted. */

const COUNTS = ['motorcycle_count', 'light_vehicle_count', 'heavy_vehicle_count', 'non_motor_count']
const countIds = new Set(COUNTS.map((key) => quantityByKey(key)?.id))
const PERIOD_ID = quantityByKey('counting_period')?.id ?? 0

/**
 * The series with the counting period beside its counts, for each lane.
 * @throws ColumnError when counts have no period, or two.
 */
export function withPeriod(series: Series, periodS: number | undefined): Series {
  const { mapped } = series.columns
  const counts = mapped.filter(({ quantity }) => countIds.has(quantity))
  const own = mapped.find(({ quantity }) => quantity === PERIOD_ID)
  if (periodS === undefined) {
    if (counts.length === 0 || own !== undefined) return series
    throw new ColumnError(
      `"${counts[0]?.header}" counts vehicles, and nothing says for how long: add --period, e.g. --period 5m`,
    )
  }
  if (own !== undefined) {
    throw new ColumnError(`--period: column "${own.header}" says it; leave one of them out`)
  }
  if (counts.length === 0) throw new ColumnError('--period: no column counts vehicles')
  const positions = [...new Set(counts.map(({ position }) => position))].sort((a, b) => a - b)
  const added = positions.map(periodColumn)
  return {
    ...series,
    columns: { ...series.columns, mapped: [...mapped, ...added] },
    async *rows(): AsyncGenerator<Row> {
      for await (const { time, values } of series.rows()) {
        const periods = positions.map((position) => {
          const isCounted = mapped.some(
            (column, at) =>
              column.position === position && countIds.has(column.quantity) && values[at] !== null,
          )
          return isCounted ? periodS : null
        })
        yield { time, values: [...values, ...periods] }
      }
    },
  }
}

function periodColumn(position: number): MappedColumn {
  return { index: -1, header: '--period', quantity: PERIOD_ID, position, factor: 1 }
}
