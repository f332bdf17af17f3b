import * as assert from 'uvu/assert'
import { suite } from '../../suite.js'
import { HOUR_MS, mean, START_MS, series, site, worldWith } from './world-rig.js'

const plain = worldWith()

/** Most and least that an event makes of a quantity's normal value over a span of hours. */
function changes(
  event: string,
  at: readonly [string, string],
  span: { fromH?: number; toH: number; stepH?: number },
) {
  const normal = series(plain.truth, at, span)
  const there = series(worldWith({ events: [event] }).truth, at, span)
  const by = there.map((value, index) => value - (normal[index] ?? 0))
  return { normal, there, least: Math.min(...by), most: Math.max(...by), mean: mean(by) }
}

suite('events of the world', (test) => {
  test('an upwelling brings cold, muddy water without oxygen within six hours', () => {
    const span = { fromH: 12, toH: 48 }
    const oxygen = changes('upwelling@W-08', ['W-08', 'dissolved_oxygen'], span).there
    const cold = changes('upwelling@W-08', ['W-08', 'water_temperature'], span)
    const mud = changes('upwelling@W-08', ['W-08', 'turbidity'], span)

    assert.ok(Math.max(...oxygen) < 3.3 && Math.min(...oxygen) > 0.5, `${oxygen}`)
    assert.ok(Math.abs(cold.mean + 1.5) < 0.01, `${cold.mean} °C`)
    assert.ok(mean(mud.there) > 10 && mud.least > 5, `${mean(mud.there)} NTU`)
  })

  test('an upwelling goes as it came, and its neighbours never see it', () => {
    const after = changes('upwelling@W-08+6h', ['W-08', 'dissolved_oxygen'], {
      fromH: 102,
      toH: 150,
    })
    const before = changes('upwelling@W-08+6h', ['W-08', 'dissolved_oxygen'], { toH: 6 })
    const during = changes('upwelling@W-08+6h', ['W-08', 'water_temperature'], {
      fromH: 78,
      toH: 79,
    })
    const beside = changes('upwelling@W-08+6h', ['W-09', 'dissolved_oxygen'], { toH: 100 })

    for (const { least, most } of [after, before, beside]) assert.equal([least, most], [0, 0])
    assert.ok(Math.abs(during.mean + 0.75) < 0.1, 'half-way back it is half as cold')
  })

  test('the slow upwelling takes oxygen 6.5 → 3.9 → 1.8 → 3.8 over five days while the water stays clear', () => {
    const world = worldWith({ events: ['upwelling-slow@W-08'] })
    const oxygen = (hour: number) =>
      world.truth(site('W-08'), 'dissolved_oxygen', START_MS + hour * HOUR_MS) ?? 0
    const path = [24, 96, 120].map(oxygen)
    const mud = series(world.truth, ['W-08', 'turbidity'], { toH: 168, stepH: 0.5 })
    const others = changes('upwelling-slow@W-08', ['W-09', 'dissolved_oxygen'], { toH: 168 })

    for (const [index, expected] of [3.9, 1.8, 3.8].entries()) {
      const value = path[index] ?? 0
      assert.ok(Math.abs(value - expected) < 0.2, `${value} instead of ${expected} mg/L`)
    }
    assert.ok(oxygen(0) > 5.5 && oxygen(0) < 7.2, `${oxygen(0)} mg/L at the start`)
    assert.ok(Math.max(...mud) < 5, `${Math.max(...mud)} NTU`)
    assert.equal([others.least, others.most], [0, 0])
  })

  test('the slow upwelling is hidden neither by a muddy site nor by another duration', () => {
    const world = worldWith({ events: ['upwelling-slow@W-04/10d'] })
    const mud = series(world.truth, ['W-04', 'turbidity'], { fromH: 2, toH: 238 })
    const oxygen = world.truth(site('W-04'), 'dissolved_oxygen', START_MS + 192 * HOUR_MS) ?? 0

    assert.ok(Math.max(...mud) < 5, `${Math.max(...mud)} NTU`)
    assert.ok(Math.abs(oxygen - 1.8) < 0.2, `${oxygen} mg/L after eight of ten days`)
  })

  test('a bloom lifts oxygen by day, lowers it by night, and turns the water green', () => {
    const hourOf = (hour: number) => ({ fromH: 48 + hour, toH: 49 + hour })
    const oxygen = (hour: number) =>
      changes('bloom@W-03', ['W-03', 'dissolved_oxygen'], hourOf(hour)).mean
    const { there, normal } = changes('bloom@W-03', ['W-03', 'chlorophyll_a'], {
      fromH: 48,
      toH: 96,
    })

    assert.ok(oxygen(15) > 1.5, `${oxygen(15)} mg/L in the afternoon`)
    assert.ok(oxygen(6) < -1, `${oxygen(6)} mg/L at dawn`)
    assert.ok(mean(there) > 20 && mean(normal) < 4, `${mean(there)} µg/L`)
    assert.ok(changes('bloom@W-03', ['W-03', 'ph'], hourOf(15)).mean > 0.4)
  })

  test('a storm blows, rains 45 mm and browns the water, then the lake clears', () => {
    const at = (quantity: string) => ['W-01', quantity] as const
    const rain = changes('storm@W-01+1h', at('rainfall'), { toH: 24, stepH: 1 / 12 })
    const wind = changes('storm@W-01+1h', at('wind_speed'), { fromH: 2, toH: 3 })
    const mud = changes('storm@W-01+1h', at('turbidity'), { fromH: 3, toH: 7 })
    const later = changes('storm@W-01+1h', at('turbidity'), { fromH: 26, toH: 48 })
    const total = rain.there.reduce((sum, mm) => sum + mm, 0)
    const without = rain.normal.reduce((sum, mm) => sum + mm, 0)

    assert.ok(Math.abs(total - without - 45) < 0.5, `${total - without} mm`)
    assert.ok(wind.mean > 6, `${wind.mean} m/s`)
    assert.ok(mud.mean > 15 && mud.mean < 120, `${mud.mean} NTU`)
    assert.equal([later.least, later.most], [0, 0])
  })

  test('haze triples the particles and veils the sun everywhere, in cars’ air and on the lake', () => {
    const span = { fromH: 24, toH: 72 }
    for (const code of ['A-01', 'A-04']) {
      const { there, normal } = changes('haze', [code, 'pm2_5'], span)
      assert.ok(mean(there) > 3 * mean(normal), `${code}: ${mean(there)} µg/m³`)
      const coarse = changes('haze', [code, 'pm10'], span)
      assert.ok(coarse.least > 0, 'coarse particles hold the fine ones')
    }
    assert.ok(changes('haze', ['W-01', 'solar_radiation'], { fromH: 36, toH: 37 }).mean < -20)
    assert.is(changes('haze', ['W-01', 'water_temperature'], span).most, 0)
  })

  test('haze at one site leaves the others their air', () => {
    assert.is(changes('haze@A-01', ['A-02', 'pm2_5'], { fromH: 24, toH: 72 }).most, 0)
  })

  test('nobody passes a closed road, and it is fuller than usual after', () => {
    const closed = worldWith({ events: ['road-closure@T-01+6h'] })
    const cars = (fromH: number, toH: number, world = closed) => vehicles(world, 'T-01', fromH, toH)
    const speed = closed.truth(site('T-01'), 'mean_speed', START_MS + 9 * HOUR_MS)

    assert.is(cars(6.2, 10), 0)
    assert.is(speed, null)
    assert.ok(cars(10, 11) > 1.2 * cars(10, 11, plain), 'the road is full when it opens')
    assert.is(cars(13, 14), cars(13, 14, plain))
    assert.is(vehicles(closed, 'T-02', 6, 10), vehicles(plain, 'T-02', 6, 10))
  })

  test('a holiday brings 1.8 times the traffic, and its smoke', () => {
    const festive = worldWith({ events: ['holiday'] })
    const ratio = vehicles(festive, 'T-05', 3, 23) / vehicles(plain, 'T-05', 3, 23)
    const smoke = changes('holiday', ['A-01', 'nitrogen_dioxide'], { fromH: 3, toH: 23 })

    assert.ok(ratio > 1.55 && ratio < 1.95, `${ratio} times the traffic`)
    assert.ok(mean(smoke.there) > 1.3 * mean(smoke.normal))
  })

  test('two events at once take no more oxygen than there is', () => {
    const world = worldWith({ events: ['upwelling@W-08', 'bloom@W-08', 'upwelling-slow@W-08'] })
    const oxygen = series(world.truth, ['W-08', 'dissolved_oxygen'], { toH: 120 })

    assert.ok(Math.min(...oxygen) >= 0)
  })
})

function vehicles(world: ReturnType<typeof worldWith>, code: string, fromH: number, toH: number) {
  const where = { periodS: (toH - fromH) * 3600 }
  const classes = ['motorcycle', 'light_vehicle', 'heavy_vehicle', 'non_motor']
  return classes
    .map((name) => world.truth(site(code), `${name}_count`, START_MS + toH * HOUR_MS, where) ?? 0)
    .reduce((sum, count) => sum + count, 0)
}
