import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Timeline } from '../faults/timeline.js'
import { rest } from '../fleet/clock.js'
import type { FleetSurroundings } from '../fleet/fleet.js'
import { LakeNode } from '../fleet/lake-node.js'
import { Ledger } from '../fleet/ledger.js'
import { type OwnService, startOwnService } from '../fleet/service.js'
import type { LightNodeOptions } from '../light-node.js'
import { ServiceError } from '../service-client.js'
import { digestOf } from './account.js'
import { Cast } from './cast.js'
import { keptOf, rejectedByReason } from './kept.js'
import type { Sender } from './light-station.js'
import { compare, type Line, type Seen } from './outcome.js'
import type { Scenario } from './scenario.js'
import { judge, sum } from './verdict.js'

export interface ScenarioSurroundings extends Omit<FleetSurroundings, 'command' | 'report'> {
  /** Instead of a `LightNode`: a test gives one that breaks its promise. */
  createSender?: (options: LightNodeOptions) => Sender
}

export interface Outcome {
  lines: readonly Line[]
  isMet: boolean
  /** Of all frames that the nodes made; the same seed gives the same one where no real firmware runs. */
  digest: string
}

/** A fixed morning, 07:00 WIB, so that the same file is the same bytes on any day. */
const START_MS = Date.UTC(2025, 6, 1)
/** Real time that the service's clock is given to start before the scenario begins. */
const LEAD_MS = 4_000
const TICK_MS = 20
/** Real time that one look at the clock moves everything on, at most. */
const MOST_TICK_MS = 250
const SHOW_EVERY_MS = 1_000
/** Real time after the end in which everything must have been acknowledged. */
const SETTLE_MS = 30_000

/**
 * A service of its own, the nodes, the faults, and in the end what was expected against what is so.
 * @returns undefined when the signal came first. @throws ServiceError when the service fails.
 */
export async function runScenario(
  scenario: Scenario,
  around: ScenarioSurroundings,
): Promise<Outcome | undefined> {
  await mkdir(around.out, { recursive: true })
  const realMs = around.now()
  const now = () => Math.floor(START_MS + (around.now() - realMs - LEAD_MS) * scenario.speed)
  const dataDir = join(around.out, 'store')
  const own = await startOwnService({
    dataDir,
    environment: { ...around.environment, ...scenario.settings },
    clockSetting: `${realMs}:${START_MS - LEAD_MS * scenario.speed}:${scenario.speed}`,
    // As in the fleet: a scenario may last for months of its own time.
    tokenDays: 366,
    signal: around.signal,
  })
  if (own === undefined) return undefined
  const over = new AbortController()
  let hasCrashed = false
  void own.process.ended.then(() => {
    hasCrashed = !over.signal.aborted
    over.abort()
  })
  const until = { ...around, now, signal: AbortSignal.any([around.signal, over.signal]) }
  let outcome: Outcome | undefined
  try {
    outcome = await perform(scenario, until, own)
  } catch (error) {
    // What then fails on the way is only a consequence.
    if (!hasCrashed) throw error
  } finally {
    over.abort()
    await own.process.stop()
  }
  if (hasCrashed) {
    throw new ServiceError(0, `the service ended; ${join(dataDir, 'service.log')} says why`)
  }
  return outcome
}

async function perform(
  scenario: Scenario,
  around: ScenarioSurroundings,
  { client, broker }: OwnService,
): Promise<Outcome | undefined> {
  const { firmware, createSender, signal, out } = around
  const ledger = new Ledger(join(out, 'truth.csv'))
  const cast = new Cast(scenario, {
    ...{ client, broker, ledger, firmware, startMs: START_MS },
    ...(createSender === undefined ? {} : { createSender }),
  })
  try {
    await cast.prepare(signal)
    await play(scenario, around, cast)
  } finally {
    await cast.stop()
    await ledger.close()
  }
  if (signal.aborted) return undefined
  const seen = await look(cast, client)
  const lines = compare(scenario.expect, seen)
  return {
    lines,
    isMet: lines.every(({ isMet }) => isMet),
    digest: digestOf(cast.members.map(({ account }) => account)),
  }
}

/** To the end of its time, and on until everything is acknowledged. */
async function play(
  { faults, duration, speed }: Scenario,
  { now, signal, show }: ScenarioSurroundings,
  cast: Cast,
): Promise<void> {
  const placed = faults.map(({ fault, sites }) => {
    return { fault, targets: sites.flatMap((site) => cast.at(site)) }
  })
  const timeline = new Timeline(placed)
  const endMs = START_MS + duration * 1000
  const rows = cast.members.map(({ node }) => node)
  let [playedMs, clockMs, shownMs] = [START_MS, now(), Number.NEGATIVE_INFINITY]
  while (!signal.aborted) {
    // What a busy machine lost is not made up for: a fault lasts as long as it says.
    const passedMs = Math.min(now() - clockMs, MOST_TICK_MS * speed)
    clockMs = now()
    if (clockMs >= START_MS) playedMs += passedMs
    await meet(timeline, cast, Math.min(playedMs, endMs))
    if (playedMs >= endMs) timeline.finish()
    await cast.advance(playedMs, endMs)
    if (performance.now() - shownMs >= SHOW_EVERY_MS) {
      shownMs = performance.now()
      show(rows, { nowMs: playedMs, startMs: START_MS, behindMs: 0, speed })
    }
    const isOver = playedMs >= endMs && cast.isSettled
    if (isOver || playedMs >= endMs + SETTLE_MS * speed) return
    await rest(TICK_MS, signal)
  }
}

/** Whatever the machine's pace, a fault begins between the same two frames. */
async function meet(timeline: Timeline, cast: Cast, untilMs: number): Promise<void> {
  for (;;) {
    const { nextMs } = timeline
    const isDue = nextMs !== undefined && START_MS + nextMs <= untilMs
    await cast.advance(isDue ? START_MS + nextMs : untilMs, untilMs)
    if (!isDue) return
    timeline.advance(nextMs)
  }
}

async function look({ members }: Cast, client: OwnService['client']): Promise<Seen> {
  const verdicts = []
  for (const { account } of members) {
    verdicts.push(judge(account, await keptOf(client, account.node, START_MS)))
  }
  const total = (of: (member: Cast['members'][number]) => number) =>
    members.reduce((all, member) => all + of(member), 0)
  return {
    ...sum(verdicts),
    rejected: await rejectedByReason(client),
    acknowledged: total(({ account }) => account.acknowledgedCount),
    connections: total(({ target }) => target.link.counters.connections),
    broken: total(({ target }) => target.link.counters.broken),
    acksDropped: total(({ target }) => target.link.counters.acksDropped),
    firmwareErrors: total(({ node }) => (node instanceof LakeNode ? node.uncaught : 0)),
    metrics: await client.text('/metrics'),
  }
}
