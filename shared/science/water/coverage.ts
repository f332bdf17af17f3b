import type { Confidence, Input, Source, Text } from '../result.js'
import type { Limit } from './limit.js'
import { ESTIMATE_TEXT, isEstimate, type Origin } from './origin.js'
import { limitedParameters, limitOf, type Standard, type StandardLimit } from './standard.js'

/**
 * Which parameters enter a status index and which stay out, and why. An index is comparable only with another of
 * the same parameters, so it always says which they are.
 */

export interface StatusContext {
  standard: Standard
  origin: Origin
}

export interface Coverage {
  used: readonly string[]
  leftOut: readonly { parameter: string; reason: Text }[]
  /** Must be shown beside the status. */
  text: Text
}

export interface Entering<Sample> {
  sample: Sample
  found: StandardLimit
  limit: Limit
}

export interface Entry<Sample> {
  entering: readonly Entering<Sample>[]
  coverage: Coverage
}

export const NO_PARAMETER: Text = {
  id: 'tidak ada parameter yang dapat dinilai',
  en: 'no parameter can be judged',
}

const NO_LIMIT: Text = { id: 'tidak ada baku mutu untuk kelas ini', en: 'no limit for this class' }
const DEVIATION: Text = {
  id: 'suhu dinilai terhadap suhu alami, tidak dalam indeks ini',
  en: 'temperature is judged against the natural one, not in this index',
}

/** A limit of the laboratory that keeps the standard says enough of a parameter, but nothing to calculate with. */
export const NO_NUMBER: Text = {
  id: 'hasil berupa batas laboratorium (< atau >) yang memenuhi baku mutu, bukan angka',
  en: 'a limit of the laboratory (< or >) that meets the standard, and no number',
}
export const FLATTERING: Text = {
  id: 'ada hasil berupa batas laboratorium (< atau >); tanpa angkanya indeks dapat terlalu baik',
  en: 'a result is a limit of the laboratory (< or >): without its number the index might flatter the water',
}

/** Sorts samples into those that enter and those that do not; `objectTo` says what an index asks besides. */
export function enter<Sample extends { parameter: string }>(
  samples: readonly Sample[],
  { standard, origin }: StatusContext,
  objectTo: (sample: Sample, limit: Limit | undefined) => Text | undefined,
): Entry<Sample> {
  const entering: Entering<Sample>[] = []
  const leftOut: { parameter: string; reason: Text }[] = []
  for (const sample of samples) {
    const { parameter } = sample
    const found = limitOf(parameter, standard)
    const reason = isEstimate(parameter, origin) ? ESTIMATE_TEXT : objectTo(sample, found?.limit)
    if (found === undefined) leftOut.push({ parameter, reason: NO_LIMIT })
    else if (found.limit === undefined) leftOut.push({ parameter, reason: DEVIATION })
    else if (reason !== undefined) leftOut.push({ parameter, reason })
    else entering.push({ sample, found, limit: found.limit })
  }
  const used = entering.map(({ sample }) => sample.parameter)
  const text = coverageText(origin, used.length, limitedParameters(standard).length)
  return { entering, coverage: { used, leftOut, text } }
}

/** The value of a parameter as an input, with the name and unit of the table. */
export function limitInput({ parameter }: StandardLimit, value: number | null): Input {
  return { key: parameter.parameter, name: parameter.name, value, unit: parameter.unit }
}

/** A result is as doubtful as the most doubtful limit in it. */
export function weakest(source: Source, entering: readonly Entering<unknown>[]): Source {
  const order: readonly Confidence[] = ['low', 'medium', 'high']
  const all = [source.confidence, ...entering.map(({ found }) => found.source.confidence)]
  return { ...source, confidence: order.find((each) => all.includes(each)) ?? source.confidence }
}

function coverageText(origin: Origin, used: number, total: number): Text {
  const share: Text = {
    id: `${used} dari ${total} parameter`,
    en: `${used} of ${total} parameters`,
  }
  if (origin === 'laboratory') return share
  return {
    id: `indikatif, ${share.id}, bukan status mutu air`,
    en: `indicative, ${share.en}, not a water quality status`,
  }
}
