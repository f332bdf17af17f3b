/** The grid of a node's samples, to see what is missing in it. */

const INTERVAL_S = 300
/** A call of the network blocks the board so long: a sample may come late, under its true time. */
const BLOCKED_S = 80

/** Places on the grid before `untilS`, seconds after the start, without a sample. */
export function missingSlots(seconds: number[], untilS: number): number[] {
  return Array.from({ length: Math.ceil(untilS / INTERVAL_S) }, (_, n) => n * INTERVAL_S).filter(
    (slot) => !seconds.some((second) => second >= slot && second - slot <= BLOCKED_S),
  )
}
