import { STANDARD_LISTS } from './standard-lists.js'

/** The quantities of each standard set, in order. */
export function standardSets(): number[][] {
  const sets: number[][] = []
  for (let at = 0; at < STANDARD_LISTS.length; ) {
    const end = at + 1 + (STANDARD_LISTS[at] as number)
    sets.push([...STANDARD_LISTS.subarray(at + 1, end)])
    at = end
  }
  return sets
}
