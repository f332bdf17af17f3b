import * as assert from 'uvu/assert'
import { roadCapacity } from '../../../shared/science/traffic/capacity.js'
import { equivalentsOf } from '../../../shared/science/traffic/equivalents.js'
import { peakHourFactor, trafficFlow, weightedFlow } from '../../../shared/science/traffic/flow.js'
import type { Road } from '../../../shared/science/traffic/road.js'
import { saturation } from '../../../shared/science/traffic/saturation.js'
import { serviceLevel } from '../../../shared/science/traffic/service-level.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'
import { mainRoad, quarterHour } from './main-road.js'

suite('flow', (test) => {
  test('is counted up to an hour, whatever the period', () => {
    assert.is(answerOf(trafficFlow(quarterHour)), 760)
    assert.is(answerOf(trafficFlow({ ...quarterHour, periodS: 3600 })), 190)
  })

  test('a class that was not counted is not counted as none', () => {
    const result = trafficFlow({ ...quarterHour, motorcycles: null })

    assert.match(reasonOf(result).id, 'Sepeda motor')
    assert.match(reasonOf(trafficFlow({ ...quarterHour, periodS: 0 })).en, 'outside')
    assert.match(reasonOf(trafficFlow({ ...quarterHour, heavyVehicles: -1 })).en, 'outside')
  })

  test('equivalents change with the flow, the width and the lane', () => {
    const motorcycle = (road: Partial<Road>, flow: number) =>
      equivalentsOf({ ...mainRoad, ...road }, flow)?.motorcycle

    assert.equal(
      [1799, 1800].map((flow) => motorcycle({}, flow)),
      [0.4, 0.25],
    )
    assert.equal(
      [1799, 1800].map((flow) => motorcycle({ widthM: 6 }, flow)),
      [0.5, 0.35],
    )
    assert.equal(
      [3699, 3700].map((flow) => motorcycle({ type: '4/2-undivided' }, flow)),
      [0.4, 0.25],
    )
    assert.equal(
      [2099, 2100].map((flow) => motorcycle({ type: 'divided', lanes: 2 }, flow)),
      [0.4, 0.25],
    )
  })

  test('without the width or the lanes that a table asks for there are no units', () => {
    assert.match(
      reasonOf(weightedFlow(quarterHour, { ...mainRoad, widthM: null })).id,
      'lebar jalur',
    )
    assert.ok(!weightedFlow(quarterHour, { ...mainRoad, type: 'divided' }).isComputable)
  })

  test('the peak-hour factor is 1 for an even hour and a quarter for one burst', () => {
    assert.is(answerOf(peakHourFactor([50, 50, 50, 50])), 1)
    assert.is(answerOf(peakHourFactor([0, 200, 0, 0])), 0.25)
    assert.is(answerOf(peakHourFactor([100, 200, 150, 150])), 0.75)
  })

  test('an hour with a missing quarter or without vehicles has no factor', () => {
    assert.match(reasonOf(peakHourFactor([50, null, 50, 50])).id, 'hitungan 15 menit ke-2')
    assert.match(reasonOf(peakHourFactor([0, 0, 0, 0])).id, 'tidak ada kendaraan')
  })
})

suite('capacity', (test) => {
  test('between two rows of a table it is interpolated', () => {
    const at7 = answerOf(roadCapacity(mainRoad))
    const at8 = answerOf(roadCapacity({ ...mainRoad, widthM: 8 }))

    near(answerOf(roadCapacity({ ...mainRoad, widthM: 7.5 })), (at7 + at8) / 2)
  })

  test('a shoulder beyond the table counts as its end', () => {
    const at = (shoulderM: number) => answerOf(roadCapacity({ ...mainRoad, shoulderM }))

    assert.is(at(0), at(0.5))
    assert.is(at(5), at(2))
    assert.ok(at(0.5) < at(2))
  })

  test('a town on a limit counts as the larger', () => {
    const at = (population: number) => answerOf(roadCapacity({ ...mainRoad, population }))

    near(at(99_999) / at(100_000), 0.86 / 0.9)
  })

  test('what no table covers has a reason', () => {
    const reason = (road: Partial<Road>) => reasonOf(roadCapacity({ ...mainRoad, ...road })).en

    assert.match(reason({ widthM: 4.9 }), 'outside')
    assert.match(reason({ widthM: 11.1 }), 'outside')
    assert.match(reason({ busierShare: 71 }), 'outside')
    assert.match(reason({ population: null }), 'no value yet: population')
    assert.match(reason({ friction: null }), 'side friction')
    assert.match(reason({ type: 'divided', lanes: 2 }), 'undivided two-lane roads only')
  })
})

suite('saturation', (test) => {
  test('is an indication, with the inputs of flow and road', () => {
    const result = saturation(quarterHour, mainRoad)

    assert.match(answerOf(result).text.id, 'indikasi')
    assert.is(result.inputs.length, 8)
  })

  test('a count shorter than a quarter of an hour is too short', () => {
    assert.match(
      reasonOf(saturation({ ...quarterHour, periodS: 300 }, mainRoad)).id,
      '15 sampai 60',
    )
    assert.match(reasonOf(saturation({ ...quarterHour, periodS: 7200 }, mainRoad)).id, '15 sampai')
  })

  test('what flow or capacity lacks, it lacks too', () => {
    assert.match(
      reasonOf(saturation({ ...quarterHour, lightVehicles: null }, mainRoad)).en,
      'Light vehicles',
    )
    assert.match(
      reasonOf(saturation(quarterHour, { ...mainRoad, shoulderM: null })).en,
      'effective shoulder',
    )
  })

  test('a level ends at its limit', () => {
    assert.equal([0, 0.2, 0.201, 1, 1.001].map(serviceLevel), ['A', 'A', 'B', 'E', 'F'])
  })
})
