import type { Tier } from '../../schema/alarm.js'
import type { Episode } from './episode.js'

/** What is known of an episode that was seen before, of one rule and channel. Unix seconds. */
export interface KnownAlarm {
  id: number
  tier: Tier
  firstS: number
  raisedS: number
  clearedS: number | null
  /** People were told that it is over. */
  isClearTold: boolean
}

export interface Reconciled {
  added: Episode[]
  /** The alarm is this episode. */
  changed: { id: number; episode: Episode }[]
  /** It goes on by the store, and nothing that is stored says so any more. */
  withdrawn: number[]
}

/**
 * Which alarms the episodes of a series are: the last one that overlaps, so that what comes late, twice or in another
 * order is no second alarm.
 */
export function reconcile(episodes: readonly Episode[], known: readonly KnownAlarm[]): Reconciled {
  const result: Reconciled = { added: [], changed: [], withdrawn: [] }
  const taken = new Set<number>()
  for (const episode of episodes) {
    const alarm = known.findLast(
      (each) => each.tier === episode.tier && !taken.has(each.id) && overlap(each, episode),
    )
    if (alarm === undefined) {
      result.added.push(episode)
      continue
    }
    taken.add(alarm.id)
    if (!alarm.isClearTold || alarm.clearedS === null || episode.clearedS !== null) {
      result.changed.push({ id: alarm.id, episode })
      continue
    }
    // Whoever was told that it is over must hear that it is not.
    const fromS = alarm.clearedS
    const onS = Math.max(fromS, episode.lastS)
    result.added.push({ ...episode, firstS: fromS, raisedS: onS, lastS: onS })
  }
  for (const { id, clearedS } of known) {
    if (clearedS === null && !taken.has(id)) result.withdrawn.push(id)
  }
  return result
}

function overlap(one: Pick<KnownAlarm, 'firstS' | 'clearedS'>, other: Episode): boolean {
  const end = Number.POSITIVE_INFINITY
  return one.firstS <= (other.clearedS ?? end) && other.firstS <= (one.clearedS ?? end)
}
