import { bitLength, putBits, putGolomb, putRice } from './bit-writer.js'
import { MAX_K, MODEL_BITS, MODEL_CONSTANT } from './frame.js'

/* Runs on the board: see encode.ts for what that forbids. */

/** The best model found so far for the residuals in hand. */
let bestModel = 0
let bestCost = 0

function offer(model: number, cost: number): void {
  if (cost < bestCost) {
    bestCost = cost
    bestModel = model
  }
}

/**
 * Offers the four models that can be best for residuals whose bit lengths add up to `bits`: both codes, each
 * at two neighbouring parameters around the mean length.
 */
function offerModels(residuals: Uint32Array, count: number, bits: number, order: number): void {
  let k = ((bits + (count >> 1)) / count) | 0
  if (k > MAX_K) k = MAX_K
  const j = k > 0 ? k - 1 : 0
  const i = k > 1 ? k - 2 : 0
  const offsetJ = 1 << j
  const offsetI = 1 << i
  let zerosK = 0
  let zerosJ = 0
  let lengthJ = 0
  let lengthI = 0
  for (let n = 0; n < count; n++) {
    const value = residuals[n] as number
    zerosK += value >>> k
    zerosJ += value >>> j
    lengthJ += bitLength(value + offsetJ)
    lengthI += bitLength(value + offsetI)
  }
  offer(4 * k + order, zerosK + count * (k + 1))
  offer(4 * j + order, zerosJ + count * (j + 1))
  offer(4 * j + 2 + order, 2 * lengthJ - count * (j + 1))
  offer(4 * i + 2 + order, 2 * lengthI - count * (i + 1))
}

/** Writes model and residuals of a series of which the reader knows the first value already. */
export function putResiduals(values: Int32Array | Uint32Array, length: number): void {
  const count = length - 1
  const first = new Uint32Array(count)
  const second = new Uint32Array(count)
  let firstBits = 0
  let secondBits = 0
  let last = 0
  for (let n = 0; n < count; n++) {
    const step = ((values[n + 1] as number) - (values[n] as number)) | 0
    const turn = (step - last) | 0
    last = step
    const a = ((step << 1) ^ (step >> 31)) >>> 0
    const b = ((turn << 1) ^ (turn >> 31)) >>> 0
    first[n] = a
    second[n] = b
    firstBits += bitLength(a)
    secondBits += bitLength(b)
  }
  if (!firstBits) {
    putBits(MODEL_CONSTANT, MODEL_BITS)
    return
  }
  bestCost = Infinity
  offerModels(first, count, firstBits, 0)
  offerModels(second, count, secondBits, 1)
  putBits(bestModel, MODEL_BITS)
  const residuals = bestModel & 1 ? second : first
  const put = bestModel & 2 ? putGolomb : putRice
  const k = bestModel >> 2
  for (let n = 0; n < count; n++) put(residuals[n] as number, k)
}
