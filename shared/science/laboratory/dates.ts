import type { Read } from './result-text.js'

/** Dates and times as they are written in Indonesia, in WIB (UTC+7) where nothing else is said. */

const MONTHS = [
  ['januari', 'january', 'jan'],
  ['februari', 'pebruari', 'february', 'feb'],
  ['maret', 'march', 'mar'],
  ['april', 'apr'],
  ['mei', 'may'],
  ['juni', 'june', 'jun'],
  ['juli', 'july', 'jul'],
  ['agustus', 'august', 'agu', 'agt', 'ags', 'aug'],
  ['september', 'sept', 'sep'],
  ['oktober', 'october', 'okt', 'oct'],
  ['november', 'nopember', 'nov', 'nop'],
  ['desember', 'december', 'des', 'dec'],
]
const ZONE_H = new Map(Object.entries({ '': 7, wib: 7, wita: 8, wit: 9, z: 0, utc: 0 }))

export const DATE_EXPECTED = {
  id: 'hh/bb/tttt, mis. 24/06/2026',
  en: 'dd/mm/yyyy, e.g. 24/06/2026',
}
export const TIME_EXPECTED = { id: 'jam:menit WIB, mis. 09:30', en: 'hh:mm in WIB, e.g. 09:30' }

export interface ReadDate {
  year: number
  month: number
  day: number
  /** What stands behind it: a time, or nothing. */
  rest: string
}

/** 24/06/2026, 24-6-2026, 24 Juni 2026 or 2026-06-24. The day always comes before the month, or after the year. */
export function readDate(text: string): Read<ReadDate> {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ,]+(.*))?$/.exec(text)
  const local =
    /^(\d{1,2})(?:[/.-]|\s+)(\d{1,2}|[a-z]+)\.?(?:[/.-]|\s+)(\d{4})(?:[\s,]+(.*))?$/i.exec(text)
  const [year = '', month = '', day = '', rest = ''] =
    iso?.slice(1) ?? (local === null ? [] : [local[3], local[2], local[1], local[4]])
  const date = { year: Number(year), month: monthNumber(month), day: Number(day), rest }
  return isReal(date) ? { value: date } : { error: { id: 'bukan tanggal', en: 'not a date' } }
}

export interface ReadTime {
  secondOfDay: number
  /** Hours ahead of UTC. */
  offsetH: number
}

/** 09:30, 09.30, 9:30:15, with WIB, WITA, WIT, Z or an offset behind it. */
export function readTime(text: string): Read<ReadTime> {
  const found =
    /^(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([a-z]*|[+-]\d{2}:?\d{2})$/i.exec(text)
  const [, hour, minute, second = '0', zone = ''] = found ?? []
  const offsetH = zoneHours(zone)
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  if (found === null || offsetH === undefined || h > 23 || m > 59 || s > 59) {
    return { error: { id: 'bukan jam', en: 'not a time of day' } }
  }
  return { value: { secondOfDay: h * 3600 + m * 60 + s, offsetH } }
}

export function unixTimeMs({ year, month, day }: ReadDate, time: ReadTime): number {
  return Date.UTC(year, month - 1, day) + (time.secondOfDay - time.offsetH * 3600) * 1000
}

function monthNumber(text: string): number {
  const named = MONTHS.findIndex((names) => names.includes(text.toLowerCase()))
  return named < 0 ? Number(text) : named + 1
}

function isReal({ year, month, day }: ReadDate): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return (
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  )
}

function zoneHours(zone: string): number | undefined {
  const named = ZONE_H.get(zone.toLowerCase())
  if (named !== undefined) return named
  const offset = /^([+-]\d{2}):?(\d{2})$/.exec(zone)
  if (offset === null) return undefined
  const hours = Number(offset[1])
  return hours + Math.sign(hours) * (Number(offset[2]) / 60)
}
