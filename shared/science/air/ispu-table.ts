import type { Text } from '../result.js'

/** Breakpoints of Permen LHK P.14/2020: concentrations in µg/m³ as means of 24 hours. */

/** Key of the quantity; the registry has none for hydrocarbons. */
export type Pollutant =
  | 'pm10'
  | 'pm2_5'
  | 'sulfur_dioxide'
  | 'carbon_monoxide'
  | 'ozone'
  | 'nitrogen_dioxide'
  | 'hydrocarbons'

export const ISPU_STEPS = [0, 50, 100, 200, 300, 500] as const

/** The concentration at each step of the index. */
export const ISPU_BREAKPOINTS: Record<Pollutant, readonly number[]> = {
  pm10: [0, 50, 150, 350, 420, 500],
  pm2_5: [0, 15.5, 55.4, 150.4, 250.4, 500],
  sulfur_dioxide: [0, 52, 180, 400, 800, 1200],
  carbon_monoxide: [0, 4000, 8000, 15_000, 30_000, 45_000],
  ozone: [0, 120, 235, 400, 800, 1000],
  nitrogen_dioxide: [0, 80, 200, 1130, 2260, 3000],
  hydrocarbons: [0, 45, 100, 215, 432, 648],
}

export const POLLUTANT_TEXT: Record<Pollutant, Text> = {
  pm10: { id: 'PM10', en: 'PM10' },
  pm2_5: { id: 'PM2,5', en: 'PM2.5' },
  sulfur_dioxide: { id: 'sulfur dioksida (SO2)', en: 'sulphur dioxide (SO2)' },
  carbon_monoxide: { id: 'karbon monoksida (CO)', en: 'carbon monoxide (CO)' },
  ozone: { id: 'ozon (O3)', en: 'ozone (O3)' },
  nitrogen_dioxide: { id: 'nitrogen dioksida (NO2)', en: 'nitrogen dioxide (NO2)' },
  hydrocarbons: { id: 'hidrokarbon (HC)', en: 'hydrocarbons (HC)' },
}

export interface IspuCategory {
  /** Highest index of the category, in whole numbers. */
  upTo: number
  name: Text
  /** Colour as the regulation names it; never the only signal. */
  colour: Text
}

export const ISPU_CATEGORIES: readonly IspuCategory[] = [
  { upTo: 50, name: { id: 'Baik', en: 'Good' }, colour: { id: 'hijau', en: 'green' } },
  { upTo: 100, name: { id: 'Sedang', en: 'Moderate' }, colour: { id: 'biru', en: 'blue' } },
  {
    upTo: 200,
    name: { id: 'Tidak Sehat', en: 'Unhealthy' },
    colour: { id: 'kuning', en: 'yellow' },
  },
  {
    upTo: 300,
    name: { id: 'Sangat Tidak Sehat', en: 'Very unhealthy' },
    colour: { id: 'merah', en: 'red' },
  },
  {
    upTo: Number.POSITIVE_INFINITY,
    name: { id: 'Berbahaya', en: 'Hazardous' },
    colour: { id: 'hitam', en: 'black' },
  },
]
