import type { DefinitionOf } from '../../schema/alarm.js'
import type { Measurement } from './episode.js'
import type { Sign } from './level.js'
import { departures, smoothed } from './smooth.js'

/** A temperature speaks for the oxygen that was measured up to so much later. */
const TOGETHER_S = 1800

/**
 * 1 where the water has cooled and lost oxygen, as deep water that rises does, else 0. Turbidity is no condition: in
 * July 2025 the water stayed clear.
 */
export function upwellingSigns(
  oxygen: readonly Measurement[],
  temperature: readonly Measurement[],
  rule: DefinitionOf<'upwelling'>,
): Sign[] {
  const { withinS, oxygenFall, oxygenBelow, coolingC } = rule
  const levels = smoothed(oxygen)
  const falls = departures(levels, withinS, 'falling')
  const coolings = departures(smoothed(temperature), withinS, 'falling')
  let next = 0
  return levels.map(({ time, value, isDoubtful }, index) => {
    while ((coolings[next]?.time ?? Number.POSITIVE_INFINITY) <= time) next++
    const cooling = coolings[next - 1]
    const hasCooled =
      cooling !== undefined && time - cooling.time <= TOGETHER_S && cooling.value >= coolingC
    const isMet = hasCooled && (falls[index]?.value ?? 0) >= oxygenFall && value < oxygenBelow
    return { time, value: isMet ? 1 : 0, isDoubtful: isDoubtful || cooling?.isDoubtful === true }
  })
}
