import { isOutside, judgeEach, type Span, type Values, type Verdict } from './verdict.js'

export interface GrossRangeLimits {
  /** In the unit of the values: outside it a value fails. */
  failSpan: Span
  /** Inside `failSpan`: outside it a value is suspect. */
  suspectSpan?: Span
}

/**
 * Gross range (QARTOD test 4): 4 outside the fail span, else 3 outside the suspect span, else 1; missing 9.
 * The ends of both spans are good. Throws RangeError where the suspect span leaves the fail span.
 */
export function grossRange(values: Values, limits: GrossRangeLimits): Verdict[] {
  const { failSpan, suspectSpan } = limits
  if (suspectSpan?.some((end) => isOutside(end, failSpan))) {
    throw new RangeError(`suspect span ${suspectSpan} must lie within the fail span ${failSpan}`)
  }
  return judgeEach(values, (value) => grossVerdict(value, limits))
}

/** Of one present value, whose limits are in order. */
export function grossVerdict(value: number, { failSpan, suspectSpan }: GrossRangeLimits): Verdict {
  if (isOutside(value, failSpan)) return 4
  return suspectSpan !== undefined && isOutside(value, suspectSpan) ? 3 : 1
}
