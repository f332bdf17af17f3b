import { WHY } from '../../schema/flags.js'
import { fromSteps, type Quantity } from '../../wire/quantities.js'
import { type ChannelCorrection, correctedValue } from './channel.js'

/** What a raw reading becomes, in steps of its quantity. */
export interface CorrectedSteps {
  /** Not yet a whole number. */
  steps: number
  /** Why the reading fails whatever its value is, if it does. */
  why: number
}

/** Readings are decimal: what a calculation leaves behind the twelfth digit is rounding, not measured. */
const DIGITS = 12

export function correctedSteps(
  quantity: Quantity,
  correction: ChannelCorrection,
  { raw, timeS }: { raw: number; timeS: number },
): CorrectedSteps {
  const { value, isBeyond, isMaintained } = correctedValue(
    correction,
    fromSteps(quantity, raw),
    timeS,
  )
  return {
    steps: Number((value / quantity.step).toPrecision(DIGITS)),
    why: (isMaintained ? WHY.maintenance : 0) | (isBeyond ? WHY.drift : 0),
  }
}
