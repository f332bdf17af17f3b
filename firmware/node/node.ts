import { boardSeconds, uptime } from './clock.js'
import {
  config,
  configNumber,
  loadConfig,
  SAMPLES_PER_FRAME,
  SEND_INTERVAL_S,
  setting,
  URGENT_INTERVAL_S,
} from './config.js'
import { type Built, codeOf } from './description.js'
import { forgetHealth, keepHealth } from './health.js'
import {
  BOOT,
  FAILURES,
  HEALTH,
  keepSample,
  OFFSET,
  openJournal,
  READINGS,
  SESSION,
  START,
  saveState,
  state,
  URGENT,
} from './journal.js'
import type { Transport } from './link.js'
import { countDropped, FRAME_BOOT, framed, openOutbox, withRoom } from './outbox.js'
import { pack } from './pack.js'
import { shortage } from './power.js'
import { eraseTwins, padPage, storage } from './records.js'
import { pressureAt, takeSample } from './sampler.js'
import {
  HEALTH_PER_FRAME,
  type Identity,
  isSessionDue,
  isSessionOpen,
  lastLinked,
  lastRssi,
  outboxFiles,
  packWhole,
  renewSession,
  sendNow,
  startSessions,
} from './session.js'
import { type Station, station, useStation, type Values } from './station.js'
import { start, type Timer } from './timer.js'
import { becomesUrgent, rememberSample } from './urgent.js'

/* The node: samples on the grid of its interval, keeps, sends, sleeps. */

const WATCHDOG_S = 120
/** How much longer than planned a sample or a session may take before the watchdog is left to bite. */
const PATIENCE_S = 900
const HEALTH_INTERVAL_S = 3600
/** A sample that starts later than this behind its place on the grid gets the time it has. */
const PUNCTUAL_S = 30
/** ESP32 takes microseconds as an int32. */
const LONGEST_SLEEP_S = 2100
/** A sleep shorter than this is not worth a start. */
const SHORTEST_SLEEP_S = 3
const LONGEST_WAIT_S = 30
/** Corrections of the clock may be so large; what is more was no correction. */
const JUMP_S = 300
const DAY_S = 86400
const TIMER_WOKE = 4
/** The interpreter for Linux has none. */
const canSleep = typeof ESP32 !== 'undefined'

/** Codes of quantity 104. */
const POWER_ON = 0
const FROM_SLEEP = 3
const UNKNOWN = 255

let cause = UNKNOWN
/** In the time of the samples: unix seconds once these are known, else uptime. */
let lastSample = -1
let lastOffset = 0
let isSampling = false
let isHealthDue = false
let sampledAt = 0
const timer: Timer = { id: undefined }

function isFast(): boolean {
  return (state[URGENT] as number) > 0 && !shortage()
}

function shortestInterval(): number {
  return isFast()
    ? configNumber(URGENT_INTERVAL_S)
    : config.channels.reduce(
        (shortest, channel) =>
          channel.enabled === false ? shortest : Math.min(shortest, channel.intervalS),
        DAY_S,
      )
}

/** Now in the time of the samples. When the time of day becomes known, the last sample gets it too. */
function sampleClock(): number {
  const offset = state[OFFSET] as number
  if (!lastOffset && offset && lastSample >= 0) lastSample += offset
  lastOffset = offset
  return uptime() + offset
}

function slotAt(now: number): number {
  const interval = shortestInterval()
  return Math.floor(now / interval) * interval
}

function keepReadings(at: number, values: Values): void {
  const channels: number[] = []
  const steps: number[] = []
  station.channels.forEach((channel, c) => {
    const value = values[c]
    if (value === null) return
    channels.push(codeOf(channel))
    steps.push(value as number)
  })
  if (!withRoom(() => keepSample(READINGS, at, channels, steps))) countDropped(1)
}

function keepHealthNow(build?: number): void {
  withRoom(() => keepHealth(lastRssi(), cause, build))
  pack(HEALTH, HEALTH_PER_FRAME, false)
}

/** Once the session knows the signal, or when there is none. */
function keepDueHealth(): void {
  if (isHealthDue) keepHealthNow()
  isHealthDue = false
}

/** `time` is that of the sample, `slot` its place on the grid. */
function sample(time: number, slot: number): void {
  // Its place on the grid may lie before this boot.
  const at = Math.max(0, time - (state[OFFSET] as number))
  const boot = state[BOOT]
  const due = config.channels.map(
    (channel) =>
      channel.enabled !== false && (time > slot || isFast() || slot % channel.intervalS === 0),
  )
  lastSample = time
  const pressureHpa = setting('pressureHpa', pressureAt(setting('altitudeM', station.altitudeM)))
  takeSample(due, pressureHpa, (values) => {
    isSampling = false
    sampledAt = uptime()
    // In uptime, because the clock may have been set while the sensors were read. It may have jumped, too.
    keepReadings(boot === state[BOOT] ? at : uptime(), values)
    const isCrossing = becomesUrgent(values)
    isHealthDue = slot % HEALTH_INTERVAL_S === 0
    packWhole()
    if (isCrossing || (isFast() && !state[FAILURES])) sendNow()
    run(true)
  })
  isSampling = true
}

