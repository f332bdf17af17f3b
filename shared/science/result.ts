import { quantityByKey } from '../wire/quantities.js'

/**
 * What an index answers: a value with all that is needed to doubt it, or the reason why there is none. There is
 * no third answer, above all no zero in the place of a missing value.
 */

/** The same words in both languages of the product. */
export interface Text {
  id: string
  en: string
}

/** high: two texts agree, or the text was read; medium: recalled, checked in part; low: recalled, unchecked. */
export type Confidence = 'high' | 'medium' | 'low'

export interface Source {
  title: string
  confidence: Confidence
  /** Day on which these numbers were last compared with the quotations of the source, YYYY-MM-DD. */
  checked: string
  /** What a reader must know before relying on it. */
  note?: Text
}

export interface Input {
  /** Key of the quantity where the registry has one. */
  key: string
  name: Text
  value: number | null
  unit: string
  /** Where the formula holds, both ends included. */
  valid?: readonly [number, number]
}

export interface Basis {
  inputs: readonly Input[]
  source: Source
}

export interface Computed<T> extends Basis {
  isComputable: true
  value: T
}

export interface NotComputable extends Basis {
  isComputable: false
  reason: Text
}

export type Result<T> = Computed<T> | NotComputable

export function computed<T>(value: T, basis: Basis): Computed<T> {
  return { isComputable: true, value, inputs: basis.inputs, source: basis.source }
}

export function notComputable(reason: Text, basis: Basis): NotComputable {
  return { isComputable: false, reason, inputs: basis.inputs, source: basis.source }
}

/** An input with the name and the unit that the registry gives its quantity. Throws on an unknown key. */
export function quantityInput(
  key: string,
  value: number | null,
  valid?: readonly [number, number],
): Input {
  const quantity = quantityByKey(key)
  if (quantity === undefined) throw new RangeError(`no quantity is called ${key}`)
  const name = { id: quantity.nameId, en: quantity.nameEn }
  return { key, name, value, unit: quantity.symbol, ...(valid && { valid }) }
}

/** Why these inputs give no result: a missing one, or one outside what the formula holds for. */
export function objection(inputs: readonly Input[]): Text | undefined {
  const missing = inputs.filter(({ value }) => value === null || !Number.isFinite(value))
  if (missing.length > 0) {
    return {
      id: `belum ada nilai: ${missing.map(({ name }) => name.id).join(', ')}`,
      en: `no value yet: ${missing.map(({ name }) => name.en).join(', ')}`,
    }
  }
  const outside = inputs.find(({ value, valid }) => value !== null && valid && isOff(value, valid))
  if (outside?.valid === undefined) return undefined
  const range = `${outside.valid[0]}–${outside.valid[1]} ${outside.unit}`.trim()
  return {
    id: `${outside.name.id} di luar rentang rumus (${range})`,
    en: `${outside.name.en} is outside the formula's range (${range})`,
  }
}

/** Applies a formula to inputs that are all present and valid, else says which is not. */
export function computeFrom<T>(basis: Basis, formula: (...values: number[]) => T): Result<T> {
  const reason = objection(basis.inputs)
  if (reason !== undefined) return notComputable(reason, basis)
  return computed(formula(...basis.inputs.map(({ value }) => value ?? Number.NaN)), basis)
}

function isOff(value: number, [low, high]: readonly [number, number]): boolean {
  return value < low || value > high
}
