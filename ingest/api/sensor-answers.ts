import type { Calibration, Probe } from '../../shared/schema/calibration.js'
import type { Visit } from '../../shared/schema/visit.js'
import { channelCorrection, visitErrors } from '../../shared/science/calibration/channel.js'
import { type Line, onLine } from '../../shared/science/calibration/fit.js'
import { checkSlope, type SlopeCheck } from '../../shared/science/calibration/slope.js'
import { isExpired } from '../../shared/science/calibration/standards.js'
import type { Text } from '../../shared/science/result.js'
import type { CalibrationRow } from '../store/calibrations.js'
import { historyOf, type NodeHistory, toChannelVisit } from '../store/histories.js'
import type { ProbeRow } from '../store/probes.js'
import type { VisitCheckRow, VisitRow } from '../store/visits.js'
import { iso, isoOrNull, quantityOf } from './answers.js'

/** Probes, calibrations and visits in the words of the API. */

export function toProbe(row: ProbeRow): Probe {
  const { key, ucum } = quantityOf(row.quantityId)
  return {
    id: row.id,
    type: row.type,
    serialNumber: row.serialNumber,
    node: row.node,
    quantity: key,
    position: row.position,
    unit: ucum,
    from: iso(row.from),
    to: isoOrNull(row.to),
    note: row.note,
    actor: row.actor,
    createdAt: iso(row.createdAt),
  }
}

export function toCalibration(row: CalibrationRow): Calibration {
  const { key, ucum } = quantityOf(row.quantityId)
  return {
    id: row.id,
    probe: row.probeId,
    node: row.node,
    quantity: key,
    position: row.position,
    ...toLine(key, row),
    unit: ucum,
    points: row.points,
    tempC: row.tempC,
    convertsAtC: row.convertsAtC,
    from: iso(row.from),
    to: row.withdrawnAt === null ? isoOrNull(row.to) : iso(row.from),
    note: row.note,
    ...toRecord(row),
  }
}

type Recorded = Pick<
  VisitRow,
  'actor' | 'createdAt' | 'withdrawnAt' | 'withdrawnBy' | 'withdrawnReason'
>

function toRecord({ actor, createdAt, withdrawnAt, withdrawnBy, withdrawnReason }: Recorded) {
  return {
    ...{ actor, withdrawnBy, withdrawnReason },
    createdAt: iso(createdAt),
    withdrawnAt: isoOrNull(withdrawnAt),
  }
}

/** Of a line and the points that it was made of. */
export function toLine(
  quantityKey: string,
  made: Line & Pick<CalibrationRow, 'points' | 'tempC' | 'convertsAtC'>,
) {
  const { gain, offset, points } = made
  const residuals = points.map(({ reference, raw }) => reference - onLine(made, raw))
  return { gain, offset, residuals, slope: toSlope(slopeOf(quantityKey, made)) }
}

export function slopeOf(
  quantityKey: string,
  {
    gain,
    points,
    tempC,
    convertsAtC,
  }: Pick<CalibrationRow, 'gain' | 'points' | 'tempC' | 'convertsAtC'>,
): SlopeCheck {
  const conditions = { tempC: tempC ?? undefined, convertsAtC: convertsAtC ?? undefined }
  return checkSlope(quantityKey, { gain, pointCount: points.length }, conditions)
}

function toSlope({ verdict, percent, text, source }: SlopeCheck): Calibration['slope'] {
  return { verdict, percent, text, source: source?.title ?? null }
}

export function toVisit(
  row: VisitRow,
  checks: readonly VisitCheckRow[],
  history: NodeHistory,
): Visit {
  const { referenceMeter: name, referenceCalibratedOn: calibratedOn } = row
  const isKnown = name !== null && calibratedOn !== null
  return {
    id: row.id,
    clientId: row.clientId,
    site: row.site,
    node: row.node,
    technician: row.technician,
    startedAt: iso(row.startedAt),
    endedAt: iso(row.endedAt),
    maintenanceFrom: iso(row.maintenanceFrom),
    maintenanceTo: iso(row.maintenanceTo),
    referenceMeter: isKnown ? { name, calibratedOn } : null,
    parts: row.parts,
    note: row.note,
    checks: checks.map((check) => toCheck(row, check, history)),
    ...toRecord(row),
  }
}

function toCheck(
  visit: VisitRow,
  check: VisitCheckRow,
  history: NodeHistory,
): Visit['checks'][number] {
  const { key, ucum } = quantityOf(check.quantityId)
  const pair = (sensor: number | null, reference: number | null) =>
    sensor === null ? null : { sensor, reference }
  return {
    quantity: key,
    position: check.position,
    unit: ucum,
    asFound: pair(check.asFound, check.asFoundReference),
    afterCleaning: pair(check.afterCleaning, check.afterCleaningReference),
    asLeft: pair(check.asLeft, check.asLeftReference),
    standards: check.standards,
    corrects: check.corrects,
    expired: check.standards.some(
      ({ standard }) =>
        standard !== null && isExpired(standard.expiresOn, visit.startedAt.getTime()),
    ),
    errors: toErrors(visit, check, history),
  }
}

/** What was found, whether or not the record is corrected by it. */
function toErrors(
  visit: VisitRow,
  check: VisitCheckRow,
  history: NodeHistory,
): Visit['checks'][number]['errors'] {
  const channel = historyOf(history, check)
  const [startedS, endedS] = [visit.startedAt.getTime() / 1000, visit.endedAt.getTime() / 1000]
  const found = toChannelVisit({ ...check, startedS, endedS, corrects: true })
  const errors = visitErrors(channel, found)
  if (errors === undefined) return null
  const { fouling, level, combined, isCorrected } = errors
  const { intervals } = channelCorrection(channel)
  const corrected =
    check.corrects && visit.withdrawnAt === null && intervals.some(({ toS }) => toS === startedS)
  const clean = level + fouling
  return {
    fouling,
    drift: onLine(errors.drift, clean) - clean,
    combined,
    corrected,
    text: isCorrected && !corrected ? whyNot(visit, check) : errors.text,
  }
}

function whyNot(visit: VisitRow, check: VisitCheckRow): Text {
  if (visit.withdrawnAt !== null) return { id: 'kunjungan ditarik', en: 'the visit is withdrawn' }
  if (!check.corrects) {
    return {
      id: 'atas permintaan, data sebelumnya dibiarkan',
      en: 'as asked, the record before is left as it is',
    }
  }
  return {
    id: 'tidak dikoreksi: tidak ada kunjungan atau pemasangan sebelumnya',
    en: 'not corrected: no visit or installation before it is known',
  }
}
