import * as assert from 'uvu/assert'
import {
  BASE_CAPACITY,
  FRICTION_FACTOR,
  SPLIT_FACTOR,
  TOWN_FACTOR,
  WIDTH_FACTOR,
} from '../../../shared/science/traffic/capacity-table.js'
import { EQUIVALENTS } from '../../../shared/science/traffic/equivalents.js'
import { FRICTION_TEXT } from '../../../shared/science/traffic/road.js'
import { LEVEL_LIMITS, serviceLevel } from '../../../shared/science/traffic/service-level.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'

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

const file = sharedJson<File>('traffic_id.json')

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
