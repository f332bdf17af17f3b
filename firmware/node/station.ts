import type { Description } from './description.js'

/* What a station file says about its board: everything that the board-independent part needs to know. */

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

export interface Station extends Description {
  /** In the order of their reading: what gives the water temperature before what needs it. */
  sensors: Sensor[]
  /** Index of the channel with the water temperature; -1 where there is none. */
  waterChannel: number
  battery?: Battery
}

/** The one that this script is for. */
export let station: Station

export function useStation(described: Station): void {
  station = described
}
