/*
 * A cellular modem on a UART as a transport: AT commands of the SIM800 family, one connection, received data
 * taken out by hand so that it comes only when asked for. It has power during a session only.
 */

import type { Transport } from './link.js'
import type { Socket } from './mqtt.js'

export interface ModemSettings {
  serial: Serial
  pins: SerialOptions
  /** High feeds the modem. A pull-down keeps it off while the board sleeps. */
  power: Pin
  apn: string
}

/** What is sent, how long its answer may take, and how the last line of a good answer begins. */
type Command = readonly [text: string, seconds: number, good: string]
/** Repeated for `untilS` seconds while it fails or its answer lacks what is wanted. */
type Step = readonly [...command: Command, untilS: number, wanted?: RegExp]

/** Found by a modem that adapts its speed. */
const BAUD = 57600
/** Without supply for so long it starts anew, whatever it was doing. */
const OFF_S = 1
const RETRY_S = 1
/** To close the connection and leave the network; then the supply is cut. */
const LEAVE_S = 5
const CHUNK_BYTES = 1024
/** No line is longer, so it is garbage. */
const MAX_LINE_BYTES = 2048
/** 2000-03-01 in unix days: from March on, leap days stand at the end of a year. */
const MARCH_2000 = 11017

let settings: ModemSettings
let isPowered = false
let isLeaving = false
let dBm: number | undefined
/** From the UART, not yet understood. */
let received = ''
let running: Command | undefined
/** Lines of its answer. */
let answer = ''
let proceed: (answer: string | undefined) => void
/** Both are set while they run only: the interpreter gives a fired timer's id to the next one. */
let commandTimer: number | undefined
let pauseTimer: number | undefined

