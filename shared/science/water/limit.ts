/** One limit of a standard, and whether a value keeps it. A value that reaches its limit keeps it. */
export type Limit =
  | { kind: 'max'; limit: number }
  | { kind: 'min'; limit: number }
  | { kind: 'range'; low: number; high: number }

export function keeps(value: number, limit: Limit): boolean {
  switch (limit.kind) {
    case 'max':
      return value <= limit.limit
    case 'min':
      return value >= limit.limit
    case 'range':
      return value >= limit.low && value <= limit.high
  }
}

/** A laboratory wrote "<" or ">": a limit of its method, and no number of the water. */
export type Bound = 'below' | 'above'

/** Whether all values on that side of `value` keep a limit, or none of them; undefined where only some do. */
export function keepsBeyond(value: number, bound: Bound, limit: Limit): boolean | undefined {
  if (bound === 'below') {
    if (limit.kind === 'max') return value <= limit.limit ? true : undefined
    return value <= (limit.kind === 'min' ? limit.limit : limit.low) ? false : undefined
  }
  if (limit.kind === 'min') return value >= limit.limit ? true : undefined
  return value >= (limit.kind === 'max' ? limit.limit : limit.high) ? false : undefined
}
