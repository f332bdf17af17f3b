import { LOCAL_OFFSET_MS } from '../../../shared/science/local-time.js'
import { formatClock, formatDay, formatNumber } from '../format.js'
import type { Language } from '../words/language.js'

const ZONE_OFFSET_S = LOCAL_OFFSET_MS / 1000
const DAY_S = 86_400

/** Labels of a time axis: the day at midnight in WIB and wherever a step is a day, else the time of day. */
export function timeLabels(timesS: readonly number[], stepS: number, language: Language): string[] {
  return timesS.map((timeS) =>
    stepS >= DAY_S || (timeS + ZONE_OFFSET_S) % DAY_S === 0
      ? formatDay(timeS * 1000, language)
      : formatClock(timeS * 1000, language),
  )
}

/** Labels of a value axis, with as many decimals as its step needs: rounding would move the grid lines. */
export function valueLabels(values: readonly number[], step: number, language: Language): string[] {
  const places = decimalsOf(step)
  return values.map((value) => formatNumber(value, places, language))
}

/** 0.25 is 2, 0.5 is 1, 20 is 0. */
function decimalsOf(step: number): number {
  for (let places = 0; places < 6; places++) {
    const scaled = step * 10 ** places
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6) return places
  }
  return 6
}