let output = ''
/** Part of it that waits for the prompt. */
let payload = ''
/** The modem says that data waits in it. */
let hasInput = false
/** So many bytes of data follow, with any line ends in them. */
let rawBytes = 0
/** By the other end. What came before is still taken out. */
let isClosed = false
let handlers: Record<string, ((value: never) => void) | undefined> = {}
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
    down: leave,
    signal: () => dBm,
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
    ['ATE0', 2, 'OK', 0],
    // Before it registers: that is when the network tells the time.
    ['AT+CLTS=1', 2, 'OK', 0],
    ['AT+CPIN?', 5, 'OK', 10, /READY/],
    // At home or roaming.
    ['AT+CREG?', 2, 'OK', 60, /,[15]/],
    ['AT+CSQ', 2, 'OK', 0],
    ['AT+CGATT=1', 10, 'OK', 20],
    ['AT+CIPRXGET=1', 2, 'OK', 0],
    [`AT+CSTT="${settings.apn}"`, 2, 'OK', 0],
    ['AT+CIICR', 85, 'OK', 0],
    // Any line is the address. Nothing is done with it, but without this question there is no connection.
    ['AT+CIFSR', 2, '', 0],
  ]
  pause(OFF_S, () => {
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
  const until = getTime() + step[3]
  const wanted = step[4]
  const attempt = () => {
    ask(step, (text) => {
      if (text !== undefined && (wanted === undefined || wanted.test(text))) runStep(steps, done)
      else if (getTime() < until) pause(RETRY_S, attempt)
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
    on: (event: string, handler: (value: never) => void) => {
      handlers[event] = handler
    },
  }
}

function wake(): void {
  if (running === undefined) work('')
}

/** What comes after a command: `text` is its answer, undefined where it has failed. */
function work(text: string | undefined): void {
  if (text === undefined && !isLeaving) {
    emit('error', { message: 'modem: connection' })
  } else if (output !== '' && text !== undefined && !isClosed) {
    payload = output.slice(0, CHUNK_BYTES)
    output = output.slice(CHUNK_BYTES)
    ask([`AT+CIPSEND=${payload.length}`, 15, 'SEND OK'], work)
  } else if (isLeaving) {
    ask(['AT+CIPCLOSE', 2, 'CLOSE OK'], () => ask(['AT+CPOWD=1', 3, 'NORMAL'], cut))
  } else if (hasInput) {
    hasInput = false
    ask([`AT+CIPRXGET=2,${CHUNK_BYTES}`, 5, 'OK'], work)
  } else if (isClosed) {
    emit('close')
  } else if (tellTime !== undefined) {
    ask(['AT+CCLK?', 2, 'OK'], takeTime)
  }
}

/** Orderly, as far as it goes without waiting for long. */
function leave(): void {
  if (!isPowered || isLeaving) return
  isLeaving = true
  pause(LEAVE_S, cut)
  wake()
}

function cut(): void {
  settings.power.write(0)
  stop(commandTimer)
  stop(pauseTimer)
  commandTimer = pauseTimer = running = tellTime = undefined
  isPowered = isLeaving = hasInput = isClosed = false
  received = output = payload = ''
  rawBytes = 0
  emit('close')
}

function emit(event: string, value?: unknown): void {
  const handler = handlers[event] as ((value: unknown) => void) | undefined
  if (handler !== undefined) handler(value)
}

function ask(command: Command | Step, then: (answer: string | undefined) => void): void {
  running = [command[0], command[1], command[2]]
  answer = ''
  proceed = then
  commandTimer = setTimeout(() => settle(undefined), command[1] * 1000)
  settings.serial.write(`${command[0]}\r`)
}

function settle(text: string | undefined): void {
  stop(commandTimer)
  commandTimer = undefined
  running = undefined
  payload = ''
  proceed(text)
}

function pause(seconds: number, then: () => void): void {
  stop(pauseTimer)
  pauseTimer = setTimeout(() => {
    pauseTimer = undefined
    then()
  }, seconds * 1000)
}

function stop(timer: number | undefined): void {
  if (timer !== undefined) clearTimeout(timer)
}

/** False when more has to come first. */
function takeReceived(): boolean {
  if (rawBytes > 0) {
    if (received.length < rawBytes) return false
    const data = received.slice(0, rawBytes)
    received = received.slice(rawBytes)
    rawBytes = 0
    emit('data', data)
    return true
  }
  if (payload !== '' && received.startsWith('> ')) {
    received = received.slice(2)
    settings.serial.write(payload)
    payload = ''
    return true
  }
  const end = received.indexOf('\n')
  if (end < 0) {
    if (received.length > MAX_LINE_BYTES) received = ''
    return false
  }
  const line = received.slice(0, end).trim()
  received = received.slice(end + 1)
  if (line !== '') takeLine(line)
  return true
}

/** Told without being asked, or part of an answer. */
function takeLine(line: string): void {
  if (line === '+CIPRXGET: 1') {
    hasInput = true
    wake()
  } else if (line === 'CLOSED' || line === '+PDP: DEACT') {
    isClosed = true
    wake()
  } else if (line.startsWith('+CIPRXGET: 2,')) {
    const numbers = line.split(',')
    rawBytes = parseInt(numbers[1] as string, 10)
    hasInput = parseInt(numbers[2] as string, 10) > 0 || hasInput
  } else if (running !== undefined) {
    if (line.startsWith('+CSQ: ')) takeSignal(parseInt(line.slice(6), 10))
    if (line.startsWith(running[2])) settle(answer)
    else if (line.includes('ERROR') || line.includes('FAIL')) settle(undefined)
    else answer += line
  }
}

function takeSignal(step: number): void {
  dBm = step < 32 ? 2 * step - 113 : undefined
}

/** `+CCLK: "yy/MM/dd,hh:mm:ss±zz"`: local time, and its zone in quarter hours. */
function takeTime(text: string | undefined): void {
  const done = tellTime
  tellTime = undefined
  if (done !== undefined) done(text === undefined ? undefined : secondsIn(text))
  wake()
}

function secondsIn(text: string): number | undefined {
  const start = text.indexOf('"') + 1
  const at = (place: number) => parseInt(text.substr(start + place, place < 17 ? 2 : 3), 10)
  const year = at(0)
  // Without the network it counts from its own beginning: 1980, 2000 or 2004, by make.
  if (!(year >= 20 && year < 70)) return undefined
  const month = (at(3) + 9) % 12
  const years = month > 9 ? year - 1 : year
  const days =
    MARCH_2000 + 365 * years + (years >> 2) + Math.floor((153 * month + 2) / 5) + at(6) - 1
  return days * 86400 + at(9) * 3600 + at(12) * 60 + at(15) - at(17) * 900
}
