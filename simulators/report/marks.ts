import type { WorldEvent } from '../world/events/event.js'
import type { WorldFault } from '../world/faults/fault.js'
import { sitesOf } from '../world/happenings.js'
import type { WorldSite } from '../world/sites.js'
import type { Mark } from './run.js'

/** What was asked for, as the report shows it; in order of time. */
export function marksOf(
  { events, faults }: { events: readonly WorldEvent[]; faults: readonly WorldFault[] },
  sites: readonly WorldSite[],
  startMs: number,
): Mark[] {
  const span = (
    { afterS, durationS }: { afterS: number; durationS: number | undefined },
    usualH: number,
  ) => {
    const fromMs = startMs + afterS * 1000
    return { fromMs, untilMs: fromMs + (durationS ?? usualH * 3600) * 1000 }
  }
  const ofEvents = events.map((event): Mark => {
    const { name, about, durationH } = event.kind
    const where = sitesOf(event, sites).map(({ code }) => code)
    return {
      kind: 'event',
      name,
      about,
      sites: where,
      quantity: undefined,
      ...span(event, durationH),
    }
  })
  const ofFaults = faults.map((fault): Mark => {
    const { name, about, durationH } = fault.kind
    const { site, quantity } = fault
    return { kind: 'fault', name, about, sites: [site.code], quantity, ...span(fault, durationH) }
  })
  return [...ofEvents, ...ofFaults].sort((a, b) => a.fromMs - b.fromMs)
}
