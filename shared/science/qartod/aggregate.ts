import { requireSameLength, type Verdict } from './verdict.js'

/** From what counts least: a good beats a not evaluated. */
const PRECEDENCE: readonly Verdict[] = [9, 2, 1, 3, 4]

/**
 * The flag of each point over several tests: 4 before 3 before 1 before 2 before 9. Throws RangeError where the
 * tests judged different numbers of points.
 */
export function aggregate(tests: readonly (readonly Verdict[])[]): Verdict[] {
  const [first = [], ...others] = tests
  for (const other of others) requireSameLength(first, other)
  return first.map((verdict, index) =>
    others.reduce((worst, other) => stronger(worst, other[index] ?? 9), verdict),
  )
}

function stronger(a: Verdict, b: Verdict): Verdict {
  return PRECEDENCE.indexOf(b) > PRECEDENCE.indexOf(a) ? b : a
}
