import { smallerStep } from './spike.js'

/**
 * Where noise is a share of the value (turbidity, particles), a limit that is right in clear water is the noise of
 * muddy water. So a spike or change of no more than `share` of the value is scatter and no find; with a share of 0
 * none is. The QARTOD manuals leave the limits of both tests to the operator, and name ones that follow the recent
 * scatter.
 */

/** The neighbours of a reading say how much is normal there: it is high itself where it is a spike. */
export function isSpikeScatter(
  [before, value, after]: readonly [number, number, number],
  share: number,
): boolean {
  const level = Math.max(Math.abs(before), Math.abs(after))
  return smallerStep(before, value, after) <= share * level
}

/** From a reading to the next. */
export function isChangeScatter(
  [before, value]: readonly [number, number],
  share: number,
): boolean {
  const level = Math.max(Math.abs(before), Math.abs(value))
  return Math.abs(value - before) <= share * level
}
