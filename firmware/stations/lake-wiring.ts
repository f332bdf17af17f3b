import type { Around, Battery, Sensor, Values } from '../node/station.js'
import { ds18b20 } from '../sensors/ds18b20.js'
import { modbus, openBus, type Probe } from '../sensors/modbus.js'
import { CONDUCTIVITY, OXYGEN, PH, TEMPERATURE, TURBIDITY } from './lake-channels.js'

/*
 * How a lake station is wired: a DS18B20 on D27, the RS-485 bus of the sonde on Serial2 (D16, D17, direction D4), the
 * sonde's 12 V behind a switch on D25, the battery through 100 k / 22 k on D34.
 */

/** Time until an optical oxygen probe's readings hold after power-up. */
const WARM_UP_S = 10
/** Full scale of the converter at 11 dB, and the divider before it. */
const FULL_SCALE_V = 3.3 * (122 / 22)

/** Registers of the sonde: pairs that hold floats. README, "The sonde's registers". */
const OXYGEN_REGISTER = 0
const WATER_REGISTER = 32
const PRESSURE_REGISTER = 34

function celsiusOf(around: Around): number | null {
  return around.waterC
}

function pressureOf(around: Around): number | null {
  return around.pressureHpa
}

/** Conductivity at 25 degC from what the probe measured at the water's temperature (APHA 2510: 1.91 % a degree). */
function at25(conductivity: number, around: Around): number | null {
  return around.waterC === null ? null : conductivity / (1 + 0.0191 * (around.waterC - 25))
}

export function lakeSensors(): Sensor[] {
  const bus = openBus({ serial: Serial2, direction: D4 }, 9600, { rx: D16, tx: D17 })
  const oxygen: Probe = {
    bus,
    unit: 1,
    register: OXYGEN_REGISTER,
    count: 2,
    // Without both it would assume 20 degC and sea level, and read 11 % high at this altitude.
    writes: [
      { register: WATER_REGISTER, value: celsiusOf },
      { register: PRESSURE_REGISTER, value: pressureOf },
    ],
    values: (data) => [data.getFloat32(0)],
  }
  const others: Probe = {
    bus,
    unit: 1,
    register: 4,
    count: 6,
    writes: [],
    values: (data, around): Values => [
      data.getFloat32(0),
      at25(data.getFloat32(4), around),
      data.getFloat32(8),
    ],
  }
  return [
    { channels: [TEMPERATURE], warmUpS: 0, read: ds18b20(D27) },
    { channels: [OXYGEN], power: D25, warmUpS: WARM_UP_S, read: modbus(oxygen) },
    {
      channels: [PH, CONDUCTIVITY, TURBIDITY],
      power: D25,
      warmUpS: WARM_UP_S,
      read: modbus(others),
    },
  ]
}

/** A 12 V lead battery at rest: about half full, a fifth, nearly empty. */
export function lakeBattery(): Battery {
  return { volts: () => analogRead(D34) * FULL_SCALE_V, low: 12.1, veryLow: 11.8, flat: 11.4 }
}
