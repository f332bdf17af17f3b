/*
 * A session with the service, step by step: network up, login, configuration and time, frames, network down.
 * Each step has its own limit, and every session ends in `ended` exactly once, with the radio off.
 */

import {
  configTopic,
  readingsTopic,
  timeAnswerTopic,
  timeQuestionTopic,
} from '../../shared/wire/topics.js'
import { closeMqtt, type Login, openMqtt, publish, type Socket, subscribe } from './mqtt.js'
import { start, stop, type Timer } from './timer.js'

export interface Transport {
  /** Brings the network up; calls back once, with an error text or without. Has its own limit. */
  up(done: (error?: string) => void): void
  /** May throw, or report through the socket's events. */
  connect(host: string, port: number): Socket
  /** Powers the radio down; calls back when it has no power any more. */
  down(done: () => void): void
  /** dBm; undefined where it is not known. */
  signal(): number | undefined
  /** Asks the network for unix seconds; calls back once, undefined where it has none. Has its own limit. */
  time(done: (seconds: number | undefined) => void): void
}

export interface LinkNeeds {
  identity: Login & { host: string; port: number }
  /** The next frame, a binary string; undefined when there is nothing to send now. */
  next(): string | undefined
  /** The frame that `next` gave last is acknowledged. */
  sent(): void
  /** Unix seconds, as the service or else the network says. */
  time(seconds: number): void
  /** Text of a configuration message. */
  config(text: string): void
  /** The session is over: everything is sent, or why not. */
  ended(reason?: string): void
  /** Something got through: feeds the watchdog. */
  progress(): void
}

/** For both answers, once the question is acknowledged. */
const ANSWERS_S = 5
/** After so many frames in a row the other nodes get their turn: everybody has a backlog after an outage. */
const BURST_FRAMES = 30
const BURST_PAUSE_S = 1

// What a session waits for before it sends.
const CONFIG = 1
const TIME = 2
/** The acknowledgement of its question. */
const QUESTION = 4

let transport: Transport
let needs: LinkNeeds
let isOpen = false
let isStaying = false
/** Everything is sent, and the session stays for more. */
let isWaiting = false
let missing = 0
let hasTime = false
/** Counts sessions, to know an answer that comes after its own. */
let session = 0
let framesInRow = 0
const timer: Timer = { id: undefined }

export function startLink(network: Transport, given: LinkNeeds): void {
  transport = network
  needs = given
}

/**
 * Runs a session now. Where one runs already, it says whether that one stays, and there may be something new to
 * send: one that waits goes on at once.
 */
export function openSession(staying: boolean): void {
  isStaying = staying
  if (STAYS && isWaiting) sendNext()
  if (isOpen) return
  isOpen = true
  hasTime = false
  missing = CONFIG | TIME | QUESTION
  framesInRow = 0
  transport.up((error) => {
    if (error) {
      finish(error)
      return
    }
    let socket: Socket
    try {
      socket = transport.connect(needs.identity.host, needs.identity.port)
    } catch (failure) {
      finish(String(failure))
      return
    }
    openMqtt(socket, needs.identity, { connected: loggedIn, message: takeMessage, ended: finish })
  })
}

function loggedIn(): void {
  needs.progress()
  const node = needs.identity.node
  subscribe(configTopic(node), timeAnswerTopic(node), () => {
    publish(timeQuestionTopic(node), '', () => {
      needs.progress()
      start(timer, ANSWERS_S, goOn)
      heard(QUESTION)
    })
  })
}

function takeMessage(topic: string, text: string): void {
  if (topic === configTopic(needs.identity.node)) {
    needs.config(text)
    heard(CONFIG)
  } else {
    takeTime(text)
    heard(TIME)
  }
}

function takeTime(text: string): void {
  let seconds: unknown
  try {
    seconds = (JSON.parse(text) as { t?: unknown }).t
  } catch {
    // Not JSON: as good as an answer without a time.
  }
  if (typeof seconds !== 'number') return
  hasTime = true
  needs.time(seconds)
}

function heard(what: number): void {
  if (!missing) return
  missing &= ~what
  if (!missing) goOn()
}

/** A service whose own clock is not synchronised gives no time: then the network is asked. */
function goOn(): void {
  missing = 0
  stop(timer)
  if (hasTime) {
    sendNext()
    return
  }
  const asking = session
  transport.time((seconds) => {
    if (session !== asking) return
    if (seconds) needs.time(seconds)
    sendNext()
  })
}

function sendNext(): void {
  isWaiting = false
  const frame = needs.next()
  if (frame) {
    publish(readingsTopic(needs.identity.node), frame, frameSent)
    return
  }
  framesInRow = 0
  if (STAYS && isStaying) isWaiting = true
  else closeMqtt()
}

function frameSent(): void {
  needs.progress()
  needs.sent()
  framesInRow++
  if (framesInRow % BURST_FRAMES) sendNext()
  else start(timer, BURST_PAUSE_S, sendNext)
}

/** What hears of the end may put the board to sleep, so the radio goes first. */
function finish(reason?: string): void {
  isWaiting = false
  session++
  stop(timer)
  transport.down(() => {
    isOpen = false
    needs.ended(reason)
  })
}
