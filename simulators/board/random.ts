import { uniform } from '../world/noise.js'

/** Uniform in [0, 1), one after the other: the same numbers for the same seed. */
export function seededRandom(seed: number): () => number {
  let index = 0
  return () => uniform(seed, 0, index++)
}
