import type { Channel } from './description.js'
import { storage } from './records.js'
import type { Station } from './station.js'

/*
 * How the node works, as the service tells it on topic `c`: applied whole or refused whole. Kept in `config.json`, so
 * that it holds from the first second after a start; without it the station's defaults hold, at revision 0.
 */

const FILE = 'config.json'
/** Names of whole numbers, and of the channels' levels: those may be any number. */
const WHOLE = ['revision', 'intervalS', 'samplesPerFrame', 'sendIntervalS', 'urgentIntervalS']
const LEVELS = ['urgentBelow', 'urgentAbove', 'urgentChange']
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

/** Throws the name of the first number that is none, or out of range. */
function check(told: Told, isChannel: boolean): void {
  WHOLE.forEach((key) => {
    const value = told[key]
    const most = key === 'revision' ? LARGEST : key === 'samplesPerFrame' ? 255 : DAY_S
    if (value === undefined && isChannel) return
    if (typeof value !== 'number' || value < 0 || value > most || value % 1) throw key
    if (!value && key !== 'revision') throw key
  })
  LEVELS.forEach((key) => {
    const value = told[key]
    if (value !== undefined && typeof value !== 'number') throw key
  })
}

/** What is told over what the station says. Throws the name of what is wrong with it. */
function merge(station: Station, told: Told): Config {
  const merged: Told = Object.assign({ revision: 0, settings: {} }, station.defaults, told)
  const list = told.channels || []
  if (!Array.isArray(list)) throw 'channels'
  check(merged, false)
  let known = 0
  merged.channels = station.channels.map((channel) => {
    const mine = Object.assign({ intervalS: merged.intervalS }, channel)
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
  config = merge(station, {})
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
