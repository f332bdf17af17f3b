import type { Span } from '../qartod/verdict.js'
import type { Source, Text } from '../result.js'
import { SOURCES } from '../sources.js'
import type { Line } from './fit.js'

/**
 * How much of the nominal sensitivity a sensor still has, and whether it may be calibrated on that. `refuse`: a new
 * line would only hide a broken sensor. `unjudged`: one point says nothing about it, or no range is known.
 */
export interface SlopeCheck {
  verdict: 'good' | 'warn' | 'refuse' | 'unjudged'
  /** Per cent of the nominal sensitivity; for pH of Nernst's slope at the standards' temperature. */
  percent: number | null
  text: Text
  source: Source | null
}

interface Range {
  good: Span
  usable: Span
  source: Source
}

/**
 * Sensitivity in per cent, both ends included; beyond `good` it warns, beyond `usable` it refuses. The ranges of gains
 * in the manuals are their reciprocals: a gain of 0.85 is a sensitivity of 118 %.
 */
const RANGES: Readonly<Record<string, Range>> = {
  ph: { good: [95, 105], usable: [85, 110], source: SOURCES.phSlope },
  conductivity_25: { good: [90, 110], usable: [80, 125], source: SOURCES.sondeSlope },
  dissolved_oxygen: { good: [87, 118], usable: [71, 143], source: SOURCES.sondeSlope },
  turbidity: { good: [80, 125], usable: [50, 200], source: SOURCES.sondeSlope },
  water_temperature: { good: [98, 102], usable: [95, 105], source: SOURCES.sondeSlope },
}

/** Of what nobody has written a range for: a sensor off by ten times answers something else. */
const ANY: Span = [10, 1000]

/** R ln 10 / F in mV per kelvin: 59.16 mV at 25 °C (CODATA 2018). */
const NERNST_MV_PER_K = 0.1984159

/** What a perfect electrode gives per unit of pH, mV. */
export function nernstSlopeMv(tempC: number): number {
  return NERNST_MV_PER_K * (tempC + 273.15)
}

export interface SlopeConditions {
  /** Of the standards. */
  tempC?: number | undefined
  /** The temperature that the sensor turns millivolts into pH for, whatever it is; none: it compensates. */
  convertsAtC?: number | undefined
}

/**
 * `pointCount` is how many points the line was made of. A raw pH is millivolts over Nernst's slope at the temperature
 * that the sensor converts for, so the electrode has 1/gain of that slope; of the slope at the standards' temperature
 * it has as much more as that one is smaller.
 */
export function checkSlope(
  quantityKey: string,
  { gain, pointCount }: Pick<Line, 'gain'> & { pointCount: number },
  { tempC, convertsAtC }: SlopeConditions = {},
): SlopeCheck {
  if (pointCount < 2) return { verdict: 'unjudged', percent: null, text: ONE_POINT, source: null }
  const isConverted = quantityKey === 'ph' && tempC !== undefined && convertsAtC !== undefined
  const factor = isConverted ? nernstSlopeMv(convertsAtC) / nernstSlopeMv(tempC) : 1
  // A range is written in whole per cent: what a division leaves behind the sixth place is rounding.
  const percent = Math.round((100 * factor * 1e6) / gain) / 1e6
  const range = RANGES[quantityKey]
  const usable = range?.usable ?? ANY
  const source = range?.source ?? null
  if (!isWithin(percent, usable)) {
    return { verdict: 'refuse', percent, text: outside(percent, usable), source }
  }
  if (range === undefined) return { verdict: 'unjudged', percent, text: NO_RANGE, source }
  if (isWithin(percent, range.good)) return { verdict: 'good', percent, text: GOOD, source }
  return { verdict: 'warn', percent, text: outside(percent, range.good), source }
}

const ONE_POINT: Text = {
  id: 'satu titik tidak menguji kemiringan',
  en: 'one point does not test the slope',
}
const NO_RANGE: Text = {
  id: 'belum ada rentang kemiringan untuk besaran ini',
  en: 'no range of slopes is known for this quantity',
}
const GOOD: Text = { id: 'kemiringan baik', en: 'the slope is good' }

function outside(percent: number, [low, high]: Span): Text {
  const told = `${percent.toFixed(1)} %`
  const range = `${low}–${high} %`
  return {
    id: `kepekaan sensor ${told} dari nominal, di luar ${range}: bersihkan, rekondisi, atau ganti`,
    en: `the sensor has ${told} of its nominal sensitivity, outside ${range}: clean, recondition or replace it`,
  }
}

function isWithin(percent: number, [low, high]: Span): boolean {
  return percent >= low && percent <= high
}
