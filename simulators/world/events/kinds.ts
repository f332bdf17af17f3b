import { bloom } from './bloom.js'
import type { EventKind } from './event.js'
import { haze } from './haze.js'
import { storm } from './storm.js'
import { holiday, roadClosure } from './traffic.js'
import { upwelling, upwellingSlow } from './upwelling.js'

export const EVENT_KINDS: readonly EventKind[] = [
  upwelling,
  upwellingSlow,
  bloom,
  storm,
  haze,
  roadClosure,
  holiday,
]
