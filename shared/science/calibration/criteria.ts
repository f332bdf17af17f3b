/**
 * When a record is corrected, and how far at most: Wagner et al. 2006, USGS TM1-D3, "criteria for water-quality data
 * corrections" and "maximum allowable limits" (SOURCES.record).
 */

/** The larger of the two counts. `percent` is of the value. */
export interface Allowance {
  absolute: number
  percent: number
}

export interface RecordCriteria {
  /** An error above it is corrected. */
  correctAbove: Allowance
  /** A value that would need more than this is not corrected but failed. */
  atMost: Allowance
}

const only = (absolute: number): Allowance => ({ absolute, percent: 0 })

/** By key of the quantity; what is not here is never corrected between visits. */
export const RECORD_CRITERIA: Readonly<Record<string, RecordCriteria>> = {
  water_temperature: { correctAbove: only(0.2), atMost: only(2) },
  conductivity_25: {
    correctAbove: { absolute: 5, percent: 3 },
    atMost: { absolute: 0, percent: 30 },
  },
  dissolved_oxygen: { correctAbove: only(0.3), atMost: { absolute: 2, percent: 20 } },
  ph: { correctAbove: only(0.2), atMost: only(2) },
  turbidity: {
    correctAbove: { absolute: 0.5, percent: 5 },
    atMost: { absolute: 3, percent: 30 },
  },
}

/** Whether an error of a value is larger than is allowed. */
export function exceeds(error: number, value: number, { absolute, percent }: Allowance): boolean {
  const allowed = Math.max(absolute, (percent / 100) * Math.abs(value))
  // Readings are decimal: 7.3 - 7.1 is to be 0.2 and not the binary digit above it.
  return Math.abs(error) - allowed > 1e-9 * Math.max(1, Math.abs(value))
}
