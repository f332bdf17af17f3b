/*
 * A cellular modem on a UART as a transport: AT commands of the SIM800 family, one connection, received data
 * taken out by hand so that it comes only when asked for. It has power during a session only.
 */

import type { Transport } from './link.js'
import type { Socket } from './mqtt.js'
import { start, stop, type Timer } from './timer.js'

export interface ModemSettings {
  serial: Serial
  pins: SerialOptions
  /** High feeds the modem. A pull-down keeps it off while the board sleeps. */
  power: Pin
  apn: string
}

/** What is sent, how long its answer may take, and how the last line of a good answer begins: OK if nothing is said. */
type Command = readonly [text: string, seconds: number, good?: string]
/** Repeated for `untilS` seconds while it fails or its answer lacks what is wanted. */
type Step = readonly [...command: Command, untilS?: number, wanted?: RegExp]

/** Found by a modem that adapts its speed. */
const BAUD = 57600
/** Without supply for so long it starts anew, whatever it was doing. */
const OFF_S = 1
const RETRY_S = 1
const CHUNK_BYTES = 1024
/** No line is longer, so it is garbage. */
const MAX_LINE_BYTES = 2048

let settings: ModemSettings
let isPowered = false
let isLeaving = false
/** As the modem counts it: 0 to 31, 99 where it does not know. */
let signal = 99
/** From the UART, not yet understood. */
let received = ''
let running: Command | undefined
/** Lines of its answer. */
let answer = ''
let proceed: (answer: string | undefined) => void
/** Of the running command. */
const limit: Timer = { id: undefined }
/** Until the supply is on, or the next attempt. */
const pause: Timer = { id: undefined }

let output = ''
/** Part of it that waits for the prompt. */
let payload = ''
/** The modem says that data waits in it. */
let hasInput = false
/** So many bytes of data follow, with any line ends in them. */
let rawBytes = 0
/** By the other end. What came before is still taken out. */
let isClosed = false
let handlers: Record<string, ((data: string) => void) | undefined> = {}
let tellCut: (() => void) | undefined
let tellTime: ((seconds: number | undefined) => void) | undefined

export function modemTransport(given: ModemSettings): Transport {
  settings = given
  given.serial.setup(BAUD, given.pins)
  given.serial.on('data', (data) => {
    received = isPowered ? received + data : ''
    while (takeReceived());
  })
  return {
    up: up,
    connect: connect,
    down: (done) => {
      tellCut = done
      leave()
    },
    signal: () => (signal < 32 ? 2 * signal - 113 : undefined),
    time: (done) => {
      tellTime = done
      wake()
    },
  }
}

function up(done: (error?: string) => void): void {
  cut()
  const steps: Step[] = [
    ['AT', 1, 'OK', 15],
    ['ATE0', 2],
    // Before it registers: that is when the network tells the time.
    ['AT+CLTS=1', 2],
    ['AT+CPIN?', 5, 'OK', 10, /READY/],
    // At home or roaming.
    ['AT+CREG?', 2, 'OK', 60, /,[15]/],
    ['AT+CSQ', 2],
    ['AT+CGATT=1', 10, 'OK', 20],
    ['AT+CIPRXGET=1', 2],
    [`AT+CSTT="${settings.apn}"`, 2],
    ['AT+CIICR', 85],
    // Any line is the address. Nothing is done with it, but without this question there is no connection.
    ['AT+CIFSR', 2, ''],
  ]
  start(pause, OFF_S, () => {
    isPowered = true
    settings.power.write(1)
    runStep(steps, done)
  })
}

function runStep(steps: Step[], done: (error?: string) => void): void {
  const step = steps.shift()
  if (step === undefined) {
    done()
    return
  }
  const until = getTime() + (step[3] ?? 0)
  const wanted = step[4]
  const attempt = () => {
    ask(step, (text) => {
      if (text !== undefined && (wanted === undefined || wanted.test(text))) runStep(steps, done)
      else if (getTime() < until) start(pause, RETRY_S, attempt)
      else done(`modem: ${step[0]}`)
    })
  }
  attempt()
}

function connect(host: string, port: number): Socket {
  handlers = {}
  ask([`AT+CIPSTART="TCP","${host}",${port}`, 20, 'CONNECT OK'], work)
  return {
    write: (data) => {
      output += data
      wake()
    },
    end: leave,
    on: (event: string, handler: (data: string) => void) => {
      handlers[event] = handler
    },
  }
}

