/* What the build and the service's tools read of a station too: no pins here. */

export interface Channel {
  /** Key in the registry of quantities, as configurations name it. */
  quantity: string
  /** Its id there. */
  id: number
  /** 0 where none is said. */
  position?: number
  /** Steps in one unit: 1 / the quantity's step. */
  perUnit: number
  /** Urgency unless configured, in units: beyond a level, or on a change between two samples. */
  urgentBelow?: number
  urgentAbove?: number
  urgentChange?: number
}

/**
 * In the order of the numbers of `config`: seconds between samples, samples a frame, seconds between sessions, and
 * seconds between samples while something is urgent.
 */
export type Defaults = [number, number, number, number]

/** The part of a station that the build reads too. */
export interface Description {
  channels: Channel[]
  defaults: Defaults
  /** Metres above the sea: gives the pressure where no barometer does. */
  altitudeM: number
}

/** What the build must know beside it; the script goes without. */
export interface Built {
  /** As Espruino names it. */
  board: string
  /** Sleeps between samples, which ends every connection. */
  sleeps: boolean
}

/** A channel as one number, as the journal writes it. */
export function codeOf(channel: Channel): number {
  return 16 * channel.id + (channel.position || 0)
}
