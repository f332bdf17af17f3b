import type { Tier } from '../../shared/schema/alarm.js'
import { decimals, fromSteps, type Quantity, quantityById } from '../../shared/wire/quantities.js'
import type { AlarmView } from '../store/alarm-view.js'
import { UNCHECKED } from './texts.js'

/** Values, times and advice in the words of those who read them. No word of a cause, none of a culprit. */

export type Language = 'id' | 'en'

const LOCALES = { id: 'id-ID', en: 'en-GB' } as const
const HOUR_MS = 3_600_000

/** "24 Nov 2026 04.10 WIB" */
export function timeText(at: Date, language: Language): string {
  const text = new Intl.DateTimeFormat(LOCALES[language], {
    timeZone: 'Asia/Jakarta',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
  return `${text.replace(',', '')} WIB`
}

/** "10 menit lalu", by the largest full unit. */
export function ageText(ageMs: number, language: Language): string {
  const minutes = Math.max(0, Math.floor(ageMs / 60_000))
  const [count, unit] =
    minutes < 60
      ? [minutes, { id: 'menit', en: 'min' }]
      : minutes < 24 * 60
        ? [Math.floor(minutes / 60), { id: 'jam', en: 'h' }]
        : [Math.floor(minutes / (24 * 60)), { id: 'hari', en: 'd' }]
  return `${count} ${unit[language]} ${language === 'id' ? 'lalu' : 'ago'}`
}

export function titleOf({ titleId, titleEn }: AlarmView, language: Language): string {
  return language === 'id' ? titleId : titleEn
}

export function placeOf({ siteTitle, node }: AlarmView, language: Language): string {
  return siteTitle ?? node ?? (language === 'id' ? 'Jaringan stasiun' : 'The stations')
}

export interface ValueText {
  name: string
  value: string
  at: Date
  trend: string | null
}

/** The newest value, or where there is none the one with which it was raised. */
export function valueText(facts: AlarmView, language: Language): ValueText | null {
  const { quantityId, latest, before, raisedAt, raisedValue } = facts
  const quantity = quantityId === null ? undefined : quantityById(quantityId)
  if (quantity === undefined) return null
  const name = language === 'id' ? quantity.nameId : quantity.nameEn
  if (latest === null) {
    if (raisedValue === null) return null
    return { name, value: inUnit(raisedValue, quantity, language), at: raisedAt, trend: null }
  }
  const value = fromSteps(quantity, latest.value)
  const trend =
    before === null
      ? null
      : trendText(value - fromSteps(quantity, before.value), quantity, {
          hours: Math.round((latest.time.getTime() - before.time.getTime()) / HOUR_MS),
          language,
        })
  return { name, value: inUnit(value, quantity, language), at: latest.time, trend }
}

function trendText(
  change: number,
  quantity: Quantity,
  { hours, language }: { hours: number; language: Language },
): string {
  // A digit less than the value has: the last one wavers by itself.
  const places = Math.max(0, decimals(quantity) - 1)
  const much = `${numberText(Math.abs(change), places, language)} ${quantity.symbol}`.trim()
  const isSteady = Number(Math.abs(change).toFixed(places)) === 0
  const isFalling = change < 0
  if (language === 'id') {
    if (isSteady) return `tetap dalam ${hours} jam terakhir`
    return `${isFalling ? 'turun' : 'naik'} ${much} dalam ${hours} jam terakhir`
  }
  const span = hours === 1 ? 'in the last hour' : `in the last ${hours} hours`
  return isSteady ? `steady ${span}` : `${isFalling ? 'fell' : 'rose'} by ${much} ${span}`
}

/** A value as it is stored, with its unit. */
export function stepsText(quantity: Quantity, steps: number, language: Language): string {
  return inUnit(fromSteps(quantity, steps), quantity, language)
}

function inUnit(value: number, quantity: Quantity, language: Language): string {
  return `${numberText(value, decimals(quantity), language)} ${quantity.symbol}`.trim()
}

function numberText(value: number, places: number, language: Language): string {
  return value.toLocaleString(LOCALES[language], {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  })
}

const TIERS: Record<Tier, Record<Language, string>> = {
  note: { id: 'Catatan', en: 'Note' },
  waspada: { id: 'Waspada', en: 'Watch (waspada)' },
  siaga: { id: 'Siaga', en: 'Alert (siaga)' },
  awas: { id: 'Awas', en: 'Danger (awas)' },
}
export const tierText = (tier: Tier, language: Language): string => TIERS[tier][language]

/** The end of a tier is not the end of the event while a lower one goes on. */
export function overText(
  { isEventOpen }: Pick<AlarmView, 'isEventOpen'>,
  language: Language,
): string {
  if (isEventOpen) return { id: 'Membaik, belum pulih', en: 'Better, not over' }[language]
  return { id: 'Sudah pulih', en: 'Over' }[language]
}

/** Whether somebody has looked at it: a sensor's number alone is not a finding. */
export function checkedText({ confirmedAt, doubtful }: AlarmView, language: Language): string {
  if (confirmedAt !== null) {
    return language === 'id' ? 'Sudah diperiksa petugas.' : 'Checked by an officer.'
  }
  if (doubtful) {
    return language === 'id'
      ? 'Terukur otomatis; nilainya perlu diperiksa petugas.'
      : 'Measured automatically; the value needs a check by an officer.'
  }
  return UNCHECKED[language]
}

/** As one of its own. */
export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
