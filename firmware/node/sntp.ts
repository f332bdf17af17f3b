/*
 * One question to an SNTP server (RFC 4330), for when the service cannot tell the time. Never the board's own
 * SNTP: that one sets the system's clock, and a jump of it confuses every timer.
 */

import { within } from './timer.js'

const LIMIT_S = 5
/** Version 4, mode 3: a client's question. */
const QUESTION = '\x23'
/** 2020, in unix seconds: a server that says less has lost its own clock. */
const EARLIEST = 1577836800
/** From 1900, where its seconds begin, to 1970. */
const NTP_TO_UNIX = 2208988800
/** The seconds are 32 bits and begin anew in 2036. */
const ERA = 4294967296

/** Calls back once, with unix seconds or without. */
export function askSntp(host: string, done: (seconds: number | undefined) => void): void {
  // In place of the time of asking, which is nobody's business: the answer repeats it.
  const nonce = `${Math.random()}0000000`.substr(2, 8)
  let socket: DatagramSocket | undefined
  const settle = within<number | undefined>(LIMIT_S, undefined, (seconds) => {
    if (socket) socket.close()
    done(seconds)
  })
  try {
    socket = require('dgram').createSocket('udp4')
    socket.on('message', (answer) => {
      if (answer.substr(24, 8) === nonce) settle(timeIn(answer))
    })
    socket.send(QUESTION + '\0'.repeat(39) + nonce, 123, host)
  } catch {
    settle(undefined)
  }
}

/** Undefined where the server says that it does not know, or wants to be left in peace [RFC 4330 5, 8]. */
function timeIn(answer: string): number | undefined {
  const head = answer.charCodeAt(0)
  const stratum = answer.charCodeAt(1)
  let seconds = 0
  for (let at = 40; at < 44; at++) seconds = seconds * 256 + answer.charCodeAt(at)
  if (seconds < ERA / 2) seconds += ERA
  seconds -= NTP_TO_UNIX
  // Mode 4 and no alarm. Stratum 0 is a kiss of death.
  const isGood = (head & 7) === 4 && head < 192 && stratum > 0 && stratum < 16
  return isGood && seconds >= EARLIEST ? seconds : undefined
}
