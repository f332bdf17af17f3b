import { quantityById, toSteps } from '../wire/quantities.js'
import type { Span } from './qartod/verdict.js'

const ranges = new Map<number, Span | undefined>()

/** The plausible range of a quantity in integers of its step, both ends included. */
export function rangeInSteps(quantityId: number): Span | undefined {
  if (!ranges.has(quantityId)) {
    const quantity = quantityById(quantityId)
    const range = quantity && ([quantity.min, quantity.max] as const)
    ranges.set(quantityId, range && [toSteps(quantity, range[0]), toSteps(quantity, range[1])])
  }
  return ranges.get(quantityId)
}

export function isInRange(value: number, range: Span | undefined): boolean {
  return range !== undefined && value >= range[0] && value <= range[1]
}
