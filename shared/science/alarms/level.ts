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

/** The state of a level between two measurements. */
class Fold {
  readonly #level: Level
  #open: Episode | undefined
  /** Measurements beyond in a row, while nothing is raised. */
  #run: Sign[] = []
  #wellSince: number | undefined
  #time = Number.NEGATIVE_INFINITY

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
    if (this.#open === undefined) return this.#calm(sign)
    this.#follow(this.#open, sign)
    return undefined
  }

  #calm(sign: Sign): Episode | undefined {
    const { consecutive, forS, tier } = this.#level
    if (!this.#isBeyond(sign.value)) {
      this.#run = []
      return undefined
    }
    this.#run.push(sign)
    const since = this.#run[0]?.time ?? sign.time
    if (this.#run.length < consecutive || sign.time - since < forS) return undefined
    this.#open = episodeOf(tier, this.#run)
    for (const { value } of this.#run) this.#worsen(this.#open, value)
    this.#run = []
    this.#wellSince = undefined
    return this.#open
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
