import { TIER_RANK } from '../../shared/schema/alarm.js'
import { counts, type Episode } from '../../shared/science/alarms/episode.js'
import { quantityByKey } from '../../shared/wire/quantities.js'
import { insertAlarm, noteBelowThree, type StoredAlarm, updateAlarm } from '../store/alarms.js'
import type { Session } from '../store/database.js'
import type { Look, Subject } from './look.js'
import { type TellingOf, tellOf } from './tell.js'

/** What was looked at becomes rows, and what is to be told, in the caller's transaction. */
export async function settle(session: Session, seen: Look, of: TellingOf): Promise<void> {
  for (const alarm of seen.orphans) await withdraw(session, alarm)
  for (const subject of seen.subjects) await settleOne(session, { subject, node: seen.node }, of)
}

async function settleOne(
  session: Session,
  { subject, node }: { subject: Subject; node: Look['node'] },
  of: TellingOf,
): Promise<void> {
  const { added, changed, withdrawn } = subject.reconciled
  if (added.length + changed.length + withdrawn.length === 0) return
  const rows = new Map(subject.known.map((alarm) => [alarm.id, alarm]))
  for (const { id, episode } of changed) {
    const alarm = rows.get(id)
    if (alarm === undefined) continue
    Object.assign(alarm, merged(alarm, episode, subject))
    await updateAlarm(session, alarm)
  }
  for (const id of withdrawn) {
    const alarm = rows.get(id)
    if (alarm !== undefined) await withdraw(session, alarm)
  }
  for (const episode of inOrder(added)) {
    const alarm = await add(
      session,
      { episode, subject, nodeId: node.id, rows: [...rows.values()] },
      of,
    )
    rows.set(alarm.id, alarm)
  }
  await noteOxygen(session, subject, [...rows.values()])
  const present = [...rows.values()].filter(({ untold }) => untold !== 'withdrawn')
  await tellOf(session, { alarms: present, subject, node }, of)
}

/** What was known stays: an alarm is not raised later than people know. */
function merged(alarm: StoredAlarm, episode: Episode, { rule }: Subject) {
  const isBelow = rule.definition.kind === 'level' && rule.definition.side === 'below'
  const worst = alarm.worstValue ?? episode.worstValue
  return {
    firstS: Math.min(alarm.firstS, episode.firstS),
    raisedS: Math.min(alarm.raisedS, episode.raisedS),
    lastS: Math.max(alarm.lastS, episode.lastS),
    clearedS: episode.clearedS,
    worstValue: isBelow ? Math.min(worst, episode.worstValue) : Math.max(worst, episode.worstValue),
    doubtful: episode.raisedS <= alarm.raisedS ? episode.isDoubtful : alarm.doubtful,
  }
}

interface Adding {
  episode: Episode
  subject: Subject
  nodeId: number
  rows: readonly StoredAlarm[]
}

async function add(
  session: Session,
  { episode, subject, nodeId, rows }: Adding,
  { nowMs }: TellingOf,
): Promise<StoredAlarm> {
  const { rule, channel } = subject
  const { siteId, quantityId, position } = channel
  const eventId = eventOf(episode, rows)
  const place = { nodeId, siteId, quantityId, position }
  const id = await insertAlarm(session, {
    ...place,
    ruleId: rule.id,
    eventId,
    episode,
    notedAt: new Date(nowMs),
    untold: null,
  })
  return {
    ...place,
    id,
    eventId: eventId ?? id,
    rule: rule.name,
    purpose: rule.purpose,
    tier: episode.tier,
    firstS: episode.firstS,
    raisedS: episode.raisedS,
    lastS: episode.lastS,
    clearedS: episode.clearedS,
    worstValue: episode.worstValue,
    doubtful: episode.isDoubtful,
    untold: null,
    isRaiseTold: false,
    isClearTold: false,
  }
}

/** Tiers that go on at the same time are one event; a note, which may go on for months, is one of its own. */
function eventOf(episode: Episode, rows: readonly StoredAlarm[]): number | undefined {
  if (episode.tier === 'note') return undefined
  const end = Number.POSITIVE_INFINITY
  return rows.find(
    ({ tier, firstS, clearedS }) =>
      tier !== 'note' && firstS <= (episode.clearedS ?? end) && (clearedS ?? end) >= episode.firstS,
  )?.eventId
}

/** The mildest first: it begins the event. */
function inOrder(episodes: readonly Episode[]): Episode[] {
  return episodes.toSorted((a, b) => a.raisedS - b.raisedS || TIER_RANK[a.tier] - TIER_RANK[b.tier])
}

async function withdraw(session: Session, alarm: StoredAlarm): Promise<void> {
  alarm.clearedS = Math.max(alarm.raisedS, alarm.lastS)
  alarm.untold = alarm.isRaiseTold ? alarm.untold : 'withdrawn'
  await updateAlarm(session, alarm)
}

const OXYGEN = quantityByKey('dissolved_oxygen')?.id
const DEADLY = 3

async function noteOxygen(
  session: Session,
  { channel, own }: Subject,
  alarms: readonly StoredAlarm[],
): Promise<void> {
  if (channel.quantityId !== OXYGEN) return
  for (const { id, tier, firstS, clearedS } of alarms) {
    if (tier === 'note') continue
    const below = own.find(
      (point) =>
        counts(point) &&
        point.value < DEADLY &&
        point.time >= firstS &&
        point.time <= (clearedS ?? Number.POSITIVE_INFINITY),
    )
    if (below !== undefined) await noteBelowThree(session, id, below.time)
  }
}
