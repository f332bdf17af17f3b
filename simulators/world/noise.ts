/**
 * Chance that is a function of its place: the same seed, stream and time always give the same number, so a
 * series can be asked for anywhere, in any order, and again.
 */

/** Uniform in [0, 1). */
export function uniform(seed: number, stream: number, index: number): number {
  return hash(seed, stream, index) / 2 ** 32
}

/** Mean 0, standard deviation 1, bell-shaped, never beyond 3.5 (the four bytes of one hash, added). */
export function gaussian(seed: number, stream: number, index: number): number {
  const bits = hash(seed, stream, index)
  const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24)
  // A byte has mean 127.5 and variance (256² − 1) / 12.
  return (sum - 510) / Math.sqrt((4 * (256 ** 2 - 1)) / 12)
}

/** As `gaussian`, but drifting smoothly: about independent after `periodS` seconds. */
export function drift(seed: number, stream: number, timeS: number, periodS: number): number {
  const knot = Math.floor(timeS / periodS)
  const before = gaussian(seed, stream, knot)
  const after = gaussian(seed, stream, knot + 1)
  return between(before, after, timeS / periodS - knot)
}

/** From one knot of a drift to the next, smooth; `part` goes from 0 to 1. */
export function between(before: number, after: number, part: number): number {
  const weight = part * part * (3 - 2 * part)
  const other = 1 - weight
  // Between two knots a plain blend would be calmer than at them.
  return (before * other + after * weight) / Math.sqrt(other * other + weight * weight)
}

/** A number for a name, to seed what belongs to it. */
export function numberOf(name: string): number {
  let sum = 0
  for (let index = 0; index < name.length; index++) sum = (sum * 31 + name.charCodeAt(index)) | 0
  return sum
}

/** Rounds of the 32-bit finaliser of MurmurHash3 (A. Appleby, public domain), one a word. */
function hash(seed: number, stream: number, index: number): number {
  let bits = mix(seed | 0, stream)
  bits = mix(bits, index)
  bits = mix(bits, Math.floor(index / 2 ** 32))
  return bits >>> 0
}

function mix(bits: number, word: number): number {
  let mixed = Math.imul(bits ^ word, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
