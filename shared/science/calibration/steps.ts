import { WHY } from '../../schema/flags.js'
import type { Quantity } from '../../wire/quantities.js'
import { type ChannelCorrection, correctedValue } from './channel.js'

/** What a raw reading becomes, in steps of its quantity. */
export interface CorrectedSteps {
  /** Not yet a whole number. */
  steps: number
  /** Why the reading fails whatever its value is, if it does. */
  why: number
}

/** Readings are decimal: what a calculation leaves below a millionth of a step is rounding, not measured. */
const PER_STEP = 1e6

export function correctedSteps(
  quantity: Quantity,
  correction: ChannelCorrection,
  { raw, timeS }: { raw: number; timeS: number },
): CorrectedSteps {
  const { value, isBeyond, isMaintained } = correctedValue(correction, raw * quantity.step, timeS)
  return {
    steps: Math.round((value / quantity.step) * PER_STEP) / PER_STEP,
    why: (isMaintained ? WHY.maintenance : 0) | (isBeyond ? WHY.drift : 0),
  }
}
