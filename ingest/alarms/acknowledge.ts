import type { StoreKind } from '../../shared/schema/common.js'
import { alarmById, markAcknowledged } from '../store/alarm-records.js'
import { addNotification, isEventTold } from '../store/alarms.js'
import type { Session } from '../store/database.js'
import { alarmLink } from './tell.js'
import { alarmText } from './texts.js'

export interface Acknowledging {
  id: number
  /** As the audit names whoever does it. */
  by: string
  note: string
  at: Date
  kind: StoreKind
  origin: string | undefined
}

/**
 * Somebody acts: whoever was told hears who. The first one counts; false for whoever comes after. NOT_FOUND where there
 * is no such alarm.
 */
export async function acknowledge(session: Session, what: Acknowledging): Promise<boolean> {
  const { id, by, note, at, kind, origin } = what
  const alarm = await alarmById(session, id)
  if (!(await markAcknowledged(session, { id, by, note, at }))) return false
  if (!(await isEventTold(session, alarm.event))) return true
  const text = alarmText({
    transition: 'acknowledged',
    title: { id: alarm.titleId, en: alarm.titleEn },
    tier: alarm.tier,
    isDanger: alarm.purpose === 'danger',
    isSimulation: kind === 'simulated',
    site: alarm.siteTitle,
    node: alarm.node,
    measured: null,
    heardAt: null,
    calibratedAt: null,
    visitedAt: null,
    isDoubtful: alarm.doubtful,
    confirmedBy: alarm.confirmedBy,
    acknowledged: { by, note },
    link: alarmLink(origin, id),
  })
  await addNotification(session, { alarmId: id, transition: 'acknowledged', text, at })
  return true
}
