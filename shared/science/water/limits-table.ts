import type { Confidence, Text } from '../result.js'

/**
 * PP 22/2021 Lampiran VI: I for rivers, II for lakes, classes 1 to 4. The numbers were recalled and compared with
 * public quotations; each carries its own confidence. Turbidity and conductivity have no limit there.
 */

export type WaterBody = 'lake' | 'river'
export type WaterClass = 1 | 2 | 3 | 4

/** A limit of each class; null where the class has none; the two ends of a range. */
export type ClassLimits = readonly (number | null | readonly [number, number])[]

export interface BodyLimits {
  limits: ClassLimits
  /** Of all four classes, or of each. */
  confidence: Confidence | readonly Confidence[]
}

export interface WaterParameter {
  /** Key of the quantity where the registry has one. */
  parameter: string
  name: Text
  unit: string
  /** The group whose weight STORET gives a parameter. */
  group: 'fisika' | 'kimia' | 'biologi'
  /** deviation: from the natural temperature, in °C. */
  kind: 'max' | 'min' | 'range' | 'deviation'
  lake?: BodyLimits
  river?: BodyLimits
}

export const WATER_CLASS_TEXT: Record<WaterClass, Text> = {
  1: { id: 'air baku air minum', en: 'source of drinking water' },
  2: {
    id: 'rekreasi air, budidaya ikan air tawar, peternakan, pertanaman',
    en: 'water recreation, freshwater fish farming, livestock, irrigation',
  },
  3: {
    id: 'budidaya ikan air tawar, peternakan, pertanaman',
    en: 'freshwater fish farming, livestock, irrigation',
  },
  4: { id: 'pertanaman', en: 'irrigation' },
}

/** Pergub Sumut 1/2009. */
export const LAKE_TOBA_CLASS: WaterClass = 1

