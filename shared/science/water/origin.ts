import type { Text } from '../result.js'

/** Where a value comes from. Only a laboratory's sample can say something about a legal status. */
export type Origin = 'laboratory' | 'sensor'

/** Sensors estimate these from conductivity and turbidity; that is no measurement of them. */
const ESTIMATED_BY_SENSORS = ['total_dissolved_solids', 'total_suspended_solids']

export const ESTIMATE_TEXT: Text = {
  id: 'tidak dinilai: perkiraan sensor, bukan hasil laboratorium',
  en: 'not judged: an estimate by a sensor, no laboratory result',
}

export function isEstimate(parameter: string, origin: Origin): boolean {
  return origin === 'sensor' && ESTIMATED_BY_SENSORS.includes(parameter)
}
