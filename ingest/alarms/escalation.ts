import { reader, type Session } from '../store/database.js'
import { escalationSteps, type PersonRow, people } from '../store/roster.js'
import { onDuty, toldOf, type Unanswered, unanswered } from '../store/told.js'
import { isForNobody, type PeopleDeps, reachable, type Told, told } from './people.js'

export interface Escalation {
  notificationId: number
  step: number
  recipients: readonly Told[]
}

/**
 * Tells the next where nobody has acknowledged in time. `add` puts them into the outbox in the transaction in which
 * it is noted, so that each is told once, whatever ends in between.
 */
export async function escalate(
  deps: PeopleDeps,
  now: number,
  add: (session: Session, escalation: Escalation) => Promise<void>,
): Promise<Escalation[]> {
  const done: Escalation[] = []
  for (const { notificationId } of await unanswered(reader(deps.db))) {
    const made = await deps.db.transaction('write', async (session) => {
      // Held, and looked at again: another service may be doing the same, and somebody may have answered.
      const [still] = await unanswered(session, notificationId)
      if (still === undefined || isForNobody(deps, still)) return undefined
      const next = await nextToTell(session, still, now)
      if (next === undefined) return undefined
      const { step, persons } = next
      const to = { notificationId, alarm: still, step, persons, at: new Date(now) }
      const escalation = { notificationId, step, recipients: await told(deps, session, to) }
      await add(session, escalation)
      return escalation
    })
    if (made !== undefined) done.push(made)
  }
  return done
}

/** The first group in which somebody can be reached who was not told: who is on duty now and the deputies, then the next. */
async function nextToTell(
  session: Session,
  { notificationId, siteId, toldAt }: Unanswered,
  now: number,
): Promise<{ step: number; persons: PersonRow[] } | undefined> {
  const steps = await escalationSteps(session)
  const before = await toldOf(session, notificationId)
  const step = (before.at(-1)?.step ?? 0) + 1
  // Whoever takes over when the steps are used up is told at once: they have all passed.
  const afterMinutes = (steps[step - 1] ?? steps.at(-1))?.afterMinutes
  if (afterMinutes === undefined || now < toldAt.getTime() + afterMinutes * 60_000) return undefined
  const { persons, deputies } = await onDuty(session, siteId, new Date(now))
  const all = await people(session)
  const named = steps.map(({ person }) =>
    person === null ? [...persons, ...deputies] : all.filter(({ id }) => id === person),
  )
  const wasTold = new Set(before.map(({ personId }) => personId))
  const group = [...named, [...persons, ...deputies]]
    .map((some) => reachable(some).filter(({ id }) => !wasTold.has(id)))
    .find((some) => some.length > 0)
  if (group === undefined) return undefined
  return { step, persons: [...new Map(group.map((one) => [one.id, one])).values()] }
}
