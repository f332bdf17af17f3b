import { quantityByKey } from '../../wire/quantities.js'
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

/** What a sensor said (`raw`) where a standard or a reference meter said `reference`; both in the quantity's unit. */
export interface CalibrationPoint {
  reference: number
  raw: number
}

/** value = gain × raw + offset, in the quantity's unit. */
export interface Line {
  gain: number
  offset: number
}

export const UNCHANGED: Line = { gain: 1, offset: 0 }

export interface Fit extends Line {
  /** Of each point: its reference less what the line makes of its raw reading. */
  residuals: number[]
}

export const MOST_POINTS = 3

export function onLine({ gain, offset }: Line, raw: number): number {
  return gain * raw + offset
}

/**
 * The line through one to three points: one gives the offset alone, two give gain and offset exactly, three the line of
 * least squares of the references. Not computable where the points do not say where a line runs, or it runs backwards.
 */
export function fitPoints(quantityKey: string, points: readonly CalibrationPoint[]): Result<Fit> {
  const basis: Basis = { inputs: inputsOf(quantityKey, points), source: SOURCES.calibration }
  const reason = objection(basis.inputs) ?? objectionTo(points)
  if (reason !== undefined) return notComputable(reason, basis)
  const [first, second] = points
  const line =
    second === undefined
      ? { gain: 1, offset: (first?.reference ?? 0) - (first?.raw ?? 0) }
      : points.length === 2
        ? through(first ?? second, second)
        : leastSquares(points)
  if (line.gain <= 0) return notComputable(BACKWARDS, basis)
  const residuals = points.map(({ reference, raw }) => reference - onLine(line, raw))
  return computed({ ...line, residuals }, basis)
}

const BACKWARDS: Text = {
  id: 'sensor membaca makin rendah saat acuan makin tinggi: periksa urutan titik',
  en: 'the sensor reads lower where the reference is higher: check the order of the points',
}

function objectionTo(points: readonly CalibrationPoint[]): Text | undefined {
  if (points.length === 0 || points.length > MOST_POINTS) {
    return {
      id: `perlu 1 sampai ${MOST_POINTS} titik`,
      en: `it takes 1 to ${MOST_POINTS} points`,
    }
  }
  const isOneRaw = points.every(({ raw }) => raw === points[0]?.raw)
  if (points.length === 1 || !isOneRaw) return undefined
  return {
    id: 'semua titik punya bacaan sensor yang sama',
    en: 'all points have the same sensor reading',
  }
}

function through(one: CalibrationPoint, other: CalibrationPoint): Line {
  const gain = (other.reference - one.reference) / (other.raw - one.raw)
  return { gain, offset: one.reference - gain * one.raw }
}

/** About the means, so that large offsets cost no digits. */
function leastSquares(points: readonly CalibrationPoint[]): Line {
  const mean = (of: (point: CalibrationPoint) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const raw = mean((point) => point.raw)
  const reference = mean((point) => point.reference)
  const along = mean((point) => (point.raw - raw) * (point.reference - reference))
  const gain = along / mean((point) => (point.raw - raw) ** 2)
  return { gain, offset: reference - gain * raw }
}

function inputsOf(quantityKey: string, points: readonly CalibrationPoint[]): Input[] {
  const unit = quantityByKey(quantityKey)?.symbol ?? ''
  return points.flatMap(({ reference, raw }, index): Input[] => [
    {
      key: `reference_${index + 1}`,
      name: { id: `acuan ${index + 1}`, en: `reference ${index + 1}` },
      value: reference,
      unit,
    },
    {
      key: `raw_${index + 1}`,
      name: { id: `bacaan sensor ${index + 1}`, en: `sensor reading ${index + 1}` },
      value: raw,
      unit,
    },
  ])
}
