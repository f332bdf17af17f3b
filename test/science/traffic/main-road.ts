import type { Road } from '../../../shared/science/traffic/road.js'

/** A two-lane road through a town of the size of Balige and its surroundings. */
export const mainRoad: Road = {
  type: '2/2-undivided',
  widthM: 7,
  busierShare: 50,
  friction: 'medium',
  shoulderM: 1,
  population: 200_000,
}

export const quarterHour = { motorcycles: 120, lightVehicles: 60, heavyVehicles: 10, periodS: 900 }
