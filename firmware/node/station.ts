/* What a station file says about its board: everything that the board-independent part needs to know. */

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

/** What a reading may depend on. Null where it is not known now. */
export interface Around {
  /** Water temperature of this sample, degC. */
  waterC: number | null
  /** Air pressure at the station, hPa. */
  pressureHpa: number | null
}

export type Values = (number | null)[]

export interface Sensor {
  /** Which of the station's channels it gives, in the order of its values. */
  channels: number[]
  /** Switches its supply; several sensors may share one. */
  power?: Pin
  /** Seconds from power to a reading that holds. */
  warmUpS: number
  /** Calls back once with a value in its unit for each channel, null where there is none. */
  read(around: Around, done: (values: Values) => void): void
}

export interface Battery {
  /** Volts at the battery. */
  volts(): number
  /** Below: hourly sessions; daily sessions; no radio at all. */
  low: number
  veryLow: number
  flat: number
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

export interface Station extends Description {
  /** In the order of their reading: what gives the water temperature before what needs it. */
  sensors: Sensor[]
  /** Index of the channel with the water temperature; -1 where there is none. */
  waterChannel: number
  battery?: Battery
  /** Sleeps between samples, which ends every connection. */
  sleeps: boolean
}
