import * as assert from 'uvu/assert'
import type { NotComputable, Result } from '../../shared/science/result.js'

/** The value of an answer that must have one. */
export function answerOf<T>(result: Result<T>): T {
  if (!result.isComputable) throw new Error(`not computable: ${result.reason.en}`)
  return result.value
}

/** The reason of an answer that must have none. */
export function reasonOf<T>(result: Result<T>): NotComputable['reason'] {
  if (result.isComputable) throw new Error(`computed: ${JSON.stringify(result.value)}`)
  return result.reason
}

/** Equal to one in a thousand, as the worked values are rounded. */
export function near(actual: number | undefined, expected: number, what = ''): void {
  const difference = Math.abs((actual ?? Number.NaN) - expected)
  assert.ok(
    difference <= Math.abs(expected) * 1e-3,
    `${what} ${actual} is not within 1e-3 of ${expected}`,
  )
}
