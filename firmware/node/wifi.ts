/* Wi-Fi of the ESP32 as a transport. On the Linux interpreter, without Wi-Fi, the computer's network is up. */

import type { Transport } from './link.js'
import { askSntp } from './sntp.js'
import { within } from './timer.js'

export interface WifiSettings {
  ssid: string
  password: string
  /** Host name or address of an SNTP server. */
  sntp: string
}

/** Longer than three attempts of the board's own. A callback that never comes is known of it. */
const LIMIT_S = 30

export function wifiTransport(settings: WifiSettings): Transport {
  let wifi: Wifi | undefined
  try {
    wifi = require('Wifi')
  } catch {
    // The interpreter for Linux: its network is up.
  }
  return {
    up: (done) => {
      if (!wifi) done()
      else connect(wifi, settings, done)
    },
    connect: (host, port) => require('net').connect({ host: host, port: port }),
    down: (done) => {
      if (wifi) wifi.disconnect()
      done()
    },
    signal: () => (wifi ? wifi.getStatus().rssi : undefined),
    time: (done) => askSntp(settings.sntp, done),
  }
}

function connect(wifi: Wifi, settings: WifiSettings, done: (error?: string) => void): void {
  // An attempt that was given up may still be heard of, while the next one runs.
  const settle = within<string | undefined>(LIMIT_S, 'wifi: no answer', done)
  try {
    wifi.connect(settings.ssid, { password: settings.password }, (error) => {
      settle(error ? `wifi: ${error}` : undefined)
    })
  } catch (error) {
    settle(String(error))
  }
}
