import { startNode } from '../node/node.js'
import { wifiTransport } from '../node/wifi.js'
import { lakeStation, TEMPERATURE } from './lake-channels.js'
import { lakeBattery, lakeSensors } from './lake-wiring.js'

/** The lake station on an ESP32 that reaches Wi-Fi: near a village, a hotel, a pier. */
startNode(
  Object.assign(lakeStation('lake'), {
    sensors: lakeSensors(),
    waterChannel: TEMPERATURE,
    battery: lakeBattery(),
    sleeps: true,
  }),
  wifiTransport,
)
