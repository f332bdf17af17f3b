import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { quantityByKey } from '../../../shared/wire/quantities.js'
import { EVENT_KINDS } from '../../../simulators/world/events/kinds.js'
import { quantitiesAt } from '../../../simulators/world/models.js'
import { uniform } from '../../../simulators/world/noise.js'
import { STATION_KEYS } from '../../../simulators/world/sensors.js'
import { WORLD_SITES } from '../../../simulators/world/sites.js'
import type { World } from '../../../simulators/world/world.js'
import { suite } from '../../suite.js'
import {
  correlation,
  DAY_MS,
  HOUR_MS,
  mean,
  START_MS,
  series,
  site,
  worldWith,
} from './world-rig.js'

const DAYS = 30
const world = worldWith()

/** Mean over a month at an hour of the local day. */
function at(hour: number, place: readonly [string, string]): number {
  return mean(series(world.truth, place, { fromH: hour, toH: 24 * DAYS, stepH: 24 }))
}

function digest(of: World): string {
  const hash = createHash('sha256')
  for (const each of WORLD_SITES) {
    for (let step = 0; step < 100; step++) {
      for (const key of STATION_KEYS[each.kind]) {
        hash.update(`${of.sensed(each, key, START_MS + step * 777_000)} `)
      }
    }
  }
  return hash.digest('hex')
}

function vehicles(code: string, [fromMs, toMs]: readonly [number, number], direction?: 0 | 1) {
  const where = {
    periodS: (toMs - fromMs) / 1000,
    ...(direction === undefined ? {} : { direction }),
  }
  return ['motorcycle', 'light_vehicle', 'heavy_vehicle', 'non_motor'].map(
    (name) => world.truth(site(code), `${name}_count`, toMs, where) ?? 0,
  )
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)

