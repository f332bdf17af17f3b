/*
 * One question to an SNTP server (RFC 4330), for when the service cannot tell the time. Never the board's own
 * SNTP: that one sets the system's clock, and a jump of it confuses every timer.
 */

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
  const nonce = randomBytes(8)
  let socket: DatagramSocket | undefined
  let timer: number | undefined
  function settle(seconds?: number): void {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    if (socket !== undefined) socket.close()
    done(seconds)
  }
  timer = setTimeout(settle, LIMIT_S * 1000)
  try {
    socket = require('dgram').createSocket('udp4')
    socket.on('message', (answer) => {
      if (answer.substr(24, 8) === nonce) settle(timeIn(answer))
    })
    socket.send(QUESTION + '\0'.repeat(39) + nonce, 123, host)
  } catch {
    settle()
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
  const isServer = (head & 7) === 4 && head >> 6 !== 3
  // Stratum 0 is a kiss of death.
  return isServer && stratum > 0 && stratum < 16 && seconds >= EARLIEST ? seconds : undefined
}

function randomBytes(count: number): string {
  let bytes = ''
  for (let n = 0; n < count; n++) bytes += String.fromCharCode(Math.floor(Math.random() * 256))
  return bytes
}
