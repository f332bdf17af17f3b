import { computed, notComputable, type Result, type Text } from '../result.js'
import { SOURCES } from '../sources.js'
import { roadCapacity } from './capacity.js'
import { type Counts, type Flow, weightedFlow } from './flow.js'
import type { Road } from './road.js'
import { type ServiceLevel, serviceLevel } from './service-level.js'

export interface Saturation extends Flow {
  capacitySmpH: number
  /** Flow against capacity: DJ in PKJI, DS in MKJI. */
  degree: number
  level: ServiceLevel
  /** What must stand beside the level. */
  text: Text
}

/** A shorter count, multiplied up to an hour, is mostly chance. */
const SHORTEST_S = 900
const LONGEST_S = 3600

const WRONG_PERIOD: Text = {
  id: 'perlu hitungan selama 15 sampai 60 menit',
  en: 'counts over 15 to 60 minutes are needed',
}
const INDICATION: Text = {
  id: 'indikasi, dari volume dan kapasitas saja',
  en: 'an indication, from volume and capacity alone',
}

/** Degree of saturation and level of service of a road from the counts of one period. */
export function saturation(counts: Counts, road: Road): Result<Saturation> {
  const flow = weightedFlow(counts, road)
  const capacity = roadCapacity(road)
  const basis = { inputs: [...flow.inputs, ...capacity.inputs], source: SOURCES.serviceLevel }
  if (!flow.isComputable) return notComputable(flow.reason, basis)
  if (!capacity.isComputable) return notComputable(capacity.reason, basis)
  if (counts.periodS < SHORTEST_S || counts.periodS > LONGEST_S) {
    return notComputable(WRONG_PERIOD, basis)
  }
  const degree = flow.value.smpH / capacity.value
  return computed(
    {
      ...flow.value,
      capacitySmpH: capacity.value,
      degree,
      level: serviceLevel(degree),
      text: INDICATION,
    },
    basis,
  )
}
