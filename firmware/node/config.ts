import type { Channel } from './description.js'
import { storage } from './records.js'
import type { Station } from './station.js'

/*
 * How the node works, as the service tells it on topic `c`: applied whole or refused whole. Kept in `config.json`, so
 * that it holds from the first second after a start; without it the station's defaults hold, at revision 0.
 */

const FILE = 'config.json'
/** Names of whole numbers, and of what else a channel may be told: any number, or whether it is enabled. */
const WHOLE = 'revision intervalS samplesPerFrame sendIntervalS urgentIntervalS'
const SWITCH = 'enabled'
const OTHERS = `urgentBelow urgentAbove urgentChange ${SWITCH}`
const DAY_S = 86400
const LARGEST = 2147483647

/** The station's defaults with what was told over them. */
export interface Config {
  revision: number
  intervalS: number
  samplesPerFrame: number
  sendIntervalS: number
  urgentIntervalS: number
  /** The station's channels, in its order. */
  channels: ChannelConfig[]
  /** Numbers for drivers and station, by name. */
  settings: { [name: string]: number }
}

export interface ChannelConfig extends Channel {
  intervalS: number
  enabled?: boolean
}

interface Told {
  [key: string]: unknown
}

export let config: Config

/** Throws the name of the first value of a wrong type, or out of range. */
function check(told: Told, isChannel: boolean): void {
  WHOLE.split(' ').forEach((key) => {
    const value = told[key]
    const most = key === 'revision' ? LARGEST : key === 'samplesPerFrame' ? 255 : DAY_S
    if (value === undefined && isChannel) return
    const least = most === LARGEST ? 0 : 1
    if (typeof value !== 'number' || value < least || value > most || value % 1) throw key
  })
  OTHERS.split(' ').forEach((key) => {
    const value = told[key]
    if (value !== undefined && typeof value !== (key === SWITCH ? 'boolean' : 'number')) throw key
  })
}

/** What is told over what the station says. Throws the name of what is wrong with it. */
function merge(station: Station, told: Told): Config {
  const merged: Told = Object.assign({ settings: {} }, station.defaults, told)
  const list = told.channels || []
  if (!Array.isArray(list)) throw 'channels'
  check(merged, false)
  if (!merged.settings) throw 'settings'
  let known = 0
  merged.channels = station.channels.map((channel) => {
    // Not copied: on the board every copy of a property is a variable.
    const mine = Object.assign(Object.create(channel), { intervalS: merged.intervalS })
    list.forEach((item) => {
      const one = item as Told
      if (one.quantity !== mine.quantity || (one.position || 0) !== mine.position) return
      known++
      check(one, true)
      Object.assign(mine, one)
    })
    return mine
  })
  if (known < list.length) throw 'quantity'
  return merged as unknown as Config
}

export function loadConfig(station: Station): void {
  config = merge(station, { revision: 0 })
  const text = storage.read(FILE)
  try {
    if (text !== undefined) config = merge(station, JSON.parse(text) as Told)
  } catch (error) {
    // Power went while it was written. The service tells it again.
    console.log('config:', error)
  }
}

/** Takes a message from topic `c`. True when it is another one than before and was applied. */
export function offerConfig(station: Station, text: string): boolean {
  try {
    const offered = merge(station, JSON.parse(text) as Told)
    if (offered.revision === config.revision) return false
    storage.write(FILE, text)
    config = offered
    return true
  } catch (error) {
    console.log('config refused:', error)
    return false
  }
}

/** A number that was told for a driver or the station, by name. */
export function setting(name: string, otherwise: number): number {
  const value = config.settings[name]
  return typeof value === 'number' ? value : otherwise
}
