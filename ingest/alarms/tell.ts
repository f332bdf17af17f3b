import { TIER_RANK, type Transition, type Untold } from '../../shared/schema/alarm.js'
import type { StoreKind } from '../../shared/schema/common.js'
import { counts, type Measurement } from '../../shared/science/alarms/episode.js'
import { decimals, fromSteps, quantityById } from '../../shared/wire/quantities.js'
import { siteFacts } from '../store/alarm-facts.js'
import { addNotification, isEventTold, type StoredAlarm, updateAlarm } from '../store/alarms.js'
import type { Session } from '../store/database.js'
import { isInMaintenance } from '../store/site-maintenance.js'
import type { Look, Subject } from './look.js'
import { alarmText, type MeasuredFacts } from './texts.js'

/** Who is told what of an alarm's transitions, and why not. */

export interface TellingOf {
  kind: StoreKind
  nowMs: number
  /** Public address of the page; undefined: texts have no link. */
  origin: string | undefined
}

/** What was measured longer ago is listed, and wakes nobody. */
const OLD_S = 7200
const TREND_S = 3 * 3600
/** The value that a trend is measured from may be so much younger. */
const TREND_SLACK_S = 1800

interface Telling {
  alarms: StoredAlarm[]
  subject: Subject
  node: Look['node']
}

export async function tellOf(session: Session, telling: Telling, of: TellingOf): Promise<void> {
  const { subject, node } = telling
  const now = new Date(of.nowMs)
  const situation = {
    nowS: of.nowMs / 1000,
    isSimulated: node.simulated && of.kind === 'real',
    isMaintained: await isInMaintenance(session, subject.channel.siteId, now),
  }
  // The highest first: who hears of it needs not hear of those below.
  const alarms = telling.alarms.toSorted((a, b) => TIER_RANK[b.tier] - TIER_RANK[a.tier])
  for (const alarm of alarms) {
    if (alarm.isRaiseTold || alarm.untold === 'higher') continue
    const untold = whyUntold(alarm, alarms, situation)
    if (untold === null) {
      await tell(session, { alarm, transition: 'raised', subject, node }, of)
      alarm.isRaiseTold = true
    }
    if (untold !== alarm.untold) await updateAlarm(session, Object.assign(alarm, { untold }))
  }
  for (const alarm of alarms) {
    if (!isEndToTell(alarm, alarms, situation)) continue
    if (!(await isEventTold(session, alarm.eventId))) continue
    await tell(session, { alarm, transition: 'cleared', subject, node }, of)
    alarm.isClearTold = true
  }
}

interface Situation {
  nowS: number
  isSimulated: boolean
  isMaintained: boolean
}

function whyUntold(
  alarm: StoredAlarm,
  alarms: readonly StoredAlarm[],
  { nowS, isSimulated, isMaintained }: Situation,
): Untold | null {
  if (alarm.tier === 'note') return 'note'
  if (isSimulated) return 'simulated'
  if (alarm.lastS < nowS - OLD_S) return 'old'
  if (isMaintained) return 'maintenance'
  const isCovered = alarms.some(
    ({ tier, eventId, isRaiseTold, clearedS }) =>
      eventId === alarm.eventId &&
      isRaiseTold &&
      clearedS === null &&
      TIER_RANK[tier] > TIER_RANK[alarm.tier],
  )
  return isCovered ? 'higher' : null
}

/** Nobody has to act on the end of upkeep, nor on the end of a tier when the whole event is over. */
function isEndToTell(
  alarm: StoredAlarm,
  alarms: readonly StoredAlarm[],
  { nowS, isSimulated, isMaintained }: Situation,
): boolean {
  const { clearedS, isClearTold, purpose, tier, eventId } = alarm
  if (clearedS === null || isClearTold || purpose === 'upkeep' || tier === 'note') return false
  if (isSimulated || isMaintained || clearedS < nowS - OLD_S) return false
  return !alarms.some(
    (other) =>
      other.eventId === eventId &&
      other.clearedS !== null &&
      TIER_RANK[other.tier] < TIER_RANK[tier],
  )
}

interface Told {
  alarm: StoredAlarm
  transition: Transition
  subject: Subject
  node: Look['node']
}

async function tell(
  session: Session,
  { alarm, transition, subject, node }: Told,
  { kind, nowMs, origin }: TellingOf,
): Promise<void> {
  const { rule, channel, own } = subject
  const at = new Date(nowMs)
  const place = { nodeId: node.id, quantityId: channel.quantityId, position: channel.position, at }
  const site =
    channel.siteId === null
      ? undefined
      : await siteFacts(session, { siteId: channel.siteId, ...place })
  const text = alarmText({
    transition,
    title: { id: rule.titleId, en: rule.titleEn },
    tier: alarm.tier,
    isDanger: rule.purpose === 'danger',
    isSimulation: kind === 'simulated',
    site: site?.title ?? null,
    node: node.name,
    measured: measuredFacts(channel.quantityId, own, site?.neighbours ?? []),
    heardAt: null,
    calibratedAt: site?.calibratedAt ?? null,
    visitedAt: site?.visitedAt ?? null,
    isDoubtful: alarm.doubtful,
    confirmedBy: null,
    acknowledged: null,
    link: alarmLink(origin, alarm.id),
  })
  await addNotification(session, { alarmId: alarm.id, transition, text, at })
}

export function alarmLink(origin: string | undefined, id: number): string | null {
  return origin === undefined ? null : `${origin.replace(/\/$/, '')}/?alarm=${id}`
}

/** The newest value that counts; a stuck sensor's own, too. */
export function measuredFacts(
  quantityId: number,
  own: readonly Measurement[],
  neighbours: readonly { title: string; value: number; flag: number }[],
): MeasuredFacts | null {
  const quantity = quantityById(quantityId)
  const last = own.findLast(counts) ?? own.at(-1)
  if (quantity === undefined || last === undefined) return null
  const before = own.find(
    (point) => counts(point) && point.time >= last.time - TREND_S && point.time < last.time,
  )
  const isFarEnough = before !== undefined && before.time <= last.time - TREND_S + TREND_SLACK_S
  return {
    quantity: quantity.key,
    name: { id: quantity.nameId, en: quantity.nameEn },
    value: last.value,
    unit: quantity.symbol,
    decimals: decimals(quantity),
    at: new Date(last.time * 1000),
    trend: isFarEnough ? last.value - before.value : null,
    neighbours: neighbours.map(({ title, value, flag }) => ({
      title,
      value: fromSteps(quantity, value),
      isDoubtful: flag === 3,
    })),
  }
}
