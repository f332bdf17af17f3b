import type { Flag } from '../../schema/flags.js'

/**
 * What every test of this folder takes and gives. The tests follow ioos_qc commit 9c1853a (Apache-2.0), the
 * IOOS reference implementation of the QARTOD manuals, cell by cell; a test says where the reference is silent.
 */

/** A QARTOD flag as a test gives it: 9, missing, is given here and never stored. */
export type Verdict = Flag | 9

/** Measured values in time order. null, NaN and infinities are missing. */
export type Values = readonly (number | null)[]

/** Unix seconds in ascending order, one for each value. */
export type Times = readonly number[]

/** Both ends belong to the span; the ends may come in either order. */
export type Span = readonly [number, number]

export function isPresent(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** One verdict a value: missing ones are 9, present ones are judged. */
export function judgeEach(
  values: Values,
  judge: (value: number, index: number) => Verdict,
): Verdict[] {
  return values.map((value, index) => (isPresent(value) ? judge(value, index) : 9))
}

export function isOutside(value: number, span: Span): boolean {
  const [one, other] = span
  return value < Math.min(one, other) || value > Math.max(one, other)
}

/** Throws RangeError where the two series differ in length. */
export function requireSameLength(values: readonly unknown[], others: readonly unknown[]): void {
  if (values.length !== others.length) {
    throw new RangeError(`${values.length} values, but ${others.length} beside them`)
  }
}
