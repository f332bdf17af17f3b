import type { Tier } from '../../shared/schema/alarm.js'
import type { Addressee } from '../../shared/schema/channel.js'
import type { StoreKind } from '../../shared/schema/common.js'
import type { Database, Session } from '../store/database.js'
import { makeLink } from '../store/one-time-links.js'
import { escalationSteps, type PersonRow, people } from '../store/roster.js'
import {
  type AlarmSubject,
  alarmSubject,
  noteTold,
  onDuty,
  ownersOf,
  toldOfAlarm,
} from '../store/told.js'
import { linkTo, UNSUBSCRIBE_VALID_MS } from './links.js'
import { ownerText } from './owner-text.js'

/** Who is told of a transition: whoever is on duty first, then the owners of the cages at the site. */

export interface PeopleDeps {
  db: Database
  kind: StoreKind
  /** Public address, without which a message holds no link. */
  origin: string | undefined
}

/** What has to be known of a notification. `alarmId` null: the service's own word, for the duty alone. */
export interface Notified {
  id: number
  alarmId: number | null
  transition: string
}

/** An owner's message has words of its own: fewer, and none for the duty. */
export type Told = Addressee & { text?: string }

const OWNERS_FROM: ReadonlySet<Tier> = new Set(['siaga', 'awas'])
const ACKNOWLEDGE_VALID_MS = 48 * 3_600_000

/** Notes whom of the duty it names, and makes their links; asked again it names the same people, with new links. */
export function recipientsOf(
  deps: PeopleDeps,
  notification: Notified,
  now: number,
): Promise<Told[]> {
  const at = new Date(now)
  return deps.db.transaction('write', async (session) => {
    if (notification.alarmId === null) {
      return withoutLink(await dutyFor(session, null, at))
    }
    const alarm = await alarmSubject(session, notification.alarmId)
    if (alarm === undefined || isForNobody(deps, alarm)) return []
    const duty = await dutyRecipients(deps, session, { notification, alarm, at })
    const known = new Set(duty.map(wayOf))
    const owners = await ownerRecipients(deps, session, { notification, alarm, at })
    return [...duty, ...owners.filter((owner) => !known.has(wayOf(owner)))]
  })
}

export function isForNobody({ kind }: PeopleDeps, { tier, simulated }: AlarmSubject): boolean {
  return tier === 'note' || (simulated && kind === 'real')
}

interface About {
  notification: Notified
  alarm: AlarmSubject
  at: Date
}

async function dutyRecipients(
  deps: PeopleDeps,
  session: Session,
  { notification, alarm, at }: About,
): Promise<Told[]> {
  const { id, transition } = notification
  if (transition === 'raised') {
    const persons = await dutyFor(session, alarm.siteId, at)
    return told(deps, session, { notificationId: id, alarm, step: 0, persons, at })
  }
  const before = await toldOfAlarm(session, alarm.id)
  if (transition === 'acknowledged') return withoutLink(before)
  // Whoever has come on duty since takes over a place where all is well again.
  const { persons } = await onDuty(session, alarm.siteId, at)
  return withoutLink([...new Map([...before, ...persons].map((one) => [one.id, one])).values()])
}

/** An alarm that reaches nobody is none: without anybody on duty, the next who can be reached. */
async function dutyFor(session: Session, siteId: number | null, at: Date): Promise<PersonRow[]> {
  const { persons, deputies } = await onDuty(session, siteId, at)
  const all = await people(session)
  const steps = await escalationSteps(session)
  const next = steps.map(({ person }) => all.filter(({ id }) => id === person))
  return [persons, deputies, ...next, all].map(reachable).find((some) => some.length > 0) ?? []
}

export function reachable(persons: readonly PersonRow[]): PersonRow[] {
  return persons.filter(({ contacts }) => contacts.length > 0)
}

/** Makes a link for each, and notes that they were told. */
export async function told(
  { origin }: PeopleDeps,
  session: Session,
  to: {
    notificationId: number
    alarm: AlarmSubject
    step: number
    persons: readonly PersonRow[]
    at: Date
  },
): Promise<Told[]> {
  const { notificationId, alarm, step, persons, at } = to
  const recipients: Told[] = []
  for (const { id: personId, contacts } of persons) {
    const subject = { purpose: 'acknowledge', alarmId: alarm.id, personId } as const
    const key = await makeLink(session, subject, { at, validMs: ACKNOWLEDGE_VALID_MS })
    for (const contact of contacts) {
      const link = linkTo(origin, 'acknowledge', { key, language: contact.language })
      recipients.push({ ...contact, audience: 'duty', link })
    }
  }
  await noteTold(session, notificationId, { personIds: persons.map(({ id }) => id), step, at })
  return recipients
}

function withoutLink(persons: readonly PersonRow[]): Told[] {
  return persons.flatMap(({ contacts }) =>
    contacts.map((contact): Told => ({ ...contact, audience: 'duty', link: null })),
  )
}

async function ownerRecipients(
  { origin }: PeopleDeps,
  session: Session,
  { notification, alarm, at }: About,
): Promise<Told[]> {
  const { transition } = notification
  if (alarm.purpose !== 'danger' || alarm.siteId === null) return []
  // The end of an event is told of its lowest tier: it is for them when a higher one was.
  const isTheirs =
    transition === 'raised'
      ? OWNERS_FROM.has(alarm.tier)
      : transition === 'cleared' && alarm.isOwners
  if (!isTheirs) return []
  const owners: Told[] = []
  for (const { subscriptionId, ...to } of await ownersOf(session, alarm.siteId)) {
    const subject = { purpose: 'unsubscribe', subscriptionId, alarmId: alarm.id } as const
    const key = await makeLink(session, subject, { at, validMs: UNSUBSCRIBE_VALID_MS })
    const text = await ownerText(
      session,
      { alarmId: alarm.id, isOver: transition === 'cleared', now: at },
      to.language,
    )
    const link = linkTo(origin, 'unsubscribe', { key, language: to.language })
    owners.push({ ...to, audience: 'owner', text, link })
  }
  return owners
}

function wayOf({ channel, address }: Told): string {
  return `${channel} ${address}`
}
