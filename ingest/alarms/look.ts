import type { Measurement } from '../../shared/science/alarms/episode.js'
import {
  type ChannelDefinition,
  episodesOf,
  isAbout,
  isOfChannel,
  lookbackS,
} from '../../shared/science/alarms/evaluate.js'
import { type Reconciled, reconcile } from '../../shared/science/alarms/reconcile.js'
import { quantityById, quantityByKey } from '../../shared/wire/quantities.js'
import {
  type AlarmChannel,
  type AlarmNode,
  alarmChannels,
  alarmNode,
  alarmSeries,
  type Wanted,
} from '../store/alarm-series.js'
import { alarmsOfNode, type StoredAlarm } from '../store/alarms.js'
import type { Reader } from '../store/database.js'
import type { RuleRow } from '../store/rules.js'

/** What the rules say of a node now, beside what is known: reads only, so it may be done twice. */

export interface Look {
  node: AlarmNode
  subjects: Subject[]
  /** They go on by the store, and their channel is not there any more. */
  orphans: StoredAlarm[]
}

/** One rule at one channel. */
export interface Subject {
  rule: ChannelRule
  channel: AlarmChannel
  own: readonly Measurement[]
  known: StoredAlarm[]
  reconciled: Reconciled
}

export type ChannelRule = RuleRow & { definition: ChannelDefinition }

const TEMPERATURE = quantityByKey('water_temperature')?.id ?? 0

/** `fromS`: the oldest measured time at which anything changed. */
export async function look(
  session: Reader,
  rules: readonly RuleRow[],
  { nodeId, fromS }: { nodeId: number; fromS: number },
): Promise<Look | undefined> {
  const node = await alarmNode(session, nodeId)
  if (node === undefined) return undefined
  const ofChannels = rules.filter(isChannelRule)
  const oldestS = fromS - Math.max(0, ...ofChannels.map(({ definition }) => lookbackS(definition)))
  const channels = await alarmChannels(session, nodeId, oldestS)
  const pairs = ofChannels.flatMap((rule) =>
    aboutOf(rule.definition, channels).map((channel) => ({ rule, channel })),
  )
  const wanted = wantedOf(pairs, fromS)
  const series = await alarmSeries(session, nodeId, wanted)
  const pointsOf = (quantityId: number, position: number): Measurement[] =>
    series[wanted.findIndex((each) => isChannel(each, { quantityId, position }))] ?? []
  const alarms = await alarmsOfNode(session, nodeId, oldestS)
  const subjects = pairs.flatMap(({ rule, channel }) => {
    const windowS = Math.max(fromS - lookbackS(rule.definition), channel.placedFromS)
    const within = ({ time }: Measurement) =>
      time >= windowS && time < (channel.placedToS ?? Number.POSITIVE_INFINITY)
    const own = pointsOf(channel.quantityId, channel.position).filter(within)
    // A channel that says nothing says nothing of what goes on there.
    if (own.length === 0) return []
    const known = alarms.filter((alarm) => isOf(alarm, rule, channel))
    const open = known.filter(
      ({ raisedS, clearedS }) => raisedS < windowS && (clearedS === null || clearedS > windowS),
    )
    const episodes = episodesOf(
      rule.definition,
      {
        own,
        quantity: quantityById(channel.quantityId)?.key ?? '',
        waterTemperature: besides(rule, channel, pointsOf).filter(within),
      },
      new Set(open.map(({ tier }) => tier)),
    )
    return [{ rule, channel, own, known, reconciled: reconcile(episodes, known) }]
  })
  const isKept = (alarm: StoredAlarm) =>
    pairs.some(({ rule, channel }) => isOf(alarm, rule, channel))
  const orphans = alarms.filter((alarm) => alarm.clearedS === null && !isKept(alarm))
  return { node, subjects, orphans }
}

/** Nothing to write. */
export function isCalm({ subjects, orphans }: Look): boolean {
  return (
    orphans.length === 0 &&
    subjects.every(
      ({ reconciled: { added, changed, withdrawn } }) =>
        added.length + changed.length + withdrawn.length === 0,
    )
  )
}

function isChannelRule(rule: RuleRow): rule is ChannelRule {
  return rule.enabled && isOfChannel(rule.definition)
}

function aboutOf(definition: ChannelDefinition, channels: readonly AlarmChannel[]): AlarmChannel[] {
  const about = channels.filter(({ quantityId }) => {
    const quantity = quantityById(quantityId)
    return quantity !== undefined && isAbout(definition, quantity.key)
  })
  if (definition.kind !== 'change' || !definition.deepestOnly) return about
  const deepest = Math.max(...about.map(({ depthM }) => depthM ?? 0))
  // One depth alone has no deepest.
  if (about.every(({ depthM }) => (depthM ?? 0) === deepest)) return []
  return about.filter(({ depthM }) => depthM === deepest)
}

/** Each channel once, from as early as any rule needs it. */
function wantedOf(
  pairs: readonly { rule: ChannelRule; channel: AlarmChannel }[],
  fromS: number,
): Wanted[] {
  const wanted: Wanted[] = []
  const want = (quantityId: number, position: number, since: number) => {
    const found = wanted.find((each) => isChannel(each, { quantityId, position }))
    if (found === undefined) wanted.push({ quantityId, position, fromS: since })
    else found.fromS = Math.min(found.fromS, since)
  }
  for (const { rule, channel } of pairs) {
    const since = fromS - lookbackS(rule.definition)
    want(channel.quantityId, channel.position, since)
    if (rule.definition.kind !== 'upwelling') continue
    want(TEMPERATURE, channel.position, since)
    want(TEMPERATURE, 0, since)
  }
  return wanted
}

/** The temperature beside the probe, or the node's only one. */
function besides(
  rule: ChannelRule,
  { position }: AlarmChannel,
  pointsOf: (quantityId: number, position: number) => Measurement[],
): Measurement[] {
  if (rule.definition.kind !== 'upwelling') return []
  const beside = pointsOf(TEMPERATURE, position)
  return beside.length > 0 ? beside : pointsOf(TEMPERATURE, 0)
}

function isOf(alarm: StoredAlarm, rule: ChannelRule, channel: AlarmChannel): boolean {
  return (
    alarm.rule === rule.name &&
    alarm.siteId === channel.siteId &&
    alarm.quantityId === channel.quantityId &&
    alarm.position === channel.position
  )
}

type Key = Pick<Wanted, 'quantityId' | 'position'>

function isChannel(one: Key, other: Key): boolean {
  return one.quantityId === other.quantityId && one.position === other.position
}
