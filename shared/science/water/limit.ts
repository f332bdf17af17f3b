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
