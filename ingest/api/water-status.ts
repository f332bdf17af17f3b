import type { WaterStatusAnswer } from '../../shared/schema/water-status.js'
import { localDay } from '../../shared/science/local-time.js'
import { carlsonIndex } from '../../shared/science/water/carlson.js'
import { lakeTrophicStatus } from '../../shared/science/water/lake-trophic.js'
import { oxygenSaturation } from '../../shared/science/water/oxygen.js'
import { pollutionStatus } from '../../shared/science/water/pollution-status.js'
import { LAKE_TOBA_ALTITUDE_M, pressureAtAltitude } from '../../shared/science/water/pressure.js'
import type { Standard } from '../../shared/science/water/standard.js'
import { type MeasuredSeries, storetStatus } from '../../shared/science/water/storet-status.js'
import { judgeWater } from '../../shared/science/water/verdict.js'
import { decimals } from '../../shared/wire/quantities.js'
import type { DayMean } from '../store/day-means.js'
import type { LabRow } from '../store/laboratory.js'
import { iso, quantityOf } from './answers.js'
import { toLabResult } from './laboratory-answers.js'

/** Samples are of one depth within this. */
const SAME_DEPTH_M = 0.5
const DAY_MS = 86_400_000
/** Means of fewer days apart, or of fewer months, are none of a year: our choice. */
const YEAR_SPAN_DAYS = 270
const YEAR_MONTHS = 4

export interface StatusContext {
  standard: Standard
  naturalTempC: number | null
  elevationM: number | null
}

type Laboratory = WaterStatusAnswer['laboratory']
type Sensors = WaterStatusAnswer['sensors']

/** @param rows of one site in order of time, none withdrawn */
export function laboratoryStatus(
  rows: readonly LabRow[],
  context: StatusContext & { isTold: boolean },
): Laboratory {
  const newest = rows.at(-1)
  const lastDay = newest === undefined ? [] : rows.filter((row) => dayOf(row) === dayOf(newest))
  const depthM = lastDay.length === 0 ? null : Math.min(...lastDay.map((row) => row.depthM))
  const atDepth = rows.filter((row) => Math.abs(row.depthM - (depthM ?? 0)) <= SAME_DEPTH_M)
  const days = [...new Set(atDepth.map(dayOf))]
  const { standard, naturalTempC } = context
  const origin = 'laboratory'
  const sampling = newestOf(atDepth.filter((row) => dayOf(row) === days.at(-1)))
  const means = trophicMeans(atDepth)
  return {
    depthM,
    samplings: days.length,
    parameters: newestOf(atDepth).map((row) => ({
      result: toLabResult(row, context.isTold),
      verdict: judgeWater({ ...row, origin, naturalTempC }, standard),
    })),
    pollutionIndex: pollutionStatus(sampling, {
      standard,
      origin,
      oxygenSaturationMgL: saturation(
        sampling.find(({ parameter, bound }) => parameter === 'water_temperature' && bound === null)
          ?.value,
        context,
      ),
    }),
    storet: storetStatus(seriesOf(atDepth), { standard, origin }),
    carlson: carlsonIndex(means),
    lakeTrophic: lakeTrophicStatus({ ...means, isAnnual: isAnnual(atDepth) }),
  }
}

/** @param rows of one site in order of their days, whole ones */
export function sensorStatus(
  rows: readonly DayMean[],
  context: StatusContext & { from: Date },
): Sensors {
  const depths = rows.map(({ depthM }) => depthM ?? 0)
  const depthM = depths.length === 0 ? null : Math.min(...depths)
  const atDepth = rows
    .filter((row) => Math.abs((row.depthM ?? 0) - (depthM ?? 0)) <= SAME_DEPTH_M)
    .map((row) => ({ ...toUnit(row), day: row.day }))
  const lastDay = atDepth.at(-1)?.day.getTime()
  const newest = newestOf(atDepth)
  const today = atDepth.filter(({ day }) => day.getTime() === lastDay)
  const { standard, naturalTempC, from } = context
  const origin = 'sensor'
  return {
    depthM,
    from: iso(from),
    days: new Set(atDepth.map(({ day }) => day.getTime())).size,
    parameters: newest.map(({ parameter, value, unit, day }) => ({
      ...{ parameter, value, unit, day: iso(day) },
      verdict: judgeWater({ parameter, value, origin, naturalTempC }, standard),
    })),
    pollutionIndex: pollutionStatus(newestOf(today), {
      standard,
      origin,
      oxygenSaturationMgL: saturation(
        today.find(({ parameter }) => parameter === 'water_temperature')?.value,
        context,
      ),
    }),
    storet: storetStatus(seriesOf(atDepth.map((row) => ({ ...row, bound: null }))), {
      standard,
      origin,
    }),
  }
}

/** Of each parameter the last one. */
function newestOf<Row extends { parameter: string }>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.parameter, row])).values()]
}

function seriesOf(
  rows: readonly Pick<LabRow, 'parameter' | 'value' | 'bound'>[],
): MeasuredSeries[] {
  return newestOf(rows).map(({ parameter }) => {
    const own = rows.filter((row) => row.parameter === parameter)
    return {
      parameter,
      values: own.filter(({ bound }) => bound === null).map(({ value }) => value),
      limits: own.flatMap(({ value, bound }) => (bound === null ? [] : [{ value, bound }])),
    }
  })
}

/** A parameter with a limit among its results has no mean. */
function trophicMeans(rows: readonly LabRow[]) {
  const mean = (parameter: string): number | null => {
    const own = rows.filter((row) => row.parameter === parameter)
    if (own.length === 0 || own.some(({ bound }) => bound !== null)) return null
    return own.reduce((sum, { value }) => sum + value, 0) / own.length
  }
  const inMicrograms = (mgL: number | null) => (mgL === null ? null : mgL * 1000)
  return {
    nitrogenUgL: inMicrograms(mean('total_nitrogen')),
    phosphorusUgL: inMicrograms(mean('total_phosphorus')),
    chlorophyllUgL: mean('chlorophyll_a'),
    secchiM: mean('secchi_depth'),
  }
}

function isAnnual(rows: readonly LabRow[]): boolean {
  const times = rows.map(({ takenAt }) => takenAt.getTime())
  const spanDays = (Math.max(...times) - Math.min(...times)) / DAY_MS
  const months = new Set(rows.map((row) => dayOf(row).slice(0, 7)))
  return spanDays >= YEAR_SPAN_DAYS && months.size >= YEAR_MONTHS
}

/** null where the water's temperature is unknown. */
function saturation(
  waterTempC: number | undefined,
  { elevationM }: Pick<StatusContext, 'elevationM'>,
): number | null {
  const pressure = pressureAtAltitude(elevationM ?? LAKE_TOBA_ALTITUDE_M)
  const pressureHpa = pressure.isComputable ? pressure.value.hPa : null
  const result = oxygenSaturation({ waterTempC: waterTempC ?? null, pressureHpa })
  return result.isComputable ? result.value : null
}

/** A mean is told to a tenth of the quantity's step. */
function toUnit({ quantityId, mean }: DayMean): { parameter: string; value: number; unit: string } {
  const quantity = quantityOf(quantityId)
  const value = Number((mean * quantity.step).toFixed(decimals(quantity) + 1))
  return { parameter: quantity.key, value, unit: quantity.symbol }
}

/** The local day of a sample. */
function dayOf({ takenAt }: LabRow): string {
  return localDay(takenAt.getTime())
}
