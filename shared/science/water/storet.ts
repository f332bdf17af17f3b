import type { Text } from '../result.js'
import { keeps, type Limit } from './limit.js'
import type { WaterParameter } from './limits-table.js'

/** STORET, KepMenLH 115/2003 Lampiran I: the scores alone. */

export interface StoretRow {
  parameter: string
  group: WaterParameter['group']
  limit: Limit
  /** Values of at least two samplings. */
  values: readonly number[]
}

export interface StoretScore {
  parameter: string
  max: number
  min: number
  mean: number
  /** 0 or below. */
  score: number
}

export type StoretClass = 'A' | 'B' | 'C' | 'D'

export interface Storet {
  total: number
  class: StoretClass
  status: Text
  scores: readonly StoretScore[]
}

/** What an extreme and the mean cost; twice as much from ten samples on. */
const WEIGHTS: Record<StoretRow['group'], { extreme: number; mean: number }> = {
  fisika: { extreme: -1, mean: -3 },
  kimia: { extreme: -2, mean: -6 },
  biologi: { extreme: -3, mean: -9 },
}
const MANY_SAMPLES = 10

const CLASSES: readonly { from: number; class: StoretClass; text: Text }[] = [
  { from: 0, class: 'A', text: { id: 'baik, memenuhi baku mutu', en: 'good, meets the standard' } },
  { from: -10, class: 'B', text: { id: 'cemar ringan', en: 'lightly polluted' } },
  { from: -30, class: 'C', text: { id: 'cemar sedang', en: 'moderately polluted' } },
]
const WORST = { class: 'D', text: { id: 'cemar berat', en: 'heavily polluted' } } as const

/** Throws RangeError where a row has fewer than two samples. */
export function storet(rows: readonly StoretRow[]): Storet {
  const scores = rows.map(scoreOf)
  const total = scores.reduce((sum, { score }) => sum + score, 0)
  const found = CLASSES.find(({ from }) => total >= from) ?? WORST
  return { total, class: found.class, status: found.text, scores }
}

function scoreOf({ parameter, group, limit, values }: StoretRow): StoretScore {
  if (values.length < 2) throw new RangeError(`${parameter} has fewer than two samples`)
  const max = Math.max(...values)
  const min = Math.min(...values)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const { extreme, mean: ofMean } = WEIGHTS[group]
  const cost = (value: number, weight: number) => (keeps(value, limit) ? 0 : weight)
  const score = cost(max, extreme) + cost(min, extreme) + cost(mean, ofMean)
  return { parameter, max, min, mean, score: values.length < MANY_SAMPLES ? score : 2 * score }
}