/** Fed only while samples are taken and sessions get on; whatever hangs ends in a restart. */
function feedWatchdog(): void {
  const now = uptime()
  if (now - sampledAt > shortestInterval() + PATIENCE_S) return
  if (isSessionOpen() && now - lastLinked() > configNumber(SEND_INTERVAL_S) + PATIENCE_S) return
  E.kickWatchdog()
}

/** Sleeps or waits until the next sample or session is due. */
function rest(): void {
  const now = sampleClock()
  const untilSample = slotAt(now) + shortestInterval() - now
  const seconds = Math.max(1, Math.min(untilSample, (state[SESSION] as number) - uptime()))
  const isBusy = isSampling || isSessionOpen()
  if (!isBusy) keepDueHealth()
  if (!STAYS && canSleep && !isBusy && seconds >= SHORTEST_SLEEP_S) {
    withRoom(saveState)
    ESP32.deepSleep(Math.min(seconds, LONGEST_SLEEP_S) * 1000000)
  } else start(timer, Math.min(seconds, LONGEST_WAIT_S), run)
}

/** Before anything is done by the clock: when it has jumped, what comes is of a new boot. */
function checkClock(): void {
  const behind = sampleClock() - lastSample
  if (lastSample >= 0 && (behind < -JUMP_S || behind > shortestInterval() + PATIENCE_S)) {
    // It cannot be told how much time has really passed.
    console.log('clock:', behind)
    beginBoot(true)
    renewSession()
  }
}

/** Right after a sample it is the session's turn: where samples take their whole interval there is no pause for it. */
function run(hasSampled?: boolean): void {
  checkClock()
  feedWatchdog()
  const slot = slotAt(sampleClock())
  if (!isSampling && !hasSampled && slot > lastSample) {
    const time = sampleClock()
    sample(time - slot > PUNCTUAL_S ? time : slot, slot)
  } else if (!isSampling && isSessionDue()) sendNow()
  if (hasSampled) run()
  else rest()
}

/** A start without a clock that survived is a new boot; what the one before left is framed under its number. */
function beginBoot(isKnown: boolean): void {
  const now = boardSeconds()
  // Without power the board's clock begins anew; the watchdog never bites that early.
  if (now < (state[START] as number) + WATCHDOG_S) cause = POWER_ON
  withRoom(padPage)
  withRoom(() => {
    pack(HEALTH, 255, true)
    pack(READINGS, configNumber(SAMPLES_PER_FRAME), true)
  })
  // A node that lost its outbox must not take a number it had before; it cannot know which those are.
  const before = Math.max(isKnown ? (state[BOOT] as number) : 0, framed[FRAME_BOOT] as number)
  state[BOOT] = before > 0 ? before + 1 : 1 + (E.hwRand() & 0x3fff)
  state[START] = now
  state[OFFSET] = state[SESSION] = state[FAILURES] = state[URGENT] = 0
  withRoom(saveState)
  sampledAt = 0
  lastSample = -1
  forgetHealth()
  // Sources that differ from every commit have no number.
  keepHealthNow(BUILD < 0 ? undefined : BUILD)
}

export function startNode(
  described: Station,
  transportOf: (identity: Identity) => Transport,
  // For the build: it finds what is handed over here.
  _built: Built,
): void {
  // The text itself is not kept: what stands in this function stays as long as the callbacks that are made in it.
  const identity = JSON.parse(storage.read('node.json') || 'null') as Identity | null
  if (!identity) {
    console.log('no node.json')
    return
  }
  useStation(described)
  E.enableWatchdog(WATCHDOG_S, false)
  process.on('uncaughtException', (error) => {
    // A sample that is being taken goes on, with the sensors' time limits.
    console.log('error:', error)
    rest()
  })
  const isAwakened = canSleep && ESP32.getWakeupCause() === TIMER_WOKE
  if (!isAwakened) eraseTwins()
  loadConfig()
  openOutbox(outboxFiles())
  const isKnown = openJournal((inForce, taken) => {
    if (taken.stream !== READINGS) return
    lastOffset = inForce[OFFSET] as number
    lastSample = taken.uptime + lastOffset
    rememberSample(
      station.channels.map((channel) => {
        const at = taken.channels.indexOf(codeOf(channel))
        return at < 0 ? null : (taken.values[at] as number)
      }),
    )
  })
  startSessions(transportOf(identity), identity, {
    timed: checkClock,
    linked: keepDueHealth,
    changed: () => {
      keepHealthNow()
      // By the new interval the last sample may be so old that the clock seems to have jumped.
      lastSample = Math.max(lastSample, slotAt(sampleClock()) - 1)
    },
    ended: run,
  })
  if (isKnown && isAwakened) {
    cause = FROM_SLEEP
    sampledAt = uptime()
  } else beginBoot(isKnown)
  run()
}
