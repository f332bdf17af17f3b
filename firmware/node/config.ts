import type { Channel } from './description.js'
import { FILE_BYTES, storage } from './records.js'
import { station } from './station.js'

/*
 * How the node works, as the service tells it on topic `c`: applied whole or refused whole. Kept in `config.json`, so
 * that it holds from the first second after a start; without it the station's defaults hold, at revision 0.
 */

const FILE = 'config.json'
/** What the whole numbers are called in a message, by the indices below. */
const NUMBERS = 'revision intervalS samplesPerFrame sendIntervalS urgentIntervalS'
export const REVISION = 0
export const INTERVAL_S = 1
export const SAMPLES_PER_FRAME = 2
export const SEND_INTERVAL_S = 3
export const URGENT_INTERVAL_S = 4
/** What else a channel may be told: any number, and last whether it is enabled. */
const LIMITS = 'urgentBelow urgentAbove urgentChange enabled'
const ENABLED = 3
const DAY_S = 86400
const LARGEST = 2147483647

/** The station's defaults with what was told over them. */
export interface Config {
  /** An array: on the board every name of a property is a variable or two. */
  numbers: number[]
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

export function configNumber(n: number): number {
  return config.numbers[n] as number
}

/** The whole number that is told as `key`. Throws `key` where that is none, or out of range. */
function whole(told: Told, key: string, n: number, otherwise: number | undefined): number {
  const value = told[key] === undefined ? otherwise : told[key]
  const most = n === REVISION ? LARGEST : n === SAMPLES_PER_FRAME ? 255 : DAY_S
  const least = n === REVISION ? 0 : 1
  if (typeof value !== 'number' || value < least || value > most || value % 1) throw key
  return value
}

/** What is told over what the station says. Throws the name of what is wrong with it. */
function merge(told: Told): Config {
  const keys = NUMBERS.split(' ')
  const numbers = keys.map((key, n) => whole(told, key, n, station.defaults[n - 1]))
  const list = told.channels || []
  if (!Array.isArray(list)) throw 'channels'
  if (told.settings === null) throw 'settings'
  let known = 0
  const channels = station.channels.map((channel) => {
    // Not copied: on the board every copy of a property is a variable.
    const mine = Object.create(channel) as ChannelConfig & Told
    mine.intervalS = numbers[INTERVAL_S] as number
    list.forEach((item) => {
      const one = item as Told
      if (one.quantity !== channel.quantity || (one.position || 0) !== (channel.position || 0))
        return
      known++
      mine.intervalS = whole(one, 'intervalS', INTERVAL_S, mine.intervalS)
      LIMITS.split(' ').forEach((key, n) => {
        const value = one[key]
        if (value === undefined) return
        if (typeof value !== (n === ENABLED ? 'boolean' : 'number')) throw key
        mine[key] = value
      })
    })
    return mine
  })
  if (known < list.length) throw 'quantity'
  return { numbers, channels, settings: (told.settings || {}) as Config['settings'] }
}

export function loadConfig(): void {
  config = merge({ revision: 0 })
  const text = storage.read(FILE)
  try {
    // Behind it the file is unwritten.
    if (text !== undefined) config = merge(JSON.parse(text.split('\xff')[0] as string) as Told)
  } catch (error) {
    // Power went while it was written. The service tells it again.
    console.log('config:', error)
  }
}

/** Takes a message from topic `c`. True when it is another one than before and was applied. */
export function offerConfig(text: string): boolean {
  try {
    const offered = merge(JSON.parse(text) as Told)
    if (offered.numbers[REVISION] === configNumber(REVISION)) return false
    storage.write(FILE, text, 0, FILE_BYTES)
    config = offered
    return true
  } catch (error) {
    console.log('config:', error)
    return false
  }
}

/** A number that was told for a driver or the station, by name. */
export function setting(name: string, otherwise: number): number {
  const value = config.settings[name]
  return typeof value === 'number' ? value : otherwise
}
