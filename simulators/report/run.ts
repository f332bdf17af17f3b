import type { WorldSite } from '../world/sites.js'

/** What a report is about. */
export interface ReportRun {
  /** How it was started. */
  command: string
  seed: number
  speed: number
  startMs: number
  endMs: number
  nodes: readonly { site: WorldSite; name: string }[]
  marks: readonly Mark[]
}

/** Something that was going on, shown in the charts. */
export interface Mark {
  kind: 'event' | 'fault' | 'network'
  name: string
  /** One line for people. */
  about: string
  /** Codes of the sites. */
  sites: readonly string[]
  /** Undefined: it concerns every quantity. */
  quantity: string | undefined
  fromMs: number
  /** Infinity: it does not end. */
  untilMs: number
}
