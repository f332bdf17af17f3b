/*
 * A cellular modem on a UART as a transport: AT commands of the SIM800 family in transparent mode, in which the UART
 * is the socket from CONNECT to CLOSED. It has power during a session only.
 */

import type { Transport } from './link.js'
import { start, type Timer } from './timer.js'

/**
 * Done when something like `wanted` has come, OK if nothing is said. Where it does not come within the seconds the text
 * is sent `again`, so many times. One that is not is over with an ERROR or a FAIL, too.
 */
type Step = [text: string, seconds: number, wanted?: RegExp | 0, again?: number]

export interface Destination {
  apn: string
  host: string
  port: number
}

/** Without supply for so long it starts anew, whatever it was doing. */
const OFF_S = 1
/** It takes `+++` for an escape where a second before and after is silent; the last bit may still be on its way. */
const SILENCE_S = 1.5
/** More than the longest answer. */
const KEPT_BYTES = 200

let serial: Serial
/** Since the step in hand began, as far as it can matter. */
let received = ''
/** What is still to be done, the step in hand first; with none, and somebody who listens, the UART is the socket. */
let steps: Step[] = []
let done: (error?: string) => void
/** For the step in hand. */
const timer: Timer = { id: undefined }
let listen: ((data: string) => void) | undefined
let tellClosed: ((data: string) => void) | undefined
/** As the modem counts it: 0 to 31, 99 where it does not know. */
let signal: number
/** Unix seconds of the network when `getTime()` was 0. */
let epoch: number | undefined

/**
 * @param port set up so slowly that its input of 512 bytes takes what comes while the interpreter computes: 9,600 baud,
 * which the modem finds by itself. A frame is 43 to 100 bytes, the largest message, a configuration, 1,500.
 * @param supply high feeds the modem. A pull-down keeps it off while the board sleeps.
 */
export function modemTransport(port: Serial, supply: Pin, to: Destination): Transport {
  serial = port
  port.on('data', hear)
  return {
    up: (then) => {
      supply.write(0)
      start(timer, OFF_S, () => {
        supply.write(1)
        run(stepsTo(to), (error) => {
          if (error) {
            then(error)
            return
          }
          takeReport()
          run([[`+CIPSTART="TCP","${to.host}",${to.port}`, 20, /CONNECT\r\n/]], then)
        })
      })
    },
    // What `up` has opened. Nothing has come yet: a broker says nothing before it is spoken to.
    connect: () => ({
      write: (data) => port.write(data),
      // What was written is with the modem, or goes before its silence.
      end: close,
      on: (event: string, handler: (data: string) => void) => {
        if (event === 'data') listen = handler
        else tellClosed = handler
      },
    }),
    down: (then) => powerDown(port, supply, then),
    signal: () => (signal < 32 ? 2 * signal - 113 : undefined),
    time: (then) => then(epoch && epoch + getTime()),
  }
}

function stepsTo(to: Destination): Step[] {
  return [
    ['', 1, 0, 15],
    // Before it registers: that is when the network tells the time.
    [`+CLTS=1;+CIPMODE=1;+CSTT="${to.apn}"`, 2],
    ['+CPIN?', 5, /READY\s+OK/, 2],
    // At home or roaming.
    ['+CREG?', 2, /,[15]\s+OK/, 30],
    ['+CGATT=1', 10, 0, 2],
    ['+CIICR', 85],
    // Nothing is done with the address, but without this question there is no connection.
    ['+CIFSR', 2, /\./],
    ['+CSQ;+CCLK?', 2],
  ]
}

/** `+CSQ: 18,0`, and local time with its zone in quarter hours: `+CCLK: "26/08/20,15:04:05+28"`. */
function takeReport(): void {
  const report = received.split(': ')
  const told = report[2] as string
  signal = parseInt(report[1] as string, 10)
  // One that nobody told begins at 1980, 2000 or 2004, by make.
  if (told > '"2' && told < '"7') {
    epoch =
      Date.parse(`20${told.slice(1, 18).replace(/\//g, '-').replace(',', 'T')}Z`) / 1000 -
      parseInt(told.slice(18), 10) * 900 -
      getTime()
  }
}

/** Orderly, where it answers; whatever it was doing. */
function powerDown(port: Serial, supply: Pin, then: () => void): void {
  steps = []
  start(timer, SILENCE_S, () => {
    port.write('+++')
    start(timer, SILENCE_S, () => {
      run([['+CPOWD=1', 3, /NORMAL/]], () => {
        supply.write(0)
        close()
        then()
      })
    })
  })
}

function run(list: Step[], then: (error?: string) => void): void {
  steps = list
  done = then
  send()
}

function send(): void {
  const step = steps[0]
  if (step) {
    received = ''
    start(timer, step[1], hear)
    serial.write(`AT${step[0]}\r`)
  } else {
    done()
  }
}

/** What came, or nothing where the time of the step in hand is over. */
function hear(data?: string): void {
  // Of nothing the word `undefined`, which nobody looks for.
  received = (received + data).slice(-KEPT_BYTES)
  const step = steps[0]
  if (!step) {
    // CLOSED, too: to MQTT it is the beginning of a packet that never gets whole.
    if (data && listen) listen(data)
    if (/\nCLOSED\r\n$|\+PDP/.test(received)) close()
  } else if ((step[2] || /\nOK/).test(received)) {
    steps.shift()
    send()
  } else if (step[3]) {
    if (!data) {
      step[3]--
      send()
    }
  } else if (!data || /ERROR|FAIL/.test(received)) {
    steps = []
    done(`modem: AT${step[0]}`)
  }
}

/** Once for each connection. */
function close(): void {
  const tell = tellClosed
  tellClosed = undefined
  if (tell) tell('')
}
