import type { Tier } from '../../schema/alarm.js'

/** A stored reading as rules see it: `time` in unix seconds, `value` in the unit. */
export interface Measurement {
  time: number
  value: number
  flag: number
  why: number
}

/** One time that a rule was met, in measured times (unix seconds). */
export interface Episode {
  tier: Tier
  /** The first measurement beyond. */
  firstS: number
  /** The one with which it became an alarm. */
  raisedS: number
  /** The last one beyond. */
  lastS: number
  /** Null: it goes on. */
  clearedS: number | null
  raisedValue: number
  worstValue: number
  /** A value that it was raised by is suspect. */
  isDoubtful: boolean
}

/** Flag 4 says that the sensor is wrong; everything else counts, since a fish kill looks like a spike. */
export function counts({ flag }: Measurement): boolean {
  return flag === 1 || flag === 2 || flag === 3
}