function wake(): void {
  if (running === undefined) work('')
}

/** What comes after a command: `text` is its answer, undefined where it has failed. */
function work(text: string | undefined): void {
  if (text === undefined) isClosed = true
  if (output !== '' && !isClosed) {
    payload = output.slice(0, CHUNK_BYTES)
    output = output.slice(CHUNK_BYTES)
    ask([`AT+CIPSEND=${payload.length}`, 15, 'SEND OK'], work)
  } else if (isLeaving) {
    ask(['AT+CIPCLOSE', 2, 'CLOSE OK'], () => ask(['AT+CPOWD=1', 3, 'NORMAL'], cut))
  } else if (hasInput) {
    hasInput = false
    ask([`AT+CIPRXGET=2,${CHUNK_BYTES}`, 5], work)
  } else if (isClosed) {
    emit('close', '')
  } else if (tellTime !== undefined) {
    ask(['AT+CCLK?', 2], takeTime)
  }
}

/** Orderly, as far as it goes within the limits of a command in hand and two more. */
function leave(): void {
  isLeaving = true
  if (isPowered) wake()
  else cut()
}

function cut(): void {
  settings.power.write(0)
  stop(limit)
  stop(pause)
  running = undefined
  tellTime = undefined
  isPowered = false
  isLeaving = false
  hasInput = false
  isClosed = false
  received = ''
  output = ''
  payload = ''
  rawBytes = 0
  emit('close', '')
  const told = tellCut
  tellCut = undefined
  if (told !== undefined) told()
}

function emit(event: string, data: string): void {
  const handler = handlers[event]
  if (handler !== undefined) handler(data)
}

function ask(command: Command | Step, then: (answer: string | undefined) => void): void {
  running = command as Command
  answer = ''
  proceed = then
  start(limit, command[1], () => settle(undefined))
  settings.serial.write(`${command[0]}\r`)
}

function settle(text: string | undefined): void {
  stop(limit)
  running = undefined
  payload = ''
  proceed(text)
}

/** False when more has to come first. */
function takeReceived(): boolean {
  let end = received.indexOf('\n')
  if (rawBytes > 0) {
    end = rawBytes
    if (received.length < end) return false
    rawBytes = 0
    emit('data', takeBytes(end))
  } else if (payload !== '' && received.startsWith('> ')) {
    takeBytes(2)
    settings.serial.write(payload)
    payload = ''
  } else if (end >= 0) {
    takeLine(takeBytes(end + 1).trim())
  } else {
    if (received.length > MAX_LINE_BYTES) received = ''
    return false
  }
  return true
}

function takeBytes(count: number): string {
  const bytes = received.slice(0, count)
  received = received.slice(count)
  return bytes
}

/** Told without being asked, or part of an answer. */
function takeLine(line: string): void {
  if (line === '+CIPRXGET: 1') {
    hasInput = true
    wake()
  } else if (line === 'CLOSED') {
    isClosed = true
    wake()
  } else if (line.startsWith('+CIPRXGET: 2,')) {
    const counts = line.split(',')
    rawBytes = parseInt(counts[1] as string, 10)
    if (counts[2] !== '0') hasInput = true
  } else if (line !== '' && running !== undefined) {
    if (line.startsWith('+CSQ: ')) signal = parseInt(line.slice(6), 10)
    if (line.startsWith(running[2] ?? 'OK')) settle(answer)
    else if (line.includes('ERROR') || line.includes('FAIL')) settle(undefined)
    else answer += line
  }
}

/** Local time and its zone in quarter hours: `+CCLK: "26/08/20,15:04:05+28"`. */
function takeTime(text: string | undefined): void {
  const told = (text ?? '').split('"')[1] ?? ''
  const done = tellTime
  tellTime = undefined
  let seconds: number | undefined
  // Without the network the clock counts from its own beginning: 1980, 2000 or 2004, by make.
  if (told >= '20' && told < '70') {
    const local = told.slice(0, 17).split('/').join('-').replace(',', 'T')
    seconds = new Date(`20${local}Z`).getTime() / 1000 - parseInt(told.slice(17), 10) * 900
  }
  if (done !== undefined) done(seconds)
  wake()
}
