/* What the build and the service's tools read of a station too: no pins here. */

export interface Channel {
  /** Key in the registry of quantities, as configurations name it. */
  quantity: string
  /** Its id there. */
  id: number
  position: number
  /** Steps in one unit: 1 / the quantity's step. */
  perUnit: number
  /** Urgency unless configured, in units: beyond a level, or on a change between two samples. */
  urgentBelow?: number
  urgentAbove?: number
  urgentChange?: number
}

export interface Defaults {
  /** Seconds between samples. */
  intervalS: number
  samplesPerFrame: number
  /** Seconds between sessions. */
  sendIntervalS: number
  /** Seconds between samples while something is urgent. */
  urgentIntervalS: number
  /** Metres above the sea: gives the pressure where no barometer does. */
  altitudeM: number
}

/** The part of a station that the build reads too. */
export interface Description {
  name: string
  board: string
  channels: Channel[]
  defaults: Defaults
}
