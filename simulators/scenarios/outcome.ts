import { type Ending, outcomeIn } from '../service-outcomes.js'
import { grouped } from '../terminal.js'
import type { Bound, Expectations } from './scenario.js'
import type { Verdict } from './verdict.js'

/** How it ended, beside how it should have. */

export interface Line {
  name: string
  expected: string
  seen: number
  isMet: boolean
}

export interface Seen extends Verdict {
  /** Frames kept as rejected, by reason. */
  rejected: Readonly<Record<string, number>>
  acknowledged: number
  connections: number
  broken: number
  acksDropped: number
  /** Errors that nobody in the firmware caught. */
  firmwareErrors: number
  /** The service's `/metrics`. */
  metrics: string
}

const OUTCOMES = ['stored', 'repeated', 'rejected', 'refused', 'inFlight'] as const

export function compare(expected: Expectations, seen: Seen): Line[] {
  // A balance that cannot be read is NaN, and does not hold.
  const tally = (what: 'frames' | 'readings', ending: Ending) =>
    outcomeIn(seen.metrics, what, ending)
  const balance = (what: 'frames' | 'readings') => {
    const ended = OUTCOMES.reduce((all, outcome) => all + tally(what, outcome), 0)
    return line(`balance of ${what}`, 0, tally(what, 'received') - ended)
  }
  const { rejected } = expected
  const reasons = new Set([...Object.keys(rejected), ...Object.keys(seen.rejected)])
  const numbers = {
    acknowledged: seen.acknowledged,
    repeated: tally('frames', 'repeated'),
    refused: tally('frames', 'refused'),
    connections: seen.connections,
    broken: seen.broken,
    acksDropped: seen.acksDropped,
  }
  const asked = Object.entries(numbers).flatMap(([name, value]) => {
    const bound = expected[name as keyof typeof numbers]
    return bound === undefined ? [] : [line(name, bound, value)]
  })
  return [
    balance('frames'),
    balance('readings'),
    line('in flight', 0, tally('frames', 'inFlight') + tally('readings', 'inFlight')),
    ...(['missing', 'twice', 'unsent', 'lost'] as const).map((name) =>
      line(name, expected[name], seen[name]),
    ),
    ...[...reasons].map((reason) =>
      line(`rejected ${reason}`, rejected[reason] ?? 0, seen.rejected[reason] ?? 0),
    ),
    ...asked,
    line('firmware errors', 0, seen.firmwareErrors),
  ]
}

/** One line each, in columns. */
export function told(lines: readonly Line[]): string[] {
  return lines.map(({ name, expected, seen, isMet }) => {
    const mark = isMet ? 'ok  ' : 'FAIL'
    return `${mark}  ${name.padEnd(24)} expected ${expected.padEnd(16)} seen ${grouped(seen)}`
  })
}

function line(name: string, bound: Bound, seen: number): Line {
  const exact = typeof bound === 'number'
  const { atLeast, atMost } = exact ? { atLeast: bound, atMost: bound } : bound
  const words = [
    ...(atLeast === undefined ? [] : [`at least ${grouped(atLeast)}`]),
    ...(atMost === undefined ? [] : [`at most ${grouped(atMost)}`]),
  ]
  return {
    name,
    expected: exact ? grouped(bound) : words.join(', '),
    seen,
    isMet: seen >= (atLeast ?? seen) && seen <= (atMost ?? seen),
  }
}
