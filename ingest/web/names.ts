import { decimals, type Quantity } from '../../shared/wire/quantities.js'
import { formatNumber, withUnit } from './format.js'
import type { Series } from './places.js'
import type { Language, Text } from './words/language.js'
import { site } from './words/words.js'

/** Names for lines that have no room for the registry's. */
const SHORT: Readonly<Record<string, Text>> = {
  water_temperature: { id: 'Suhu', en: 'Temp.' },
  dissolved_oxygen: { id: 'Oksigen', en: 'Oxygen' },
  conductivity_25: { id: 'DHL', en: 'EC' },
  turbidity: { id: 'Keruh', en: 'Turbidity' },
  chlorophyll_a: { id: 'Klorofil', en: 'Chlorophyll' },
  water_level: { id: 'Muka air', en: 'Level' },
  air_temperature: { id: 'Suhu', en: 'Temp.' },
  relative_humidity: { id: 'RH', en: 'RH' },
  air_pressure: { id: 'Tekanan', en: 'Pressure' },
  rainfall: { id: 'Hujan', en: 'Rain' },
  wind_speed: { id: 'Angin', en: 'Wind' },
  wind_direction: { id: 'Arah angin', en: 'Wind from' },
  motorcycle_count: { id: 'Motor', en: 'Motorcycles' },
  light_vehicle_count: { id: 'Mobil', en: 'Cars' },
  heavy_vehicle_count: { id: 'Kend. berat', en: 'Heavy' },
  mean_speed: { id: 'Laju', en: 'Speed' },
  battery_voltage: { id: 'Baterai', en: 'Battery' },
  rssi: { id: 'Sinyal', en: 'Signal' },
}

export function quantityName(quantity: Quantity, language: Language): string {
  return language === 'id' ? quantity.nameId : quantity.nameEn
}

export function shortName(quantity: Quantity, language: Language): string {
  return SHORT[quantity.key]?.[language] ?? quantityName(quantity, language)
}

/** "km/jam" is Indonesian and "kend" is too; the registry keeps one symbol a unit. */
const ENGLISH_SYMBOLS: Readonly<Record<string, string>> = { 'km/jam': 'km/h', kend: 'veh.' }

export function unitSymbol(quantity: Quantity, language: Language): string {
  return language === 'en' ? (ENGLISH_SYMBOLS[quantity.symbol] ?? quantity.symbol) : quantity.symbol
}

export function valueText(quantity: Quantity, value: number, language: Language): string {
  return formatNumber(value, decimals(quantity), language)
}

export function valueWithUnit(quantity: Quantity, value: number, language: Language): string {
  return withUnit(valueText(quantity, value, language), unitSymbol(quantity, language))
}

/** Which of several: "kedalaman 0,5 m", "arah 120°", "posisi 1"; empty when there is nothing to tell. */
export function placementText(series: Series, language: Language): string {
  const parts: string[] = []
  if (series.depthM !== null)
    parts.push(`${site.depth[language]} ${depthText(series.depthM, language)}`)
  if (series.directionDeg !== null) {
    parts.push(`${site.direction[language]} ${formatNumber(series.directionDeg, 0, language)}°`)
  }
  if (parts.length === 0 && series.position !== 0) {
    parts.push(`${site.position[language]} ${series.position}`)
  }
  return parts.join(' · ')
}

/** The same where a line has no room: "0,5 m", "120°", "#1". */
export function shortPlacement(series: Series, language: Language): string {
  if (series.depthM !== null) return depthText(series.depthM, language)
  if (series.directionDeg !== null) return `${formatNumber(series.directionDeg, 0, language)}°`
  return series.position === 0 ? '' : `#${series.position}`
}

function depthText(depthM: number, language: Language): string {
  return `${formatNumber(depthM, Number.isInteger(depthM) ? 0 : 1, language)} m`
}
