import { dayCurve, yearCurve } from '../calendar.js'
import { type Spot, STREAM, slow } from '../spot.js'

/**
 * °C. Surface 25.9 with half a degree over the year, warmest in April, and half a degree over the day, lowest at 6,
 * highest at 15 (../shared/data/simulator_profile.json; measured 24.6–26.7 °C in 2008 and 2017). The sun's day ends
 * within a few metres; below some 30 m lies water of 24.2 °C.
 */
export function waterTemperature(spot: Spot): number {
  const amplitude = 0.55 * Math.exp(0.25 * slow(spot, STREAM.warmDay, 24))
  const surface =
    25.9 + 0.5 * yearCurve(spot.timeS, 4) + 0.25 * slow(spot, STREAM.waterTemperature, 40)
  const hours = 0.06 * slow(spot, STREAM.waterTemperatureHours, 2)
  const day = amplitude * dayCurve(spot.hour, 6, 15) + hours
  return DEEP + (surface - DEEP) * upperWater(spot.depthM) + day * Math.exp(-spot.depthM / 4)
}

const DEEP = 24.2
const THERMOCLINE_M = 30

/** 1 at the surface, 0 in the deep water, half at the thermocline. */
export function upperWater(depthM: number): number {
  const scale = 7
  return (1 + Math.exp(-THERMOCLINE_M / scale)) / (1 + Math.exp((depthM - THERMOCLINE_M) / scale))
}
