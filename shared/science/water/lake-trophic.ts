import {
  computed,
  type Input,
  notComputable,
  quantityInput,
  type Result,
  type Text,
} from '../result.js'
import { SOURCES } from '../sources.js'

/** The regulation means annual means; each may be missing. */
export interface LakeMeans {
  /** µg/L */
  nitrogenUgL?: number | null
  /** µg/L */
  phosphorusUgL?: number | null
  /** µg/L */
  chlorophyllUgL?: number | null
  secchiM?: number | null
  /** Whether the means cover a whole year; shorter ones are only indicative. */
  isAnnual: boolean
}

export type LakeStatus = 'oligotrof' | 'mesotrof' | 'eutrof' | 'eutrof-hipereutrof' | 'hipereutrof'

export interface LakeTrophicStatus {
  byParameter: readonly { parameter: string; status: LakeStatus }[]
  /** The most enriched of them: how to join them is ours, the regulation's own way could not be read. */
  worst: LakeStatus
  /** What must stand beside it. */
  text: Text
}

export const LAKE_STATUS_TEXT: Record<LakeStatus, Text> = {
  oligotrof: { id: 'oligotrof', en: 'oligotrophic' },
  mesotrof: { id: 'mesotrof', en: 'mesotrophic' },
  eutrof: { id: 'eutrof', en: 'eutrophic' },
  'eutrof-hipereutrof': {
    id: 'eutrof hingga hipereutrof (peraturan tidak membagi 15–200 µg/L)',
    en: 'eutrophic to hypereutrophic (the regulation does not divide 15–200 µg/L)',
  },
  hipereutrof: { id: 'hipereutrof', en: 'hypereutrophic' },
}

const ORDER: readonly LakeStatus[] = [
  'oligotrof',
  'mesotrof',
  'eutrof',
  'eutrof-hipereutrof',
  'hipereutrof',
]

const NOTHING: Text = {
  id: 'belum ada rata-rata total N, total P, klorofil-a atau kecerahan',
  en: 'no mean of total N, total P, chlorophyll-a or transparency yet',
}
const TEXTS = {
  annual: { id: 'dari rata-rata setahun', en: 'from means of a year' },
  shorter: {
    id: 'indikatif: bukan rata-rata setahun',
    en: 'indicative: not means of a year',
  },
} as const satisfies Record<string, Text>

/** Trophic status of a lake by each mean, Permen LH 28/2009. */
export function lakeTrophicStatus(means: LakeMeans): Result<LakeTrophicStatus> {
  const rows = rowsOf(means)
  const basis = { inputs: rows.map(({ input }) => input), source: SOURCES.lakeTrophic }
  const byParameter = rows.flatMap(({ input: { key, value }, statusOf }) =>
    value !== null && value >= 0 ? [{ parameter: key, status: statusOf(value) }] : [],
  )
  const worst = ORDER.findLast((each) => byParameter.some(({ status }) => status === each))
  if (worst === undefined) return notComputable(NOTHING, basis)
  return computed({ byParameter, worst, text: TEXTS[means.isAnnual ? 'annual' : 'shorter'] }, basis)
}

function rowsOf(means: LakeMeans): { input: Input; statusOf: (value: number) => LakeStatus }[] {
  const nitrogen = quantityInput('total_nitrogen', means.nitrogenUgL ?? null)
  const phosphorus = quantityInput('total_phosphorus', means.phosphorusUgL ?? null)
  const chlorophyll = quantityInput('chlorophyll_a', means.chlorophyllUgL ?? null)
  const secchi = quantityInput('secchi_depth', means.secchiM ?? null)
  return [
    { input: { ...nitrogen, unit: 'µg/L' }, statusOf: nitrogenStatus },
    { input: { ...phosphorus, unit: 'µg/L' }, statusOf: phosphorusStatus },
    { input: chlorophyll, statusOf: chlorophyllStatus },
    { input: secchi, statusOf: secchiStatus },
  ]
}

function nitrogenStatus(ugL: number): LakeStatus {
  if (ugL <= 650) return 'oligotrof'
  if (ugL <= 750) return 'mesotrof'
  return ugL <= 1900 ? 'eutrof' : 'hipereutrof'
}

function phosphorusStatus(ugL: number): LakeStatus {
  if (ugL < 10) return 'oligotrof'
  if (ugL < 30) return 'mesotrof'
  return ugL < 100 ? 'eutrof' : 'hipereutrof'
}

function chlorophyllStatus(ugL: number): LakeStatus {
  if (ugL < 2) return 'oligotrof'
  if (ugL < 5) return 'mesotrof'
  if (ugL < 15) return 'eutrof'
  return ugL < 200 ? 'eutrof-hipereutrof' : 'hipereutrof'
}

function secchiStatus(metres: number): LakeStatus {
  if (metres >= 10) return 'oligotrof'
  if (metres >= 4) return 'mesotrof'
  return metres >= 2.5 ? 'eutrof' : 'hipereutrof'
}
