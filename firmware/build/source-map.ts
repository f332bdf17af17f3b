/** Just enough of a source map to say where in the sources a piece of a one-line script comes from. */

export interface Position {
  source: string
  /** From 1. */
  line: number
  column: number
}

interface RawMap {
  sources: string[]
  mappings: string
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Looks up what stands at `line` (from 0) and `column` of the script; undefined before the first mapping. */
export function sourceOf(mapText: string, line: number, column: number): Position | undefined {
  if (mapText === '') return undefined
  const { sources, mappings } = JSON.parse(mapText) as RawMap
  let found: Position | undefined
  const state = [0, 0, 0, 0]
  mappings.split(';').some((row, index) => {
    state[0] = 0
    return row.split(',').some((segment) => {
      if (segment === '') return false
      decode(segment).forEach((step, field) => {
        state[field] = (state[field] ?? 0) + step
      })
      const [at = 0, source = 0, sourceLine = 0, sourceColumn = 0] = state
      if (index > line || (index === line && at > column)) return true
      found = { source: sources[source] ?? '', line: sourceLine + 1, column: sourceColumn + 1 }
      return false
    })
  })
  return found
}

/** Base 64 numbers of five bits a digit, low ones first, the sign in the lowest bit of all. */
function decode(segment: string): number[] {
  const numbers: number[] = []
  let value = 0
  let shift = 0
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit)
    value |= (bits & 31) << shift
    shift += 5
    if (bits & 32) continue
    numbers.push(value & 1 ? -(value >> 1) : value >> 1)
    value = 0
    shift = 0
  }
  return numbers
}
