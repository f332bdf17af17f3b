import { modemTransport } from '../node/modem.js'
import { startNode } from '../node/node.js'
import { lakeStation, TEMPERATURE } from './lake-channels.js'
import { lakeBattery, lakeSensors } from './lake-wiring.js'

/** The lake station on the open water: a cellular modem on Serial3 (D18, D19), its supply behind a switch on D26. */
startNode(
  Object.assign(lakeStation('lake-modem'), {
    sensors: lakeSensors(),
    waterChannel: TEMPERATURE,
    battery: lakeBattery(),
    sleeps: true,
  }),
  (identity) =>
    modemTransport({ serial: Serial3, pins: { rx: D18, tx: D19 }, power: D26, apn: identity.apn }),
)
