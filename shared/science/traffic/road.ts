import type { Text } from '../result.js'

/** A road as the capacity tables ask for it. */
export interface Road {
  type: RoadType
  /** Carriageway of both directions together, or of the one direction of a divided road, in metres. */
  widthM: number | null
  /** Lanes of the direction, for divided and one-way roads. */
  lanes?: number
  /** Share of the busier direction in percent, 50 to 100, for undivided roads. */
  busierShare: number | null
  friction: Friction | null
  /** Effective width of the shoulder in metres. */
  shoulderM: number | null
  /** People who live in the town. */
  population: number | null
}

export type RoadType = '2/2-undivided' | '4/2-undivided' | 'divided'

/** Side friction: stops, crossings, slow vehicles, entrances. */
export type Friction = 'very-low' | 'low' | 'medium' | 'high' | 'very-high'

export const FRICTION_TEXT: Record<Friction, Text> = {
  'very-low': { id: 'sangat rendah', en: 'very low' },
  low: { id: 'rendah', en: 'low' },
  medium: { id: 'sedang', en: 'medium' },
  high: { id: 'tinggi', en: 'high' },
  'very-high': { id: 'sangat tinggi', en: 'very high' },
}
