import * as assert from 'uvu/assert'
import type { Road } from '../../../shared/science/traffic/road.js'
import { saturation } from '../../../shared/science/traffic/saturation.js'
import { spotSpeeds } from '../../../shared/science/traffic/speeds.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'
import { mainRoad } from './main-road.js'

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

const vectors = sharedJson<{ vectors: Vectors }>('formula_vectors.json')?.vectors

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

suite('speeds', (test) => {
  test('of fewer than twenty vehicles nothing is said', () => {
    const speeds = Array.from({ length: 19 }, () => 40)

    assert.match(reasonOf(spotSpeeds(speeds)).id, 'baru 19 kendaraan')
    assert.match(reasonOf(spotSpeeds([...speeds, Number.NaN, 0])).id, 'baru 19 kendaraan')
    assert.is(answerOf(spotSpeeds([...speeds, 40])).v85KmH, 40)
  })
})
