import { parseArgs } from 'node:util'
import { whyWords } from '../../shared/schema/flags.js'
import { planOf } from './quality/plan.js'
import { precision, recall, type Score } from './quality/score.js'
import { type Result, resultsOf } from './quality/seed.js'

export const HELP = `npm run bench -- quality [--json] [--seeds 1-10]

Whether sensor faults are flagged and natural events are not. A seed is a simulated season of 42 days at ten lake
and four air sites with an upwelling, a slow one, a bloom, a storm and haze, and, in a world for each kind of fault,
eight sensors that are stuck, have spikes, drift or foul. Every reading gets the flags that the service ends up with,
and a day is held against its neighbours when it has ended, which the service itself does not do yet.

An episode is found when one of its readings has flag 3 or 4; drift and fouling count from when on the error exceeds
the correction criterion of USGS TM1-D3, and not at all where it never does. A flagged run (readings within an hour)
anywhere outside the faults is a false one, in healthy series too. precision = found / (found + false runs),
recall = found / episodes.

--seeds A-B   first and last seed, whole numbers; or one`

const DAY_S = 86_400
const DEFAULT_SEEDS = '1-10'

export async function run(args: string[]): Promise<object> {
  const { values } = parseArgs({
    args,
    options: { seeds: { type: 'string', default: DEFAULT_SEEDS } },
  })
  const seeds = seedsOf(values.seeds)
  const results: Result[] = []
  for (const [index, seed] of seeds.entries()) {
    results.push(...resultsOf(planOf(seed)))
    console.error(`seed ${seed} (${index + 1} of ${seeds.length})`)
  }
  const names = new Set(results.map(({ fault }) => fault))
  const faults = [...names].map((name) => ({
    name,
    ...tally(results.filter(({ fault }) => fault === name)),
  }))
  print(faults)
  return {
    faults: faults.map(({ name, score }) => ({
      name,
      precision: round(precision(score)),
      recall: round(recall(score)),
    })),
  }
}

/** @throws Error that says what is expected. */
export function seedsOf(text: string): number[] {
  const { first, last } = /^(?<first>\d{1,9})(?:-(?<last>\d{1,9}))?$/.exec(text)?.groups ?? {}
  const [from, to] = [Number(first), Number(last ?? first)]
  if (!(from <= to)) throw new Error(`--seeds ${text}: expected a number or a range, as in 1-10`)
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

interface Tally {
  score: Score
  /** From the first reading that is wrong to the first flagged one, the median; null where none was found. */
  daysLate: number | null
  missed: Map<string, number>
  falseRuns: Map<string, number>
}

function tally(results: readonly Result[]): Tally {
  const episodes = results.flatMap((result) => result.episodes)
  const falseRuns = results.flatMap((result) => result.falseRuns)
  const late = episodes.flatMap(({ wrongS, foundS }) =>
    foundS === undefined ? [] : [(foundS - wrongS) / DAY_S],
  )
  const missed = episodes.filter(({ foundS }) => foundS === undefined)
  return {
    score: { found: late.length, episodes: episodes.length, falseRuns: falseRuns.length },
    daysLate: late.toSorted((a, b) => a - b)[late.length >> 1] ?? null,
    missed: count(missed.map(({ place }) => place.quantity.key)),
    falseRuns: count(
      falseRuns.map(({ place, why }) => `${place.quantity.key} ${whyWords(why).join(' ')}`),
    ),
  }
}

function count(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

function print(faults: readonly (Tally & { name: string })[]): void {
  console.log('fault     episodes  found  false runs  precision  recall  days until found')
  for (const { name, score, daysLate } of faults) {
    const cells: [string | number, number][] = [
      [score.episodes, 8],
      [score.found, 7],
      [score.falseRuns, 12],
      [precision(score).toFixed(3), 11],
      [recall(score).toFixed(3), 8],
      [daysLate?.toFixed(1) ?? '', 18],
    ]
    console.log(
      name.padEnd(10) + cells.map(([cell, width]) => String(cell).padStart(width)).join(''),
    )
  }
  console.log('Fouling is found, and drift early, by the neighbour test alone, in the night after.')
  for (const { name, missed, falseRuns } of faults) {
    if (missed.size > 0) console.log(`${name}: missed ${listed(missed)}`)
    if (falseRuns.size > 0) console.log(`${name}: false ${listed(falseRuns)}`)
  }
}

function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, times]) => `${name} ${times}`).join(', ')
}

function round(value: number): number {
  return Math.round(1000 * value) / 1000
}
