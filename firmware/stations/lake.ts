import { startNode } from '../node/node.js'
import { wifiTransport } from '../node/wifi.js'
import { LAKE_ALTITUDE_M, LAKE_CHANNELS, LAKE_DEFAULTS, TEMPERATURE } from './lake-channels.js'
import { lakeBattery, lakeSensors } from './lake-wiring.js'

/** The lake station on an ESP32 that reaches Wi-Fi: near a village, a hotel, a pier. */
startNode(
  {
    channels: LAKE_CHANNELS,
    defaults: LAKE_DEFAULTS,
    altitudeM: LAKE_ALTITUDE_M,
    sensors: lakeSensors(),
    waterChannel: TEMPERATURE,
    battery: lakeBattery(),
  },
  wifiTransport,
  { board: 'ESP32', sleeps: true },
)
