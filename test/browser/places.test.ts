import * as assert from 'uvu/assert'
import { placementText, valueWithUnit } from '../../ingest/web/names.js'
import {
  applyReadings,
  buildPlaces,
  chooseSeries,
  conditions,
  measurements,
  needsNode,
  type Place,
  placeState,
  rivals,
} from '../../ingest/web/places.js'
import type { Latest, LiveReading } from '../../shared/schema/reading.js'
import { suite } from '../suite.js'
import { iso, latestOf, siteAnswers, UNPLACED } from './mock-data.js'

const NOW = Date.UTC(2026, 10, 24, 5)

suite('places and their series', (test) => {
  test('sites come with their series, nodes without a site as places of their own', () => {
    const built = places()

    assert.is(built.find((one) => one.name === 'balige')?.series.length, 7)
    assert.is(built.find((one) => one.name === 'ajibata-2')?.kind, 'node')
    assert.is(built.find((one) => one.name === 'sigapiton')?.series.length, 0)
  })

  test('what a node says of itself stands where it measures, and is asked of the node', () => {
    const own = (node: string, quantity: string): Latest =>
      latestOf({ node, quantity, mean: 1, swing: 0, ageS: 5 }, null, NOW, false)
    const built = buildPlaces(siteAnswers(NOW, false), [
      own('jalan-1', 'battery_voltage'),
      own('jalan-1', 'pm2_5'),
      own('new-1', 'battery_voltage'),
    ])

    const road = find(built, 'jalinsum-balige')
    assert.equal(
      conditions(road).map((one) => [one.quantity.key, one.isPlaced]),
      [['battery_voltage', false]],
    )
    assert.ok(measurements(road).every((one) => one.isPlaced))
    const nodes = built.filter((one) => one.kind === 'node')
    assert.equal(
      nodes.map((one) => [one.name, one.series.map((series) => series.quantity.key)]),
      [
        ['jalan-1', ['pm2_5']],
        ['new-1', ['battery_voltage']],
      ],
    )
  })

  test('a live reading replaces an older value of its channel only', () => {
    const { places: after, unknown } = applyReadings(places(), [reading({ value: 5.55 })])

    assert.is(value(after, 'dissolved_oxygen'), 5.55)
    assert.is(value(after, 'ph'), value(places(), 'ph'))
    assert.is(unknown, false)
  })

  test('a late reading changes nothing: latest means latest measured', () => {
    const late = reading({ value: 5.55, time: iso(NOW - 3_600_000) })

    assert.is(
      value(applyReadings(places(), [late]).places, 'dissolved_oxygen'),
      value(places(), 'dissolved_oxygen'),
    )
  })

  test('of several in one event the newest counts, in any order', () => {
    const older = reading({ value: 1, time: iso(NOW - 5000) })
    const newer = reading({ value: 2, time: iso(NOW) })

    assert.is(value(applyReadings(places(), [newer, older]).places, 'dissolved_oxygen'), 2)
  })

  test('a reading of a channel that nobody knows asks for the list again', () => {
    assert.is(applyReadings(places(), [reading({ node: 'new-1' })]).unknown, true)
  })

  test('places that did not change stay the same objects', () => {
    const before = places()
    const { places: after } = applyReadings(before, [reading({})])

    assert.is(after[1], before[1])
    assert.is.not(after[0], before[0])
  })

  test('a place is judged by what it measures, not by its battery', () => {
    const balige = find(places(), 'balige')

    assert.is(measurements(balige).length, 5)
    assert.is(conditions(balige).length, 2)
    assert.is(placeState(balige, NOW), 'arriving')
    assert.is(placeState(find(places(), 'meat'), NOW), 'check')
    assert.is(placeState(find(places(), 'porsea'), NOW), 'silent')
    assert.is(placeState(find(places(), 'sigapiton'), NOW), 'none')
  })

  test('a node that measures only itself is judged by that', () => {
    const checks: Latest = {
      ...latestOf(
        { quantity: 'rssi', node: 'check-1', mean: -60, swing: 1, ageS: 5 },
        null,
        NOW,
        false,
      ),
    }
    const [check] = buildPlaces([], [checks])
    assert.ok(check)

    assert.is(measurements(check).length, 1)
    assert.is(conditions(check).length, 0)
  })

  test('the address chooses a series by quantity and position; without one the first is shown', () => {
    const chain = find(places(), 'tengah')
    const asked = { quantity: 'water_temperature', position: 2, node: undefined }

    assert.is(chooseSeries(chain, asked)?.depthM, 30)
    assert.is(chooseSeries(chain, { ...asked, quantity: undefined })?.depthM, 0.5)
    assert.is(chooseSeries(chain, { ...asked, quantity: 'ph' }), undefined)
  })

  test('two nodes that measure the same are told apart by name', () => {
    const balige = find(places(), 'balige')
    const [series] = balige.series
    assert.ok(series)
    const twin = { ...balige, series: [series, { ...series, node: 'twin' }] }

    assert.is(needsNode(balige, series), false)
    assert.is(needsNode(twin, series), true)
    assert.equal(rivals(twin, series), ['twin'])
  })

  test('a series says its depth, and its value its unit', () => {
    const chain = find(places(), 'tengah')
    const deep = chain.series[2]
    assert.ok(deep)

    assert.is(placementText(deep, 'id'), 'kedalaman 30 m')
    assert.is(valueWithUnit(deep.quantity, 24, 'id'), '24,00 °C')
    assert.is(placementText({ ...deep, depthM: null, position: 3 }, 'en'), 'position 3')
  })
})

function places(): readonly Place[] {
  return buildPlaces(
    siteAnswers(NOW, false),
    UNPLACED.map((one) => latestOf(one, null, NOW, false)),
  )
}

function find(all: readonly Place[], name: string): Place {
  const found = all.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no place ${name}`)
  return found
}

function value(all: readonly Place[], quantity: string): number | undefined {
  return find(all, 'balige').series.find((one) => one.quantity.key === quantity)?.value
}

function reading(change: Partial<LiveReading>): LiveReading {
  return {
    node: 'balige-1',
    quantity: 'dissolved_oxygen',
    position: 0,
    time: iso(NOW),
    value: 7,
    unit: 'mg/L',
    flag: 2,
    why: [],
    ...change,
  }
}
