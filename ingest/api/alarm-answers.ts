import type { Alarm, Ledger, Rule } from '../../shared/schema/alarm.js'
import { type AlarmRow, type LedgerRow, warningMinutes } from '../store/alarm-records.js'
import type { RuleRow } from '../store/rules.js'
import { iso, isoOrNull, quantityOf } from './answers.js'

/** Rules and alarms in the words of the API. */

export function toRule({ id: _, changedAt, actor, ...row }: RuleRow): Rule {
  return { ...row, changedAt: iso(changedAt), by: actor }
}

export function toAlarm({ quantityId, ...row }: AlarmRow): Alarm {
  return {
    ...row,
    quantity: quantityId === null ? null : quantityOf(quantityId).key,
    firstAt: iso(row.firstAt),
    raisedAt: iso(row.raisedAt),
    lastAt: iso(row.lastAt),
    clearedAt: isoOrNull(row.clearedAt),
    acknowledgedAt: isoOrNull(row.acknowledgedAt),
    confirmedAt: isoOrNull(row.confirmedAt),
  }
}

export function toLedger(row: LedgerRow): Ledger {
  return {
    firstAt: iso(row.firstAt),
    raisedAt: iso(row.raisedAt),
    notedAt: iso(row.notedAt),
    toldAt: isoOrNull(row.toldAt),
    deliveredAt: isoOrNull(row.deliveredAt),
    acknowledgedAt: isoOrNull(row.acknowledgedAt),
    ownersToldAt: isoOrNull(row.ownersToldAt),
    oxygenBelow3At: isoOrNull(row.oxygenBelow3At),
    warningMinutes: warningMinutes(row),
  }
}
