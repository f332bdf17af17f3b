import type { Tier } from '../../schema/alarm.js'
import type { Episode } from './episode.js'

/** One level of a rule. Beyond `raise` it begins; back beyond `clear` for `clearForS` it is over. */
export interface Level {
  tier: Tier
  raise: number
  clear: number
  side: 'below' | 'above'
  consecutive: number
  forS: number
  clearForS: number
  /** A median of `overS` that comes `within` of `raise` raises too. */
  median: { overS: number; within: number } | null
  /** What lies further apart than this is no sequence. */
  gapS: number
}

export interface Sign {
  time: number
  value: number
  isDoubtful: boolean
}

/**
 * What a level makes of a series in ascending order of time. `isOpen`: it was an alarm when the series began; then
 * the first episode begins with the series.
 */
export function foldLevel(signs: readonly Sign[], level: Level, isOpen = false): Episode[] {
  const episodes: Episode[] = []
  const fold = new Fold(level)
  const [first] = signs
  if (isOpen && first !== undefined) episodes.push(fold.goesOn(first))
  for (const sign of signs) {
    const raised = fold.next(sign)
    if (raised !== undefined) episodes.push(raised)
  }
  return episodes
}

/** Of fewer one odd value makes the median. */
const LEAST_OF_MEDIAN = 4

/** The state of a level between two measurements. */
class Fold {
  readonly #level: Level
  #open: Episode | undefined
  /** Measurements beyond in a row, while nothing is raised. */
  #run: Sign[] = []
  #wellSince: number | undefined
  #time = Number.NEGATIVE_INFINITY
  /** Of the time that the median is of. */
  #recent: Sign[] = []

  constructor(level: Level) {
    this.#level = level
  }

  goesOn({ time, value }: Sign): Episode {
    this.#open = episodeOf(this.#level.tier, [{ time, value, isDoubtful: false }])
    return this.#open
  }

  /** The episode that this measurement raises. */
  next(sign: Sign): Episode | undefined {
    if (sign.time - this.#time > this.#level.gapS) {
      this.#run = []
      this.#wellSince = undefined
    }
    this.#time = sign.time
    this.#remember(sign)
    if (this.#open === undefined) return this.#calm(sign)
    this.#follow(this.#open, sign)
    return undefined
  }

  #calm(sign: Sign): Episode | undefined {
    if (this.#isBeyond(sign.value)) this.#run.push(sign)
    else this.#run = []
    if (this.#isLongEnough()) return this.#raise(this.#run)
    return this.#isMedianNear() ? this.#raise([sign]) : undefined
  }

  #raise(by: readonly Sign[]): Episode {
    const open = episodeOf(this.#level.tier, by)
    for (const { value } of by) this.#worsen(open, value)
    this.#open = open
    this.#run = []
    this.#wellSince = undefined
    return open
  }

  #isLongEnough(): boolean {
    const { consecutive, forS } = this.#level
    const [first] = this.#run
    const isMany = this.#run.length >= consecutive
    return first !== undefined && isMany && this.#time - first.time >= forS
  }

  #remember(sign: Sign): void {
    const { median } = this.#level
    if (median === null) return
    this.#recent.push(sign)
    while ((this.#recent[0]?.time ?? sign.time) < sign.time - median.overS) this.#recent.shift()
  }

  #isMedianNear(): boolean {
    const { median, raise, side } = this.#level
    if (median === null || this.#recent.length < LEAST_OF_MEDIAN) return false
    const sorted = this.#recent.map(({ value }) => value).sort((one, other) => one - other)
    const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
    const middle = ((low ?? 0) + (high ?? 0)) / 2
    const beyond = side === 'below' ? raise - middle : middle - raise
    return beyond > -median.within
  }

  #follow(open: Episode, { time, value }: Sign): void {
    if (this.#isBeyond(value)) open.lastS = time
    this.#worsen(open, value)
    if (!this.#isWell(value)) {
      this.#wellSince = undefined
      return
    }
    this.#wellSince ??= time
    if (time - this.#wellSince < this.#level.clearForS) return
    open.clearedS = time
    this.#open = undefined
  }

  #worsen(open: Episode, value: number): void {
    const { side } = this.#level
    open.worstValue =
      side === 'below' ? Math.min(open.worstValue, value) : Math.max(open.worstValue, value)
  }

  #isBeyond(value: number): boolean {
    const { side, raise } = this.#level
    return side === 'below' ? value < raise : value > raise
  }

  #isWell(value: number): boolean {
    const { side, clear } = this.#level
    return side === 'below' ? value >= clear : value <= clear
  }
}

function episodeOf(tier: Tier, run: readonly Sign[]): Episode {
  const [first] = run
  const last = run.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('an episode of nothing')
  return {
    tier,
    firstS: first.time,
    raisedS: last.time,
    lastS: last.time,
    clearedS: null,
    raisedValue: last.value,
    worstValue: last.value,
    isDoubtful: run.some(({ isDoubtful }) => isDoubtful),
  }
}
