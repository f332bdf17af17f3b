import * as pollution from './air/pollution.js'
import { rainfall } from './air/rain.js'
import * as weather from './air/weather.js'
import * as wind from './air/wind.js'
import * as house from './house.js'
import { meanSpeed, type Passage, passage, v85 } from './road/passage.js'
import type { SiteKind } from './sites.js'
import type { Spot } from './spot.js'
import { conductivity, ph } from './water/chemistry.js'
import { chlorophyll } from './water/chlorophyll.js'
import { waterLevel } from './water/level.js'
import { dissolvedOxygen } from './water/oxygen.js'
import { waterTemperature } from './water/temperature.js'
import { turbidity } from './water/turbidity.js'

/** What the world has where, by the keys of the registry. */
export interface Model {
  kinds: readonly SiteKind[]
  /** The truth in the registry's unit; null where there is nothing to measure. */
  value(spot: Spot): number | null
  /** What a counter makes of it, where that is not the value with noise. */
  seen?(spot: Spot): number | null
}

const ALL = ['lake', 'air', 'road'] as const

/** A property keyed by quantity. The weather is everywhere. */
export const MODELS: Readonly<Record<string, Model>> = {
  water_temperature: lake(waterTemperature),
  ph: lake(ph),
  dissolved_oxygen: lake(dissolvedOxygen),
  conductivity_25: lake(conductivity),
  turbidity: lake(turbidity),
  chlorophyll_a: lake(chlorophyll),
  water_level: lake(waterLevel),
  immersion_depth: lake(({ depthM }) => depthM),
  air_temperature: everywhere(weather.airTemperature),
  relative_humidity: everywhere(weather.relativeHumidity),
  air_pressure: everywhere(weather.airPressure),
  solar_radiation: everywhere(weather.solarRadiation),
  rainfall: everywhere(rainfall),
  wind_speed: everywhere(wind.windSpeed),
  wind_direction: everywhere(wind.windDirection),
  wind_gust: everywhere(wind.windGust),
  pm2_5: air(pollution.fineParticles),
  pm10: air(pollution.coarseParticles),
  carbon_monoxide: air(pollution.carbonMonoxide),
  nitrogen_dioxide: air(pollution.nitrogenDioxide),
  ozone: air(pollution.ozone),
  sulfur_dioxide: air(pollution.sulfurDioxide),
  carbon_dioxide: air(pollution.carbonDioxide),
  motorcycle_count: road(({ counts }) => counts.motorcycle),
  light_vehicle_count: road(({ counts }) => counts.light),
  heavy_vehicle_count: road(({ counts }) => counts.heavy),
  non_motor_count: road(({ counts }) => counts['non-motor']),
  mean_speed: road(meanSpeed),
  speed_v85: road(v85),
  occupancy: road(({ occupancy }) => occupancy),
  counting_period: { kinds: ['road'], value: ({ periodS }) => periodS },
  battery_voltage: everywhere(house.batteryVoltage),
  solar_voltage: everywhere(house.solarVoltage),
  enclosure_temperature: everywhere(house.enclosureTemperature),
}

/** What no sensor measures, but models ask for and events change. */
export const DRIVERS: Readonly<Record<string, (spot: Spot) => number>> = {
  cloud_cover: weather.cloudCover,
  /** Factor of the vehicles that would like to pass. */
  traffic_demand: () => 1,
  /** Share of the road's capacity that is open. */
  road_capacity: () => 1,
}

/** Keys of what there is at a kind of site. */
export function quantitiesAt(kind: SiteKind): string[] {
  return Object.keys(MODELS).filter((key) => MODELS[key]?.kinds.includes(kind))
}

function lake(value: Model['value']): Model {
  return { kinds: ['lake'], value }
}

function air(value: Model['value']): Model {
  return { kinds: ['air'], value }
}

function everywhere(value: Model['value']): Model {
  return { kinds: ALL, value }
}

function road(of: (passed: Passage) => number | null): Model {
  return {
    kinds: ['road'],
    value: (spot) => of(passage(spot, false)),
    seen: (spot) => of(passage(spot, true)),
  }
}
