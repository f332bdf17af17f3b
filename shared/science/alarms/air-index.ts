import { ispu } from '../air/ispu.js'
import { counts, type Measurement } from './episode.js'
import type { Sign } from './level.js'

const HOUR_S = 3600
const WINDOW_HOURS = 24

interface Hour {
  hour: number
  sum: number
  used: number
  isDoubtful: boolean
}

/** The index at the end of every hour that has data, from the mean of the 24 before it. */
export function airIndexSigns(pollutant: 'pm2_5' | 'pm10', points: readonly Measurement[]): Sign[] {
  const hours = hoursOf(points)
  // The newest hour is not over.
  return hours.slice(0, -1).flatMap(({ hour }, index) => {
    const window = hours
      .slice(Math.max(0, index - WINDOW_HOURS + 1), index + 1)
      .filter((each) => each.hour > hour - WINDOW_HOURS)
    const means = window.map(({ sum, used }) => sum / used)
    const found = ispu({
      pollutant,
      ugM3: means.reduce((total, mean) => total + mean, 0) / means.length,
      windowHours: WINDOW_HOURS,
      validHours: window.length,
      isReferenceEquivalent: false,
    })
    if (!found.isComputable) return []
    const isDoubtful = window.some((each) => each.isDoubtful)
    return [{ time: (hour + 1) * HOUR_S, value: found.value.index, isDoubtful }]
  })
}

function hoursOf(points: readonly Measurement[]): Hour[] {
  const hours: Hour[] = []
  for (const point of points) {
    if (!counts(point)) continue
    const hour = Math.floor(point.time / HOUR_S)
    let last = hours.at(-1)
    if (last?.hour !== hour) {
      last = { hour, sum: 0, used: 0, isDoubtful: false }
      hours.push(last)
    }
    last.sum += point.value
    last.used++
    last.isDoubtful ||= point.flag === 3
  }
  return hours
}
