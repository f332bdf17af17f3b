import type { Episode } from '../../../shared/science/alarms/episode.js'
import { createWorld, type World } from '../../../simulators/world/world.js'
import { LAKE_SITES, type Plan } from './plan.js'
import { dangersAt, isFalse, measuredTimes, TIER_OXYGEN } from './station.js'

/** What became of one event. */
export interface EventResult {
  event: string
  noise: number
  stuck: boolean
  isRaised: boolean
  /** By tier that was truly crossed: Infinity where its alarm never came. */
  lateMinutes: number[]
  /** From the first alarm to the true 3 mg/L; null where there is no such. */
  leadMinutes: number | null
  falseAlarms: number
}

const LOOK_S = 10

export function resultOf(plan: Plan): EventResult {
  const { seed, startS, site, events, faults, noise } = plan
  const world = createWorld({
    seed,
    startMs: startS * 1000,
    sites: LAKE_SITES,
    events,
    faults,
    noise,
  })
  const dangers = dangersAt(world, site, measuredTimes(world, site, plan))
  const elsewhere = faults.map((fault) => fault.site).filter((other) => other !== site)
  const falseAlarms =
    dangers.filter((danger) => isFalse(world, site, danger)).length +
    elsewhere.reduce((sum, other) => sum + falseAt(world, other, plan), 0)
  const crossings = crossingsOf(world, plan)
  const first = Math.min(...dangers.map(({ raisedS }) => raisedS))
  const below3 = crossings.get('awas')
  return {
    event: plan.event,
    noise,
    stuck: plan.isStuck,
    isRaised: dangers.length > 0,
    lateMinutes: [...crossings].map(([tier, time]) => lateMinutes(dangers, tier, time)),
    leadMinutes:
      below3 === undefined || !Number.isFinite(first) ? null : Math.max(0, below3 - first) / 60,
    falseAlarms,
  }
}

function falseAt(world: World, site: Plan['site'], plan: Plan): number {
  const dangers = dangersAt(world, site, measuredTimes(world, site, plan))
  return dangers.filter((danger) => isFalse(world, site, danger)).length
}

function lateMinutes(dangers: readonly Episode[], tier: string, time: number): number {
  const raised = Math.min(
    ...dangers.filter((danger) => danger.tier === tier).map(({ raisedS }) => raisedS),
  )
  return Math.max(0, raised - time) / 60
}

/** When the truth first falls below each tier. */
function crossingsOf(world: World, { site, startS, endS }: Plan): Map<string, number> {
  const crossings = new Map<string, number>()
  for (let time = startS; time < endS; time += LOOK_S) {
    const oxygen = world.truth(site, 'dissolved_oxygen', time * 1000)
    if (oxygen === null) continue
    for (const [tier, level] of Object.entries(TIER_OXYGEN)) {
      if (oxygen < level && !crossings.has(tier)) crossings.set(tier, time)
    }
    if (crossings.size === Object.keys(TIER_OXYGEN).length) break
  }
  return crossings
}
