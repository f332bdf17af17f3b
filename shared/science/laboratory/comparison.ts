import type { Flag } from '../../schema/flags.js'
import type { Text } from '../result.js'
import type { Bound } from '../water/limit.js'

/** A laboratory's result beside what the site's probe measured around it. */

/** USGS TM1-D3 compares side by side; a lake at one depth moves little in this time. */
export const COMPARED_WITHIN_MS = 30 * 60_000

/** A probe hangs on a line and a sampler on another: depths are the same within this, our choice. */
const SAME_DEPTH_M = 0.5
const SAME_DEPTH_SHARE = 0.1

export interface BesideReading {
  node: string
  position: number
  depthM: number | null
  /** In the unit. */
  value: number
  flag: Flag
}

export interface Comparison {
  /** Mean of flags 1 and 2, in the unit of the result. */
  probe: number
  /** Probe minus laboratory; null: the result is a limit, and there is nothing to subtract. */
  difference: number | null
  /** Of the laboratory's value; null where that is 0 or a limit. */
  relative: number | null
  /** The channels that were read. */
  nodes: string[]
  depthM: number
  readings: number
  flags: Record<Flag, number>
}

export type Compared = ({ isComputable: true } & Comparison) | NotCompared
interface NotCompared {
  isComputable: false
  reason: Text
  readings: number
}

const NOTHING: Text = {
  id: 'tidak ada pembacaan sensor dalam 30 menit',
  en: 'no reading of a probe within 30 minutes',
}
const OTHER_DEPTH: Text = {
  id: 'sensor di lokasi ini ada di kedalaman lain, atau kedalamannya belum diisi',
  en: 'the probes of this site are at other depths, or nobody entered theirs',
}
const NONE_GOOD: Text = {
  id: 'semua pembacaan sensor di sekitarnya diragukan atau gagal',
  en: 'all readings of the probe around it are suspect or failed',
}

/** @param readings of the site, within COMPARED_WITHIN_MS of the sample, at any depth */
export function compareWithProbe(
  sample: { value: number; bound: Bound | null; depthM: number },
  readings: readonly BesideReading[],
): Compared {
  const near = nearest(sample.depthM, readings)
  if (near.length === 0) {
    return refused(readings.length === 0 ? NOTHING : OTHER_DEPTH, readings.length)
  }
  const flags: Comparison['flags'] = { 1: 0, 2: 0, 3: 0, 4: 0 }
  for (const { flag } of near) flags[flag]++
  const used = near.filter(({ flag }) => flag <= 2)
  if (used.length === 0) return refused(NONE_GOOD, near.length)
  const probe = used.reduce((sum, { value }) => sum + value, 0) / used.length
  const difference = sample.bound === null ? probe - sample.value : null
  return {
    isComputable: true,
    probe,
    difference,
    relative: difference === null || sample.value === 0 ? null : difference / sample.value,
    nodes: [...new Set(near.map(({ node }) => node))],
    depthM: near[0]?.depthM ?? sample.depthM,
    readings: near.length,
    flags,
  }
}

/** Those at the depth nearest to the sample's, where that is near enough. */
function nearest(depthM: number, readings: readonly BesideReading[]): BesideReading[] {
  const away = ({ depthM: of }: BesideReading) =>
    of === null ? Number.POSITIVE_INFINITY : Math.abs(of - depthM)
  const least = Math.min(...readings.map(away))
  if (least > Math.max(SAME_DEPTH_M, SAME_DEPTH_SHARE * depthM)) return []
  return readings.filter((reading) => away(reading) === least)
}

function refused(reason: Text, readings: number): NotCompared {
  return { isComputable: false, reason, readings }
}
