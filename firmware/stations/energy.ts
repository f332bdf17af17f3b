/*
 * What a station draws from its 12 V battery, to judge how long that lasts without sun. Not part of any script: the
 * board measures its battery. Nothing here was measured on hardware of ours; every figure says where it is from.
 */

/** Milliamperes at 12 V, through a step-down converter of 85 % for what runs on 3.3 V or 4 V. */
export interface EnergyTable {
  asleepMa: number
  /** Awake without radio. */
  awakeMa: number
  /** In addition while the radio is on. */
  radioMa: number
  /** In addition while the sonde has power. */
  sensorsMa: number
}

const CONVERTER = 0.85
const AT_12_V = (milliamperes: number, volts: number) => (milliamperes * volts) / 12 / CONVERTER

/**
 * Asleep: 10 uA (ESP32 datasheet 3.9, table 4-2, deep sleep with RTC timer), 0.1 mA through the battery's divider,
 * and 0.4 mA assumed for converter and switches. Awake: 68 mA at 240 MHz (the same table, modem sleep, upper end).
 * Sonde: 60 mA at 12 V assumed for an optical multi-parameter probe without wiper.
 */
const BASE = { asleepMa: 0.5, awakeMa: AT_12_V(68, 3.3), sensorsMa: 60 }

export const ENERGY: Record<string, EnergyTable> = {
  // Wi-Fi: between 100 mA receiving and 240 mA sending (ESP32 datasheet 3.9, table 5-4), two thirds of the way.
  lake: { ...BASE, radioMa: AT_12_V(190 - 68, 3.3) },
  // GPRS class 10 at full power: 453 mA on average (SIM800 hardware design 1.08, table 5-8), at 4 V.
  'lake-modem': { ...BASE, radioMa: AT_12_V(453, 4) },
}

/** Mean current at 12 V, mA, of a station that is awake, sends and measures for so many seconds an hour. */
export function meanCurrentMa(
  table: EnergyTable,
  hour: { awakeS: number; radioS: number; sensorsS: number },
): number {
  const { awakeS, radioS, sensorsS } = hour
  const asleep = table.asleepMa * (3600 - awakeS)
  return (
    (asleep + table.awakeMa * awakeS + table.radioMa * radioS + table.sensorsMa * sensorsS) / 3600
  )
}
