import {
  computed,
  type Input,
  notComputable,
  quantityInput,
  type Result,
  type Text,
} from '../result.js'
import { SOURCES } from '../sources.js'

/** Any of the three; what is missing or not above 0 takes no part. */
export interface TrophicSample {
  secchiM?: number | null
  chlorophyllUgL?: number | null
  /** Total phosphorus in µg/L. */
  phosphorusUgL?: number | null
}

export interface CarlsonIndex {
  secchi: number | undefined
  chlorophyll: number | undefined
  phosphorus: number | undefined
  /** Of those that are there. */
  mean: number
  state: Text
}

/** A mean that reaches the upper end belongs to the next state, but 70 is still eutrophic. */
const STATES: readonly { below: number; text: Text }[] = [
  { below: 30, text: { id: 'ultraoligotrof', en: 'ultra-oligotrophic' } },
  { below: 40, text: { id: 'oligotrof', en: 'oligotrophic' } },
  { below: 50, text: { id: 'mesotrof', en: 'mesotrophic' } },
]
const EUTROPHIC: Text = { id: 'eutrof', en: 'eutrophic' }
const HYPEREUTROPHIC: Text = { id: 'hipereutrof', en: 'hypereutrophic' }

const NOTHING: Text = {
  id: 'belum ada kecerahan, klorofil-a atau total fosfor di atas 0',
  en: 'no transparency, chlorophyll-a or total phosphorus above 0 yet',
}

/** Carlson's trophic state index from transparency, chlorophyll-a and total phosphorus. */
export function carlsonIndex(sample: TrophicSample): Result<CarlsonIndex> {
  const basis = { inputs: inputsOf(sample), source: SOURCES.carlson }
  const secchi = logarithmic(sample.secchiM, -14.41, 60)
  const chlorophyll = logarithmic(sample.chlorophyllUgL, 9.81, 30.6)
  const phosphorus = logarithmic(sample.phosphorusUgL, 14.42, 4.15)
  const present = [secchi, chlorophyll, phosphorus].filter((each) => each !== undefined)
  if (present.length === 0) return notComputable(NOTHING, basis)
  const mean = present.reduce((sum, each) => sum + each, 0) / present.length
  return computed({ secchi, chlorophyll, phosphorus, mean, state: stateOf(mean) }, basis)
}

function logarithmic(
  value: number | null | undefined,
  slope: number,
  constant: number,
): number | undefined {
  if (typeof value !== 'number' || !(value > 0) || value === Number.POSITIVE_INFINITY) {
    return undefined
  }
  return constant + slope * Math.log(value)
}

function stateOf(mean: number): Text {
  const found = STATES.find(({ below }) => mean < below)
  return found?.text ?? (mean <= 70 ? EUTROPHIC : HYPEREUTROPHIC)
}

function inputsOf({ secchiM, chlorophyllUgL, phosphorusUgL }: TrophicSample): Input[] {
  return [
    quantityInput('secchi_depth', secchiM ?? null),
    quantityInput('chlorophyll_a', chlorophyllUgL ?? null),
    { ...quantityInput('total_phosphorus', phosphorusUgL ?? null), unit: 'µg/L' },
  ]
}
