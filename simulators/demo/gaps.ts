/** What is missing of a site's last thirty days, and in which order it is filled in: newest first. */

/** Unix seconds, both included. */
export interface Gap {
  fromS: number
  toS: number
}

export const HISTORY_S = 30 * 86_400
export const HISTORY_STEP_S = 300
/**
 * Kept free between what a board measured and what is filled in: its clock is told in whole seconds, and two
 * values for one moment would be a conflict.
 */
export const APART_S = 5

/**
 * The gaps at a start, oldest first.
 * @param coveredS up to when the nodes ran before; undefined when they never did.
 */
export function gapsAt(
  nowS: number,
  left: readonly Gap[],
  coveredS: number | undefined,
): readonly Gap[] {
  const oldestS = nowS - HISTORY_S
  const last = { fromS: coveredS === undefined ? oldestS : coveredS + APART_S, toS: nowS }
  return [...left, last]
    .map(({ fromS, toS }) => ({ fromS: Math.max(fromS, oldestS), toS: Math.min(toS, nowS) }))
    .filter((gap) => timesIn(gap).length > 0)
}

/** The newest so many seconds of what is missing. */
export function newestPiece(gaps: readonly Gap[], spanS: number): Gap | undefined {
  const gap = gaps.at(-1)
  return gap && { fromS: Math.max(gap.fromS, gap.toS - spanS + 1), toS: gap.toS }
}

/** What is left when `piece`, which `newestPiece` gave, is filled in. */
export function without(gaps: readonly Gap[], piece: Gap): readonly Gap[] {
  const gap = gaps.at(-1)
  if (gap === undefined) return gaps
  const left = { fromS: gap.fromS, toS: piece.fromS - 1 }
  return timesIn(left).length > 0 ? [...gaps.slice(0, -1), left] : gaps.slice(0, -1)
}

/** The samples that belong there. */
export function timesIn({ fromS, toS }: Gap): number[] {
  const times: number[] = []
  const first = Math.ceil(fromS / HISTORY_STEP_S) * HISTORY_STEP_S
  for (let time = first; time <= toS; time += HISTORY_STEP_S) times.push(time)
  return times
}
