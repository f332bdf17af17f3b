/**
 * Chance that is a function of its place: the same seed, stream and time always give the same number, so a
 * series can be asked for anywhere, in any order, and again.
 */

/** Uniform in [0, 1). */
export function uniform(seed: number, stream: number, index: number): number {
  // Rounds of the 32-bit finaliser of MurmurHash3 (A. Appleby, public domain), one a word.
  let hash = seed | 0
  for (const word of [stream, index, Math.floor(index / 2 ** 32)]) {
    hash = Math.imul(hash ^ word, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return (hash >>> 0) / 2 ** 32
}

/** Mean 0, standard deviation 1, bell-shaped (sum of four uniforms). */
export function gaussian(seed: number, stream: number, index: number): number {
  let sum = 0
  for (let part = 0; part < 4; part++) sum += uniform(seed, stream * 4 + part, index)
  // A uniform has variance 1/12, four of them 1/3.
  return (sum - 2) * Math.sqrt(3)
}

/** As `gaussian`, but drifting smoothly: about independent after `periodS` seconds. */
export function drift(seed: number, stream: number, timeS: number, periodS: number): number {
  const knot = Math.floor(timeS / periodS)
  const part = timeS / periodS - knot
  const weight = part * part * (3 - 2 * part)
  const [before, after] = [gaussian(seed, stream, knot), gaussian(seed, stream, knot + 1)]
  return before * (1 - weight) + after * weight
}