// biome-ignore format: one parameter a line reads as the table it is
export const WATER_PARAMETERS: readonly WaterParameter[] = [
  { parameter: 'water_temperature', name: { id: 'Suhu (deviasi)', en: 'Temperature (deviation)' }, unit: '°C', group: 'fisika', kind: 'deviation', lake: { limits: [3, 3, 3, 3], confidence: ['high', 'high', 'high', 'medium'] }, river: { limits: [3, 3, 3, 3], confidence: ['high', 'high', 'high', 'medium'] } },
  { parameter: 'total_dissolved_solids', name: { id: 'TDS', en: 'TDS' }, unit: 'mg/L', group: 'fisika', kind: 'max', lake: { limits: [1000, 1000, 1000, 1000], confidence: ['medium', 'medium', 'medium', 'low'] }, river: { limits: [1000, 1000, 1000, 2000], confidence: 'medium' } },
  { parameter: 'total_suspended_solids', name: { id: 'TSS', en: 'TSS' }, unit: 'mg/L', group: 'fisika', kind: 'max', lake: { limits: [25, 50, 100, 400], confidence: 'medium' }, river: { limits: [40, 50, 100, 400], confidence: 'medium' } },
  { parameter: 'secchi_depth', name: { id: 'Kecerahan (Secchi)', en: 'Transparency (Secchi)' }, unit: 'm', group: 'fisika', kind: 'min', lake: { limits: [10, 4, 2.5, null], confidence: 'medium' } },
  { parameter: 'colour', name: { id: 'Warna', en: 'Colour' }, unit: 'Pt-Co', group: 'fisika', kind: 'max', lake: { limits: [15, 50, 100, null], confidence: 'medium' }, river: { limits: [15, 50, 100, null], confidence: 'medium' } },
  { parameter: 'ph', name: { id: 'pH', en: 'pH' }, unit: '', group: 'kimia', kind: 'range', lake: { limits: [[6, 9], [6, 9], [6, 9], [6, 9]], confidence: 'high' }, river: { limits: [[6, 9], [6, 9], [6, 9], [6, 9]], confidence: 'high' } },
  { parameter: 'bod5', name: { id: 'BOD5', en: 'BOD5' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [2, 3, 6, 12], confidence: 'high' }, river: { limits: [2, 3, 6, 12], confidence: 'high' } },
  { parameter: 'cod', name: { id: 'COD', en: 'COD' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [10, 25, 40, 80], confidence: 'high' }, river: { limits: [10, 25, 40, 80], confidence: 'high' } },
  { parameter: 'dissolved_oxygen', name: { id: 'Oksigen terlarut', en: 'Dissolved oxygen' }, unit: 'mg/L', group: 'kimia', kind: 'min', lake: { limits: [6, 4, 3, 1], confidence: 'high' }, river: { limits: [6, 4, 3, 1], confidence: 'high' } },
  { parameter: 'sulphate', name: { id: 'Sulfat', en: 'Sulphate' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [300, 300, 300, 400], confidence: 'low' }, river: { limits: [300, 300, 300, 400], confidence: 'low' } },
  { parameter: 'chloride', name: { id: 'Klorida', en: 'Chloride' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [300, 300, 300, 600], confidence: 'low' }, river: { limits: [300, 300, 300, 600], confidence: 'low' } },
  { parameter: 'nitrate_n', name: { id: 'Nitrat (sebagai N)', en: 'Nitrate nitrogen' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [10, 10, 20, 20], confidence: 'low' }, river: { limits: [10, 10, 20, 20], confidence: 'medium' } },
  { parameter: 'nitrite_n', name: { id: 'Nitrit (sebagai N)', en: 'Nitrite nitrogen' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.06, 0.06, 0.06, null], confidence: 'medium' }, river: { limits: [0.06, 0.06, 0.06, null], confidence: 'medium' } },
  { parameter: 'ammonia_n', name: { id: 'Amonia total (sebagai N)', en: 'Total ammonia nitrogen' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.1, 0.2, 0.5, null], confidence: 'medium' }, river: { limits: [0.1, 0.2, 0.5, null], confidence: 'medium' } },
  { parameter: 'total_nitrogen', name: { id: 'Total nitrogen', en: 'Total nitrogen' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.65, 0.75, 1.9, null], confidence: 'high' }, river: { limits: [15, 15, 25, null], confidence: 'medium' } },
  { parameter: 'total_phosphorus', name: { id: 'Total fosfor (sebagai P)', en: 'Total phosphorus' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.01, 0.03, 0.1, null], confidence: 'high' }, river: { limits: [0.2, 0.2, 1, null], confidence: 'medium' } },
  { parameter: 'fluoride', name: { id: 'Fluorida', en: 'Fluoride' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [1, 1.5, 1.5, null], confidence: 'medium' }, river: { limits: [1, 1.5, 1.5, null], confidence: 'medium' } },
  { parameter: 'chlorophyll_a', name: { id: 'Klorofil-a', en: 'Chlorophyll-a' }, unit: 'µg/L', group: 'biologi', kind: 'max', lake: { limits: [10, 50, 100, 200], confidence: 'medium' } },
  { parameter: 'oil_grease', name: { id: 'Minyak dan lemak', en: 'Oil and grease' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [1, 1, 1, 10], confidence: 'medium' }, river: { limits: [1, 1, 1, 10], confidence: 'medium' } },
  { parameter: 'detergent_mbas', name: { id: 'Deterjen (MBAS)', en: 'Detergents (MBAS)' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.2, 0.2, 0.2, null], confidence: 'medium' }, river: { limits: [0.2, 0.2, 0.2, null], confidence: 'medium' } },
  { parameter: 'phenol', name: { id: 'Fenol', en: 'Phenol' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.002, 0.005, 0.01, 0.02], confidence: 'medium' }, river: { limits: [0.002, 0.005, 0.01, 0.02], confidence: 'medium' } },
  { parameter: 'fecal_coliform', name: { id: 'Fecal coliform', en: 'Faecal coliform' }, unit: 'MPN/100 mL', group: 'biologi', kind: 'max', lake: { limits: [100, 1000, 2000, 2000], confidence: 'high' }, river: { limits: [100, 1000, 2000, 2000], confidence: 'high' } },
  { parameter: 'total_coliform', name: { id: 'Total coliform', en: 'Total coliform' }, unit: 'MPN/100 mL', group: 'biologi', kind: 'max', lake: { limits: [1000, 5000, 10000, 10000], confidence: 'high' }, river: { limits: [1000, 5000, 10000, 10000], confidence: 'high' } },
  { parameter: 'iron', name: { id: 'Besi (Fe)', en: 'Iron' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.3, null, null, null], confidence: 'medium' }, river: { limits: [0.3, null, null, null], confidence: 'medium' } },
  { parameter: 'manganese', name: { id: 'Mangan (Mn)', en: 'Manganese' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.1, null, null, null], confidence: 'medium' }, river: { limits: [0.1, null, null, null], confidence: 'medium' } },
  { parameter: 'cadmium', name: { id: 'Kadmium (Cd)', en: 'Cadmium' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.01, 0.01, 0.01, 0.01], confidence: 'medium' }, river: { limits: [0.01, 0.01, 0.01, 0.01], confidence: 'medium' } },
  { parameter: 'lead', name: { id: 'Timbal (Pb)', en: 'Lead' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.03, 0.03, 0.03, 0.5], confidence: 'medium' }, river: { limits: [0.03, 0.03, 0.03, 0.5], confidence: 'medium' } },
  { parameter: 'copper', name: { id: 'Tembaga (Cu)', en: 'Copper' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.02, 0.02, 0.02, 0.2], confidence: 'medium' }, river: { limits: [0.02, 0.02, 0.02, 0.2], confidence: 'medium' } },
  { parameter: 'zinc', name: { id: 'Seng (Zn)', en: 'Zinc' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.05, 0.05, 0.05, 2], confidence: 'medium' }, river: { limits: [0.05, 0.05, 0.05, 2], confidence: 'medium' } },
  { parameter: 'mercury', name: { id: 'Air raksa (Hg)', en: 'Mercury' }, unit: 'mg/L', group: 'kimia', kind: 'max', lake: { limits: [0.001, 0.002, 0.002, 0.005], confidence: 'medium' }, river: { limits: [0.001, 0.002, 0.002, 0.005], confidence: 'medium' } },
]