suite('shapes of the world', (test) => {
  const happenings = {
    events: ['upwelling@W-08+6h', 'storm+2h'],
    faults: ['wet-connector@W-02', 'spike@T-01'],
  }

  test('the same seed gives the same bytes, another seed others', () => {
    assert.is(digest(worldWith(happenings)), digest(worldWith(happenings)))
    assert.is.not(digest(worldWith(happenings)), digest(worldWith({ ...happenings, seed: 8 })))
  })

  test('asked in any order a world gives what it gives in sequence', () => {
    const sequential = worldWith(happenings)
    const shuffled = worldWith(happenings)
    for (const code of ['W-02', 'W-08', 'A-01', 'T-01']) {
      const place = site(code)
      const key = quantitiesAt(place.kind)[0] ?? ''
      const expected = Array.from({ length: 400 }, (_, n) =>
        sequential.sensed(place, key, START_MS + n * 300_000),
      )
      const order = expected.map((_, n) => n).sort((a, b) => uniform(3, 1, a) - uniform(3, 1, b))
      for (const n of order) {
        assert.is(shuffled.sensed(place, key, START_MS + n * 300_000), expected[n], `${code} ${n}`)
      }
    }
  })

  test('neighbours share their weather and their water, far sites less', () => {
    const span = { toH: 24 * 60, stepH: 3 }
    for (const quantity of ['wind_speed', 'turbidity']) {
      const of = (code: string) => series(world.truth, [code, quantity], span)
      const near = correlation(of('W-01'), of('W-02'))
      const far = correlation(of('W-01'), of('W-10'))
      assert.ok(near > 0.7, `${quantity} ${near} near`)
      assert.ok(near > far + 0.1, `${quantity} ${near} near, ${far} far`)
    }
  })

  test('two quantities of a site do not go up and down together by accident', () => {
    const of = (quantity: string) => {
      const values = series(world.truth, ['W-07', quantity], { toH: 24 * 60, stepH: 24 })
      return values
    }

    assert.ok(Math.abs(correlation(of('ph'), of('chlorophyll_a'))) < 0.5)
  })

  test('the water is warmest, richest in oxygen and least acid in the afternoon', () => {
    const swing = (quantity: string) => at(15, ['W-03', quantity]) - at(6, ['W-03', quantity])

    assert.ok(swing('water_temperature') > 0.7 && swing('water_temperature') < 1.2)
    assert.ok(swing('dissolved_oxygen') > 0.5 && swing('dissolved_oxygen') < 1.1)
    assert.ok(swing('ph') > 0.15 && swing('ph') < 0.3)
  })

  test('a month at the surface stays near what was measured in Lake Toba', () => {
    const month = (quantity: string, code = 'W-09') =>
      mean(series(world.truth, [code, quantity], { toH: 24 * DAYS, stepH: 1 }))
    const expected: [string, number, number][] = [
      ['water_temperature', 25.2, 26.6],
      ['dissolved_oxygen', 6.3, 7.2],
      ['ph', 7.7, 8.1],
      ['conductivity_25', 155, 180],
      ['turbidity', 0.3, 3],
      ['chlorophyll_a', 0.8, 3.8],
    ]

    for (const [quantity, low, high] of expected) {
      const value = month(quantity)
      assert.ok(value > low && value < high, `${quantity} ${value}`)
    }
    assert.ok(month('turbidity', 'W-04') > 2 * month('turbidity'), 'the river mouth is muddy')
    assert.ok(month('dissolved_oxygen', 'W-08') < month('dissolved_oxygen', 'W-03') - 0.4)
  })

  test('deep water is colder and has no oxygen', () => {
    const deep = (quantity: string) =>
      world.truth(site('W-09'), quantity, START_MS, { depthM: 110 }) ?? 0

    assert.ok(deep('water_temperature') < 24.5)
    assert.ok(deep('dissolved_oxygen') < 0.3)
  })

  test('the air is cool at dawn, the lake breeze blows in the afternoon, the sun shines by day', () => {
    assert.ok(at(14, ['A-01', 'air_temperature']) - at(6, ['A-01', 'air_temperature']) > 6)
    assert.ok(at(15, ['W-01', 'wind_speed']) > at(4, ['W-01', 'wind_speed']) + 1.5)
    assert.ok(at(12, ['A-01', 'solar_radiation']) > 300)
    assert.is(at(1, ['A-01', 'solar_radiation']), 0)
    assert.ok(at(6, ['A-01', 'relative_humidity']) > at(14, ['A-01', 'relative_humidity']) + 15)
  })

  test('smoke of evenings, and of the burning season', () => {
    const inMonth = (month: number) => {
      const startMs = Date.UTC(2026, month, 1)
      const values = Array.from({ length: 31 * 8 }, (_, n) =>
        world.truth(site('A-01'), 'pm2_5', startMs + n * 3 * HOUR_MS),
      )
      return mean(values.map((value) => value ?? 0))
    }

    assert.ok(at(19, ['A-01', 'pm2_5']) > 1.3 * at(3, ['A-01', 'pm2_5']))
    assert.ok(mean([7, 8].map(inMonth)) > 1.3 * mean([1, 2, 3].map(inMonth)))
  })

  test('it rains about 1,550 mm a year, most of it from noon to midnight', () => {
    const years = 5
    let [all, afternoon] = [0, 0]
    for (let half = 0; half < years * 365 * 2; half++) {
      const endMs = START_MS + (half + 1) * 12 * HOUR_MS
      const mm = world.truth(site('W-04'), 'rainfall', endMs, { periodS: 12 * 3600 }) ?? 0
      all += mm
      if (half % 2 === 1) afternoon += mm
    }

    assert.ok(all / years > 1100 && all / years < 2100, `${all / years} mm a year`)
    assert.ok(afternoon > 0.75 * all, `${afternoon / all} after noon`)
  })

  test('traffic follows the hours, the week and the market, and is near its daily number', () => {
    const day = (number: number, [from, to] = [0, 24]) =>
      total(
        vehicles('T-01', [
          START_MS + number * DAY_MS + from * HOUR_MS,
          START_MS + number * DAY_MS + to * HOUR_MS,
        ]),
      )
    const weeks = [0, 7, 14, 21]
    const meanOf = (weekday: number, hours?: [number, number]) =>
      mean(weeks.map((week) => day(week + weekday, hours)))
    const ofWeek = mean([0, 1, 2, 3, 4, 5, 6].map((weekday) => meanOf(weekday)))

    assert.ok(Math.abs(ofWeek / 11_000 - 1) < 0.15, `${ofWeek} vehicles a day`)
    assert.ok(meanOf(0, [16, 18]) > 4 * meanOf(0, [1, 3]))
    assert.ok(mean([5, 6].map((weekend) => meanOf(weekend))) > 1.15 * meanOf(0))
    // Friday is market day in Balige.
    assert.ok(meanOf(4, [7, 11]) > 1.2 * meanOf(3, [7, 11]))
  })

  test('trucks travel by night, people towards Pematangsiantar in the morning', () => {
    const share = (fromH: number, toH: number) => {
      let [heavy, all] = [0, 0]
      for (let day = 0; day < 14; day++) {
        const start = START_MS + day * DAY_MS
        const counts = vehicles('T-05', [start + fromH * HOUR_MS, start + toH * HOUR_MS])
        heavy += counts[2] ?? 0
        all += total(counts)
      }
      return heavy / all
    }
    const morning = [START_MS + 6 * HOUR_MS, START_MS + 9 * HOUR_MS] as const

    assert.ok(share(1, 4) > 1.6 * share(10, 16))
    assert.ok(total(vehicles('T-01', morning, 1)) > total(vehicles('T-01', morning, 0)))
    assert.is(
      total(vehicles('T-01', morning)),
      total(vehicles('T-01', morning, 0)) + total(vehicles('T-01', morning, 1)),
    )
  })

  test('the fuller the road the slower it is driven', () => {
    const speed = (hour: number) =>
      mean(series(world.truth, ['T-01', 'mean_speed'], { fromH: hour, toH: 24 * 14, stepH: 24 }))

    assert.ok(speed(17) < speed(3) - 1, `${speed(17)} and ${speed(3)} km/h`)
  })

  test('every value is within its quantity’s plausible range, whatever happens', () => {
    for (const event of [undefined, ...EVENT_KINDS]) {
      const eventful = worldWith({
        events:
          event === undefined
            ? []
            : WORLD_SITES.filter(({ kind }) => event.kinds.includes(kind)).map(
                ({ code }) => `${event.name}@${code}`,
              ),
      })
      for (const place of WORLD_SITES) {
        for (const key of quantitiesAt(place.kind)) {
          const { min, max } = quantityByKey(key) ?? { min: 0, max: 0 }
          for (let hour = 0; hour < 170; hour += 3.4) {
            const value = eventful.sensed(place, key, START_MS + Math.round(hour * HOUR_MS))
            if (value === null) continue
            assert.ok(value >= min && value <= max, `${event?.name} ${place.code} ${key} ${value}`)
          }
        }
      }
    }
  })

  test('what a site has not, and a site that the world has not, are refused', () => {
    assert.throws(() => world.truth(site('W-01'), 'pm2_5', START_MS), /no pm2_5 at W-01/)
    assert.throws(
      () => world.sensed({ ...site('W-01'), code: 'W-77' }, 'ph', START_MS),
      /no site W-77/,
    )
  })
})
