import { quantityById, toSteps } from '../../shared/wire/quantities.js'

/** Both ends included, in integers of the quantity's step. */
export interface PlausibleRange {
  min: number
  max: number
}

const ranges = new Map<number, PlausibleRange | undefined>()

/** Undefined for a quantity that is not known. */
export function plausibleRange(quantityId: number): PlausibleRange | undefined {
  if (!ranges.has(quantityId)) {
    const quantity = quantityById(quantityId)
    ranges.set(
      quantityId,
      quantity && { min: toSteps(quantity, quantity.min), max: toSteps(quantity, quantity.max) },
    )
  }
  return ranges.get(quantityId)
}

/** Outside, a value says nothing but that something is wrong: flag 4 with the reason range. */
export function isPlausible(quantityId: number, value: number): boolean {
  const range = plausibleRange(quantityId)
  return range !== undefined && value >= range.min && value <= range.max
}
