import { modemTransport } from '../node/modem.js'
import { startNode } from '../node/node.js'
import { LAKE_ALTITUDE_M, LAKE_CHANNELS, LAKE_DEFAULTS, TEMPERATURE } from './lake-channels.js'
import { lakeBattery, lakeSensors } from './lake-wiring.js'

/** The lake station on the open water: a cellular modem on Serial3 (D18, D19), its supply behind a switch on D26. */
startNode(
  {
    channels: LAKE_CHANNELS,
    defaults: LAKE_DEFAULTS,
    altitudeM: LAKE_ALTITUDE_M,
    sensors: lakeSensors(),
    waterChannel: TEMPERATURE,
    battery: lakeBattery(),
  },
  (identity) => {
    Serial3.setup(9600, { rx: D18, tx: D19 })
    return modemTransport(Serial3, D26, identity)
  },
  { board: 'ESP32', sleeps: true },
)
