/**
 * Channel lists that cost one byte, every position 0: for each the number of quantities, then their ids. The byte
 * is 128 + the list's number here, so lists are only ever added at the end. One typed array, because on the board
 * every element of another costs a variable.
 */
// biome-ignore format: one list a line
export const STANDARD_LISTS = new Uint8Array([
  // lake: temperature, pH, oxygen, conductivity, turbidity
  5, 1, 2, 3, 4, 5,
  // lake with chlorophyll-a and phycocyanin
  7, 1, 2, 3, 4, 5, 9, 21,
  // air: temperature, humidity, pressure, PM2.5, PM10
  5, 40, 41, 42, 43, 44,
  // gases: CO, NO2, O3, SO2
  4, 45, 46, 47, 48,
  // weather: temperature, humidity, pressure, rain, wind speed and direction, sun, gust
  8, 40, 41, 42, 49, 50, 51, 52, 53,
  // road: four vehicle classes, mean speed, V85, occupancy, period
  8, 70, 71, 72, 73, 74, 75, 76, 77,
  // health: battery, signal, uptime, memory, reset cause, outbox, dropped, configuration, faults
  9, 100, 101, 102, 103, 104, 105, 106, 107, 108,
  // check: availability, response time
  2, 115, 116,
])
