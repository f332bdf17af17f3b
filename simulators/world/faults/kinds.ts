import { dyingBattery, wetConnector } from './electrical.js'
import type { FaultKind } from './fault.js'
import { spike, stuck } from './sudden.js'
import { calibrationStep, drifting, fouling } from './wandering.js'

export const FAULT_KINDS: readonly FaultKind[] = [
  drifting,
  fouling,
  stuck,
  spike,
  calibrationStep,
  dyingBattery,
  wetConnector,
]
