import { WHY } from '../../schema/flags.js'
import { fromSteps, type Quantity, toSteps } from '../../wire/quantities.js'
import { isInRange, rangeInSteps } from '../range.js'
import { type ChannelCorrection, correctedValue } from './channel.js'

/** A reading's value in steps, and the reasons that it has before any test of quality. */
export interface ValueInSteps {
  value: number
  why: number
}

/** Reasons that follow from a reading's value and time alone. */
export const BY_VALUE = WHY.range | WHY.maintenance | WHY.drift

/**
 * What a raw reading becomes: calibrated, corrected, rounded to a step (half a step away from zero) and compared with
 * the quantity's plausible range. A value that no int32 holds stays raw and is out of range.
 */
export function valueInSteps(
  quantity: Quantity,
  correction: ChannelCorrection,
  { raw, timeS }: { raw: number; timeS: number },
): ValueInSteps {
  const unit = correctedValue(correction, fromSteps(quantity, raw), timeS)
  const value = stepsOrNothing(quantity, unit.value)
  const why =
    (value !== undefined && isInRange(value, rangeInSteps(quantity.id)) ? 0 : WHY.range) |
    (unit.isMaintained ? WHY.maintenance : 0) |
    (unit.isBeyond ? WHY.drift : 0)
  return { value: value ?? raw, why }
}

/** Values are decimal: what a calculation leaves below a billionth of the unit's digits is rounding. */
const DIGITS = 12

function stepsOrNothing(quantity: Quantity, value: number): number | undefined {
  try {
    return toSteps(quantity, Number(value.toPrecision(DIGITS)))
  } catch (error) {
    // No int32.
    if (error instanceof RangeError) return undefined
    throw error
  }
}
