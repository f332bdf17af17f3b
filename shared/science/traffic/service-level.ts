/** Level of service by the ratio of flow to capacity: an indication, as no speed and no delay enters. */

export type ServiceLevel = 'A' | 'B' | 'C' | 'D' | 'E' | 'F'

/** A ratio that reaches a limit still has its level. */
export const LEVEL_LIMITS: readonly { level: ServiceLevel; upTo: number }[] = [
  { level: 'A', upTo: 0.2 },
  { level: 'B', upTo: 0.44 },
  { level: 'C', upTo: 0.74 },
  { level: 'D', upTo: 0.84 },
  { level: 'E', upTo: 1 },
]

export function serviceLevel(degreeOfSaturation: number): ServiceLevel {
  return LEVEL_LIMITS.find(({ upTo }) => degreeOfSaturation <= upTo)?.level ?? 'F'
}
