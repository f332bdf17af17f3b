import { learnTime, uptime } from './clock.js'
import { configNumber, offerConfig, SAMPLES_PER_FRAME, SEND_INTERVAL_S, setting } from './config.js'
import { FAILURES, HEALTH, OFFSET, READINGS, SESSION, saveState, state, URGENT } from './journal.js'
import { openSession, startLink, type Transport } from './link.js'
import { nextFrame, releaseFrame, withRoom } from './outbox.js'
import { pack, unsentSamples } from './pack.js'
import { FLAT, sessionInterval, shortage } from './power.js'
import { storage } from './records.js'

/*
 * When the node talks to the service, and what it does with what it hears. A session that failed is tried again after a
 * pause that doubles, with jitter so that a hundred nodes do not come back at one moment, and never longer than the
 * interval between sessions.
 */

const FIRST_PAUSE_S = 15
/** Until a flat battery is looked at again. */
const FLAT_PAUSE_S = 3600
/** The board's clock is off by seconds a day at most. */
const RESYNC_S = 21600
/** Health samples in a frame while there is no session to send them at once. */
export const HEALTH_PER_FRAME = 12

/** What the flasher wrote into `node.json`. */
export interface Identity {
  node: string
  secret: string
  host: string
  port: number
  /** Of the Wi-Fi network. */
  ssid: string
  password: string
  /** Host of a time server, for when the service does not tell the time. */
  sntp: string
  /** Access point of the cellular network. */
  apn: string
}

/** What the rest of the node is told. */
export interface SessionEvents {
  /** The time of day is about to be told. */
  timed(): void
  /** The service is there, and frames are about to go. */
  linked(): void
  /** A configuration was applied. */
  changed(): void
  ended(): void
}

let transport: Transport
let events: SessionEvents
let isOpen = false
/** Nothing was taken since the last packing. */
let isPacked = false
let linkedAt = 0
let openedAt = 0
let rssi: number | undefined

export function lastRssi(): number | undefined {
  return rssi
}

/** Uptime at which something last got through, or a session began or ended. */
export function lastLinked(): number {
  return linkedAt
}

export function isSessionOpen(): boolean {
  return isOpen
}

export function isSessionDue(): boolean {
  return uptime() >= (state[SESSION] as number)
}

/** Stays connected between sessions: only who does not sleep can, and now and then a login tells the time anew. */
function isStaying(): boolean {
  return STAYS && !shortage() && uptime() - openedAt < RESYNC_S
}

function planNext(): void {
  const offset = state[OFFSET] as number
  const interval = sessionInterval()
  state[SESSION] = (Math.floor((uptime() + offset) / interval) + 1) * interval - offset
}

function planRetry(): void {
  const failures = state[FAILURES] as number
  const longest = sessionInterval()
  const pause = Math.min(FIRST_PAUSE_S * 2 ** Math.min(failures, 12), longest)
  // Half to all of it: the longest stays the longest.
  state[SESSION] = uptime() + Math.ceil(pause * (0.5 + Math.random() / 2))
  state[FAILURES] = failures + 1
}

function next(): string | undefined {
  rssi = transport.signal()
  events.linked()
  if (!isPacked) {
    isPacked = true
    pack(HEALTH, HEALTH_PER_FRAME, true)
    pack(READINGS, configNumber(SAMPLES_PER_FRAME), true)
  }
  const frame = nextFrame()
  if (!frame) {
    linkedAt = uptime()
    state[FAILURES] = 0
    planNext()
    openSession(isStaying())
  }
  return frame
}

function hearTime(seconds: number): void {
  events.timed()
  if (learnTime(seconds)) withRoom(saveState)
}

function hearConfig(text: string): void {
  if (!offerConfig(text)) return
  // The service hears of it in this session.
  isPacked = false
  events.changed()
}

/** Compacts while there is room, power and, if possible, nothing to lose: a power cut then costs what it moves. */
function tidy(): void {
  const stats = storage.getStats()
  const fifth = stats.totalBytes / 5
  if (shortage() || stats.trashBytes < fifth || stats.freeBytes < fifth) return
  const isEmpty = isPacked && !unsentSamples()
  if (isEmpty || stats.freeBytes < 2 * fifth) storage.compact()
}

function ended(reason?: string): void {
  isOpen = false
  linkedAt = uptime()
  if (reason) {
    console.log('session:', reason)
    planRetry()
  } else if (state[URGENT] && !isPacked) {
    // Taken while the session was closing.
    state[SESSION] = uptime()
  }
  tidy()
  events.ended()
}

export function startSessions(network: Transport, identity: Identity, told: SessionEvents): void {
  transport = network
  events = told
  linkedAt = uptime()
  startLink(network, {
    identity,
    next,
    sent: releaseFrame,
    time: hearTime,
    config: hearConfig,
    ended,
    progress() {
      linkedAt = uptime()
    },
  })
}

/** Whole frames go into the outbox; the rest follows when there is somebody to send it to. */
export function packWhole(): void {
  isPacked = false
  pack(READINGS, configNumber(SAMPLES_PER_FRAME), false)
  // The battery has recovered, or the configuration wants it sooner.
  if ((state[SESSION] as number) - uptime() > sessionInterval()) planNext()
}

/** Sends what there is, now, in a new session or the one that stays. */
export function sendNow(): void {
  // Replaced when the session ends, or has nothing more to send.
  state[SESSION] = uptime() + configNumber(SEND_INTERVAL_S)
  if (!isOpen && shortage() === FLAT) {
    state[SESSION] = uptime() + FLAT_PAUSE_S
    return
  }
  if (!isOpen) openedAt = linkedAt = uptime()
  isOpen = true
  openSession(isStaying())
}

/** The time that the last login told holds no more: ends a session that stays, and begins another one. */
export function renewSession(): void {
  openedAt = -RESYNC_S
  state[SESSION] = uptime()
}

/** Files that the outbox may fill: half of Storage, unless the configuration says less. */
export function outboxFiles(): number {
  return Math.max(2, Math.floor(setting('outboxKb', storage.getStats().totalBytes / 2048) / 4))
}
