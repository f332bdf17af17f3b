import * as assert from 'uvu/assert'
import { roadCapacity } from '../../../shared/science/traffic/capacity.js'
import {
  BASE_CAPACITY,
  FRICTION_FACTOR,
  SPLIT_FACTOR,
  TOWN_FACTOR,
  WIDTH_FACTOR,
} from '../../../shared/science/traffic/capacity-table.js'
import { EQUIVALENTS, equivalentsOf } from '../../../shared/science/traffic/equivalents.js'
import { peakHourFactor, trafficFlow, weightedFlow } from '../../../shared/science/traffic/flow.js'
import { FRICTION_TEXT, type Road } from '../../../shared/science/traffic/road.js'
import { saturation } from '../../../shared/science/traffic/saturation.js'
import { LEVEL_LIMITS, serviceLevel } from '../../../shared/science/traffic/service-level.js'
import { spotSpeeds } from '../../../shared/science/traffic/speeds.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'

interface File {
  emp_urban: { road: string; q_lt?: number; q_ge?: number; KB: number; SM: number }[]
  capacity: {
    C0: Record<string, number>
    FCLJ_2_2: Record<string, number>
    FCPA: Record<string, number>
    FCHS_2_2_shoulder: Record<string, number[]>
    FCHS_cols_shoulder_m: number[]
    FCUK: { pop_lt?: number; f: number }[]
  }
  los_vc: { los: string; max: number | null }[]
}

interface Vectors {
  traffic: {
    counts15: { SM: number; KR: number; KB: number }
    q_veh_h: number
    q_smp_h: number
    C_smp_h: number
    DJ: number
    LOS_vc: string
  }[]
  speed: {
    spot_speeds_kmh: number[]
    time_mean: number
    space_mean: number
    p85_linear: number
    median: number
  }
}

const file = sharedJson<File>('traffic_id.json')
const vectors = sharedJson<{ vectors: Vectors }>('formula_vectors.json')?.vectors

const mainRoad: Road = {
  type: '2/2-undivided',
  widthM: 7,
  busierShare: 50,
  friction: 'medium',
  shoulderM: 1,
  population: 200_000,
}
const quarterHour = { motorcycles: 120, lightVehicles: 60, heavyVehicles: 10, periodS: 900 }

suite('the traffic tables', (test) => {
  if (file === undefined) {
    test.skip('are those of the facts', 'shared data is absent')
    return
  }
  const { capacity } = file

  test('equivalents are those of the facts', () => {
    assert.equal(
      EQUIVALENTS.map(({ heavyVehicle, motorcycle }) => [heavyVehicle, motorcycle]),
      file.emp_urban.map(({ KB, SM }) => [KB, SM]),
    )
    assert.equal(
      EQUIVALENTS.map(({ fromFlow, belowFlow }) => fromFlow || belowFlow),
      file.emp_urban.map(({ q_lt, q_ge }) => q_ge ?? q_lt),
    )
  })

  test('capacity factors are those of the facts', () => {
    const rows = (curve: Record<string, number>, first: (key: string) => number) =>
      Object.entries(curve)
        .map(([key, factor]) => [first(key), factor])
        .sort(([a = 0], [b = 0]) => a - b)

    assert.is(BASE_CAPACITY, capacity.C0['2/2 undivided PKJI'])
    assert.equal(WIDTH_FACTOR, rows(capacity.FCLJ_2_2, Number))
    assert.equal(
      SPLIT_FACTOR,
      rows(capacity.FCPA, (key) => Number(key.slice(0, 2))),
    )
    for (const [friction, text] of Object.entries(FRICTION_TEXT)) {
      const factors = capacity.FCHS_2_2_shoulder[text.id] ?? []
      const expected = factors.map((factor, index) => [
        capacity.FCHS_cols_shoulder_m[index],
        factor,
      ])
      assert.equal(FRICTION_FACTOR[friction as keyof typeof FRICTION_FACTOR], expected)
    }
    assert.equal(
      TOWN_FACTOR.map(({ below, factor }) => [below, factor]),
      capacity.FCUK.map(({ pop_lt, f }) => [pop_lt ? pop_lt * 1e6 : Number.POSITIVE_INFINITY, f]),
    )
  })

  test('levels of service are those of the facts', () => {
    assert.equal(
      LEVEL_LIMITS.map(({ level, upTo }) => ({ los: level, max: upTo })),
      file.los_vc.slice(0, -1),
    )
    assert.equal(
      file.los_vc.map(({ max }) => serviceLevel(max ?? 1.01)),
      file.los_vc.map(({ los }) => los),
    )
  })
})

suite('worked traffic values', (test) => {
  if (vectors === undefined) {
    test.skip('are met', 'shared data is absent')
    return
  }

  test('flow, capacity, degree of saturation and level', () => {
    const roads: Road[] = [
      mainRoad,
      { ...mainRoad, busierShare: 55, shoulderM: 0.5 },
      { ...mainRoad, friction: 'high', shoulderM: 0.5 },
    ]
    vectors.traffic.forEach(({ counts15: { SM, KR, KB }, ...expected }, index) => {
      const counts = { motorcycles: SM, lightVehicles: KR, heavyVehicles: KB, periodS: 900 }
      const result = answerOf(saturation(counts, roads[index] ?? mainRoad))
      near(result.vehH, expected.q_veh_h)
      near(result.smpH, expected.q_smp_h)
      near(result.capacitySmpH, expected.C_smp_h)
      near(result.degree, expected.DJ)
      assert.is(result.level, expected.LOS_vc)
    })
  })

  test('speeds', () => {
    const { spot_speeds_kmh, ...expected } = vectors.speed
    const speeds = answerOf(spotSpeeds(spot_speeds_kmh.toReversed()))

    near(speeds.timeMeanKmH, expected.time_mean)
    near(speeds.spaceMeanKmH, expected.space_mean)
    near(speeds.medianKmH, expected.median)
    near(speeds.v85KmH, expected.p85_linear)
    assert.is(speeds.vehicles, 20)
  })
})

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

suite('speeds', (test) => {
  test('of fewer than twenty vehicles nothing is said', () => {
    const speeds = Array.from({ length: 19 }, () => 40)

    assert.match(reasonOf(spotSpeeds(speeds)).id, 'baru 19 kendaraan')
    assert.match(reasonOf(spotSpeeds([...speeds, Number.NaN])).id, 'baru 19 kendaraan')
    assert.is(answerOf(spotSpeeds([...speeds, 40])).v85KmH, 40)
  })
})
