import { uniform } from '../../simulators/world/noise.js'

/** Uniform in [0, 1), one after the other: the same seed gives the same run as far as the machine allows. */
export function seededRandom(seed: number): () => number {
  let index = 0
  return () => uniform(seed, 0, index++)
}
