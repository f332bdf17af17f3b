import {
  type Basis,
  computed,
  type Input,
  notComputable,
  objection,
  type Result,
  type Text,
} from '../result.js'
import { SOURCES } from '../sources.js'
import {
  BASE_CAPACITY,
  FRICTION_FACTOR,
  interpolate,
  SPLIT_FACTOR,
  TOWN_FACTOR,
  WIDTH_FACTOR,
} from './capacity-table.js'
import type { Road } from './road.js'

const NO_TABLE: Text = {
  id: 'tabel kapasitas hanya untuk jalan 2/2 tak terbagi',
  en: 'there is a capacity table for undivided two-lane roads only',
}
const NO_FRICTION: Text = {
  id: 'hambatan samping belum ditentukan',
  en: 'side friction has not been set',
}

/**
 * Capacity in passenger car units (smp) an hour of both directions: base capacity times the factors of width, split,
 * side friction and town. Between the rows of a table it is interpolated, which is ours.
 */
export function roadCapacity(road: Road): Result<number> {
  const basis: Basis = { inputs: roadInputs(road), source: SOURCES.traffic }
  if (road.type !== '2/2-undivided') return notComputable(NO_TABLE, basis)
  const reason = objection(basis.inputs) ?? (road.friction === null ? NO_FRICTION : undefined)
  const factors = factorsOf(road)
  if (reason !== undefined) return notComputable(reason, basis)
  if (factors === undefined) return notComputable(NO_TABLE, basis)
  return computed(
    factors.reduce((product, factor) => product * factor, BASE_CAPACITY),
    basis,
  )
}

function roadInputs({ widthM, busierShare, shoulderM, population }: Road): Input[] {
  return [
    {
      key: 'width',
      name: { id: 'lebar jalur', en: 'carriageway width' },
      value: widthM,
      unit: 'm',
      valid: [5, 11],
    },
    {
      key: 'busier_share',
      name: { id: 'bagian arah tersibuk', en: 'share of the busier direction' },
      value: busierShare,
      unit: '%',
      valid: [50, 70],
    },
    {
      key: 'shoulder',
      name: { id: 'lebar bahu efektif', en: 'effective shoulder' },
      value: shoulderM,
      unit: 'm',
      valid: [0, 20],
    },
    {
      key: 'population',
      name: { id: 'jumlah penduduk', en: 'population' },
      value: population,
      unit: '',
      valid: [0, 1e8],
    },
  ]
}

function factorsOf(road: Road): number[] | undefined {
  const { widthM, busierShare, friction, shoulderM, population } = road
  if (widthM === null || busierShare === null || friction === null) return undefined
  if (shoulderM === null || population === null) return undefined
  const town = TOWN_FACTOR.find(({ below }) => population < below)
  const shoulder = Math.min(Math.max(shoulderM, 0.5), 2)
  const factors = [
    interpolate(WIDTH_FACTOR, widthM),
    interpolate(SPLIT_FACTOR, busierShare),
    interpolate(FRICTION_FACTOR[friction], shoulder),
    town?.factor,
  ].filter((factor) => factor !== undefined)
  return factors.length === 4 ? factors : undefined
}
