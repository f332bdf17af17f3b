import type { Flag } from '../../shared/schema/flags.js'

/**
 * What a series and a site look like right now, judged from freshness and flags alone. No rule evaluates
 * limits yet, so no alarm level is ever said here.
 */

/** arriving: fresh and not doubted; check: the latest value is suspect or failed; silent: overdue. */
export type SeriesState = 'arriving' | 'check' | 'silent'

/** As of a series, and none: nothing has ever been measured here. */
export type SiteState = SeriesState | 'none'

export interface Judged {
  /** unix ms of the measurement */
  timeMs: number
  flag: Flag
  typicalIntervalS: number
}

/** A series is silent when its latest measurement is older than this many of its typical intervals. */
const SILENT_AFTER_INTERVALS = 3

/** Worst first. Silence comes first: nothing at all is known there. */
const ORDER: readonly SiteState[] = ['silent', 'check', 'none', 'arriving']

export function seriesState(series: Judged, nowMs: number): SeriesState {
  const silentAfterMs = series.typicalIntervalS * 1000 * SILENT_AFTER_INTERVALS
  if (nowMs - series.timeMs > silentAfterMs) return 'silent'
  return series.flag >= 3 ? 'check' : 'arriving'
}

/** One silent or doubtful series makes a site worth a look; it is silent only when all its series are. */
export function siteState(series: readonly Judged[], nowMs: number): SiteState {
  if (series.length === 0) return 'none'
  const states = series.map((one) => seriesState(one, nowMs))
  if (states.every((state) => state === 'silent')) return 'silent'
  return states.every((state) => state === 'arriving') ? 'arriving' : 'check'
}

export interface Ranked {
  state: SiteState
  /** unix ms of the latest measurement, undefined when there is none */
  latestMs: number | undefined
  title: string
}

/**
 * Worst first, among the silent the longest silent first, otherwise by title: an order that changes only when
 * a state does, so that lines do not jump under a finger at every measurement.
 */
export function compareSites(a: Ranked, b: Ranked): number {
  const byState = ORDER.indexOf(a.state) - ORDER.indexOf(b.state)
  if (byState !== 0) return byState
  if (a.state === 'silent') {
    const byAge = (a.latestMs ?? 0) - (b.latestMs ?? 0)
    if (byAge !== 0) return byAge
  }
  return a.title.localeCompare(b.title, 'id')
}

export function needsAttention(state: SiteState): boolean {
  return state === 'silent' || state === 'check'
}
