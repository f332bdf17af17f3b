import type { Confidence, Source, Text } from '../result.js'
import { SOURCES } from '../sources.js'
import type { Limit } from './limit.js'
import {
  WATER_PARAMETERS,
  type WaterBody,
  type WaterClass,
  type WaterParameter,
} from './limits-table.js'

/** Which limits hold for a water. */
export interface Standard {
  water: WaterBody
  waterClass: WaterClass
}

export interface StandardLimit {
  parameter: WaterParameter
  /** undefined for the temperature: its limit is a deviation. */
  limit: Limit | undefined
  deviationC: number | undefined
  /** PP 22/2021 with the confidence of this one number. */
  source: Source
}

const BODY_TEXT: Record<WaterBody, Text> = {
  lake: { id: 'danau', en: 'lake' },
  river: { id: 'sungai', en: 'river' },
}

/** The limit of one parameter; undefined where the class has none. */
export function limitOf(parameter: string, standard: Standard): StandardLimit | undefined {
  const row = WATER_PARAMETERS.find((each) => each.parameter === parameter)
  const body = row?.[standard.water]
  const limit = body?.limits[standard.waterClass - 1]
  if (!row || !body || limit === undefined || limit === null) return undefined
  return {
    parameter: row,
    limit: limitFrom(row.kind, limit),
    deviationC: row.kind === 'deviation' && typeof limit === 'number' ? limit : undefined,
    source: {
      ...SOURCES.waterLimits,
      confidence: confidenceOf(body.confidence, standard.waterClass),
    },
  }
}

/** All parameters that have a limit in this class. */
export function limitedParameters(standard: Standard): WaterParameter[] {
  return WATER_PARAMETERS.filter((row) => limitOf(row.parameter, standard) !== undefined)
}

/** "danau kelas 1" */
export function standardText({ water, waterClass }: Standard): Text {
  const body = BODY_TEXT[water]
  return { id: `${body.id} kelas ${waterClass}`, en: `${body.en} class ${waterClass}` }
}

function limitFrom(
  kind: WaterParameter['kind'],
  limit: number | readonly [number, number],
): Limit | undefined {
  if (typeof limit !== 'number') return { kind: 'range', low: limit[0], high: limit[1] }
  return kind === 'max' || kind === 'min' ? { kind, limit } : undefined
}

function confidenceOf(
  confidence: Confidence | readonly Confidence[],
  waterClass: WaterClass,
): Confidence {
  return typeof confidence === 'string' ? confidence : (confidence[waterClass - 1] ?? 'low')
}
