import * as assert from 'uvu/assert'
import { fromSteps, quantityById } from '../../../shared/wire/quantities.js'
import { drift, gaussian, uniform } from '../../../simulators/world/noise.js'
import { channelsAt, sampleAt as sampleOf } from '../../../simulators/world/samples.js'
import { STATION_KEYS } from '../../../simulators/world/sensors.js'
import { WORLD_SITES, type WorldSite } from '../../../simulators/world/sites.js'
import { createWorld } from '../../../simulators/world/world.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'

const START_S = Date.UTC(2026, 6, 1) / 1000
const DAY_S = 86_400

const worlds = [1, 2].map((seed) =>
  createWorld({ seed, startMs: 0, sites: WORLD_SITES, events: [], faults: [] }),
)

/** What the world of seed 1 or 2 shows a station. */
function sampleAt(site: WorldSite, seed: 1 | 2, timeS: number, periodS: number) {
  const world = worlds[seed - 1]
  assert.ok(world)
  return sampleOf(world, site, { timeS, periodS })
}

suite('simulated world', (test) => {
  test('a value depends on seed, site and time alone', () => {
    for (const site of WORLD_SITES) {
      const once = sampleAt(site, 1, START_S, 300)
      sampleAt(site, 1, START_S + 600, 300)
      assert.equal(sampleAt(site, 1, START_S, 300), once)
      assert.not.equal(sampleAt(site, 2, START_S, 300), once)
    }
  })

  test('over a day every value is plausible', () => {
    for (const site of WORLD_SITES) {
      const channels = channelsAt(site)
      for (let time = START_S; time < START_S + DAY_S; time += 300) {
        for (const [index, steps] of sampleAt(site, 1, time, 300).values.entries()) {
          const quantity = quantityById(channels[index]?.quantity ?? 0)
          if (steps === null || quantity === undefined) continue
          const value = fromSteps(quantity, steps)
          assert.ok(
            value >= quantity.min && value <= quantity.max,
            `${site.name} ${quantity.key} ${value}`,
          )
        }
      }
    }
  })

  test('water is warmest in the afternoon and oxygen highest with it', () => {
    const site = WORLD_SITES[0]
    assert.ok(site)
    const mean = (column: number, hourWib: number) => {
      let sum = 0
      for (let day = 0; day < 40; day++) {
        const time = START_S + day * DAY_S + (hourWib - 7) * 3600
        sum += sampleAt(site, 1, time, 300).values[column] ?? 0
      }
      return sum / 40
    }
    assert.is(STATION_KEYS[site.kind][2], 'dissolved_oxygen')
    assert.ok(mean(0, 15) > mean(0, 3) + 80)
    assert.ok(mean(2, 15) > mean(2, 3) + 40)
  })

  test('a day of counting in ten seconds or in five minutes sees the same traffic', () => {
    const site = WORLD_SITES.find(({ name }) => name === 'jalan-balige')
    assert.ok(site)
    const counted: number[] = []
    for (const periodS of [10, 300]) {
      let vehicles = 0
      for (let time = START_S; time < START_S + DAY_S; time += periodS) {
        const [a, b, c, d] = sampleAt(site, 1, time, periodS).values
        vehicles += (a ?? 0) + (b ?? 0) + (c ?? 0) + (d ?? 0)
      }
      counted.push(vehicles)
    }
    const [fine = 0, coarse = 0] = counted
    assert.ok(Math.abs(fine - coarse) < 0.02 * coarse, `${fine} and ${coarse}`)
    assert.ok(coarse > 6_000 && coarse < 16_000, `${coarse} vehicles a day`)
  })

  test('the noise has mean 0 and deviation 1, and a drift has no jumps', () => {
    const values = Array.from({ length: 20_000 }, (_, n) => gaussian(7, 3, n))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length
    assert.ok(Math.abs(mean) < 0.03, `mean ${mean}`)
    assert.ok(Math.abs(variance - 1) < 0.05, `variance ${variance}`)
    let largest = 0
    for (let time = 0; time < 10 * 3600; time += 60) {
      largest = Math.max(largest, Math.abs(drift(7, 3, time + 60, 3600) - drift(7, 3, time, 3600)))
    }
    assert.ok(largest < 0.15, `largest step ${largest}`)
    assert.is.not(uniform(7, 3, 1), uniform(7, 3, 2 ** 32 + 1))
  })

  const sites = sharedJson<{
    features: { geometry: { coordinates: [number, number] }; properties: { kind: string } }[]
  }>('toba_sites.geojson')
  const sitesTest = 'the sites stand where the shared positions are'
  if (sites === undefined) test.skip(sitesTest, 'the positions are not beside the project')
  else {
    test(sitesTest, () => {
      const expected = sites.features.map(({ geometry, properties }) => [
        properties.kind,
        ...geometry.coordinates,
      ])
      assert.equal(
        WORLD_SITES.map(({ kind, longitude, latitude }) => [kind, longitude, latitude]),
        expected,
      )
    })
  }
})
