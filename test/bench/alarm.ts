import { parseArgs } from 'node:util'
import { falseAlarmsOf, monthOf } from './alarm/month.js'
import { EVENT_NAMES, eventPlans } from './alarm/plan.js'
import { type EventResult, resultOf } from './alarm/seed.js'
import { URGENT_BELOW } from './alarm/station.js'
import { seedsOf } from './quality.js'

export const HELP = `npm run bench -- alarm [--json] [--seeds 1-20]

Whether alarms come in time, and only then: default flags and default rules together, as the service uses them. A seed is
an upwelling and a slow one at some lake site at some time of the year, each with the sensors' noise and twice of it, with
and without one sensor that is stuck meanwhile (any but the oxygen of the event's site), and a month without any event
at all ten lake sites, with the noise and twice of it. A station measures every five minutes, and every minute while
oxygen is below ${URGENT_BELOW} mg/L (\`urgentBelow\` of its configuration).

worst     minutes from the true oxygen's crossing of 5, 4 and 3 mg/L to the alarm of that tier, the worst of all seeds
          and tiers; an alarm that came before counts as 0. Goal: 15 at most.
lead      minutes from the first alarm (waspada or higher) to the true crossing of 3 mg/L, the median.
false     alarms about the water, waspada or higher, with the true oxygen never below the tier's level + 0.3 mg/L within
          two hours either way, in events and months. Goal: 0.

--seeds A-B   first and last seed, whole numbers; or one`

export async function run(args: string[]): Promise<object> {
  const { values } = parseArgs({ args, options: { seeds: { type: 'string', default: '1-20' } } })
  const seeds = seedsOf(values.seeds)
  const results: EventResult[] = []
  let falseInMonths = 0
  for (const [index, seed] of seeds.entries()) {
    for (const plan of eventPlans(seed)) results.push(resultOf(plan))
    for (const noise of [1, 2]) falseInMonths += falseAlarmsOf(monthOf(seed, noise))
    console.error(`seed ${seed} (${index + 1} of ${seeds.length})`)
  }
  const events = rowsOf(results)
  const inEvents = results.reduce((sum, { falseAlarms }) => sum + falseAlarms, 0)
  print(events, { inEvents, inMonths: falseInMonths, months: 2 * seeds.length })
  return { events, false_alarms: inEvents + falseInMonths }
}

interface Row {
  name: string
  seeds: number
  raised: number
  /** Null where some tier was crossed and never raised. */
  worst_minutes: number | null
  /** Null where oxygen never fell below 3 mg/L after an alarm. */
  lead_minutes_median: number | null
}

function rowsOf(results: readonly EventResult[]): Row[] {
  const names = EVENT_NAMES.flatMap((event) =>
    [1, 2].flatMap((noise) => [false, true].map((stuck) => ({ event, noise, stuck }))),
  )
  return names.map(({ event, noise, stuck }) => {
    const own = results.filter(
      (result) => result.event === event && result.noise === noise && result.stuck === stuck,
    )
    const minutes = own.flatMap(({ lateMinutes }) => lateMinutes)
    const worst = Math.max(0, ...minutes)
    return {
      name: `${event} noise x${noise}${stuck ? ' stuck' : ''}`,
      seeds: own.length,
      raised: own.filter(({ isRaised }) => isRaised).length,
      worst_minutes: Number.isFinite(worst) ? round(worst) : null,
      lead_minutes_median: median(own.flatMap(({ leadMinutes }) => leadMinutes ?? [])),
    }
  })
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? null : round((low + high) / 2)
}

function round(value: number): number {
  return Math.round(10 * value) / 10
}

function print(
  rows: readonly Row[],
  { inEvents, inMonths, months }: { inEvents: number; inMonths: number; months: number },
): void {
  console.log('event                            seeds  raised  worst min  lead min (median)')
  for (const row of rows) {
    const cells: [string, number][] = [
      [String(row.seeds), 7],
      [String(row.raised), 8],
      [row.worst_minutes?.toFixed(1) ?? 'never', 11],
      [row.lead_minutes_median?.toFixed(1) ?? '', 19],
    ]
    console.log(row.name.padEnd(31) + cells.map(([cell, width]) => cell.padStart(width)).join(''))
  }
  console.log(`False alarms: ${inEvents} in events, ${inMonths} in ${months} months without any.`)
}
