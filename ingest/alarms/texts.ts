import type { Tier, Transition } from '../../shared/schema/alarm.js'
import { localTime } from '../../shared/science/local-time.js'
import type { Text } from '../../shared/science/result.js'

/**
 * What people are told, in both languages, from one place. A text has a value with its unit, time and zone, and what
 * to do; it never names a cause or a culprit.
 */

export interface AlarmFacts {
  transition: Transition
  title: Text
  tier: Tier
  isDanger: boolean
  /** The store is simulated. */
  isSimulation: boolean
  /** Null: about no single site. */
  site: string | null
  node: string | null
  measured: MeasuredFacts | null
  /** Of a silent node, the last word of it. */
  heardAt: Date | null
  calibratedAt: Date | null
  visitedAt: Date | null
  isDoubtful: boolean
  /** The officer who has confirmed it. */
  confirmedBy: string | null
  acknowledged: { by: string; note: string } | null
  link: string | null
}

export interface MeasuredFacts {
  /** Its key in the registry. */
  quantity: string
  name: Text
  value: number
  unit: string
  decimals: number
  at: Date
  /** Change within the three hours before; null where it is not known. */
  trend: number | null
  neighbours: readonly { title: string; value: number; isDoubtful: boolean }[]
}

const TIER_TEXT: Readonly<Record<Tier, Text>> = {
  note: { id: 'CATATAN', en: 'NOTE' },
  waspada: { id: 'WASPADA', en: 'WATCH (waspada)' },
  siaga: { id: 'SIAGA', en: 'ALERT (siaga)' },
  awas: { id: 'AWAS', en: 'DANGER (awas)' },
}

const TRANSITION_TEXT: Readonly<Record<Transition, Text>> = {
  raised: { id: '', en: '' },
  acknowledged: { id: 'Sudah ditanggapi: ', en: 'Acknowledged: ' },
  cleared: { id: 'Selesai: ', en: 'Over: ' },
}

const TODO: Readonly<Record<Tier, Text>> = {
  note: { id: 'Pantau.', en: 'Keep watching.' },
  waspada: {
    id: 'Kurangi pakan, siapkan aerasi, periksa ikan dan ukur ulang.',
    en: 'Feed less, make aeration ready, look at the fish and measure again.',
  },
  siaga: {
    id: 'Hentikan pakan, nyalakan aerasi, siapkan panen atau pemindahan ikan.',
    en: 'Stop feeding, start aeration, make harvest or moving of the fish ready.',
  },
  awas: {
    id: 'Nyalakan semua aerasi; panen atau pindahkan ikan sekarang bila aman. Utamakan keselamatan orang.',
    en: 'Start all aeration; harvest or move the fish now if it is safe. People come first.',
  },
}
const TODO_UPKEEP: Text = {
  id: 'Teknisi: periksa stasiun.',
  en: 'Technician: look after the station.',
}
const TODO_OTHER: Text = {
  id: 'Periksa di tempat dan beri tahu yang terdampak.',
  en: 'Look there, and tell those who are affected.',
}
export const UNCHECKED: Text = {
  id: 'Terukur otomatis, belum diperiksa petugas.',
  en: 'Measured automatically, not yet checked by an officer.',
}
const DOUBTFUL: Text = {
  id: 'Nilai perlu diperiksa.',
  en: 'The value needs to be checked (perlu diperiksa).',
}

export function alarmText(facts: AlarmFacts): Text {
  return { id: textIn('id', facts), en: textIn('en', facts) }
}

type Language = keyof Text

function textIn(language: Language, facts: AlarmFacts): string {
  const { transition, measured, link } = facts
  const lines = [
    headline(language, facts),
    measured === null ? '' : valueLine(language, measured),
    ...(measured === null ? [] : neighbourLine(language, measured)),
    heardLine(language, facts.heardAt),
    ...(transition === 'raised' ? [trustLine(language, facts), todo(facts)[language]] : []),
    acknowledgedLine(language, facts),
    link ?? '',
  ]
  return lines.filter((line) => line !== '').join('\n')
}

function headline(language: Language, facts: AlarmFacts): string {
  const { transition, tier, title, site, node, isSimulation } = facts
  const simulation = isSimulation ? { id: '[SIMULASI] ', en: '[SIMULATION] ' }[language] : ''
  const where = site ?? node
  const at = where === null ? '' : `, ${where}`
  const kind = `${TRANSITION_TEXT[transition][language]}${TIER_TEXT[tier][language]}`
  return `${simulation}${kind}: ${title[language]}${at}`
}

function valueLine(language: Language, measured: MeasuredFacts): string {
  const { name, unit, at, trend } = measured
  const value = `${number(language, measured.value, measured.decimals)} ${unit}`.trim()
  const change =
    trend === null
      ? ''
      : `, ${{ id: 'perubahan 3 jam', en: 'change in 3 hours' }[language]} ${trend > 0 ? '+' : ''}${number(language, trend, measured.decimals)}`
  return `${name[language]} ${value}, ${wib(at)}${change}.`
}

function neighbourLine(language: Language, { neighbours, decimals, unit }: MeasuredFacts) {
  if (neighbours.length === 0) return []
  const doubt = { id: ' (perlu diperiksa)', en: ' (to be checked)' }[language]
  const each = neighbours.map(
    ({ title, value, isDoubtful }) =>
      `${title} ${number(language, value, decimals)}${isDoubtful ? doubt : ''}`,
  )
  return [`${{ id: 'Sekitar', en: 'Nearby' }[language]} (${unit}): ${each.join('; ')}.`]
}

function heardLine(language: Language, heardAt: Date | null): string {
  if (heardAt === null) return ''
  return `${{ id: 'Data terakhir diterima', en: 'Last data received' }[language]} ${wib(heardAt)}.`
}

function trustLine(language: Language, facts: AlarmFacts): string {
  const { isDoubtful, confirmedBy, calibratedAt, visitedAt, measured, isDanger } = facts
  if (measured === null) return ''
  const none = { id: 'tidak tercatat', en: 'not recorded' }[language]
  const day = (date: Date | null) => (date === null ? none : wib(date).slice(0, 10))
  const parts = [
    isDoubtful ? DOUBTFUL[language] : '',
    `${{ id: 'Kalibrasi terakhir', en: 'Last calibration' }[language]}: ${day(calibratedAt)}; ${{ id: 'pemeliharaan terakhir', en: 'last maintenance' }[language]}: ${day(visitedAt)}.`,
    isDanger ? checkedBy(language, confirmedBy) : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}

function checkedBy(language: Language, confirmedBy: string | null): string {
  if (confirmedBy === null) return UNCHECKED[language]
  return `${{ id: 'Diperiksa oleh', en: 'Checked by' }[language]} ${confirmedBy}.`
}

export interface TodoOf extends Pick<AlarmFacts, 'isDanger' | 'tier'> {
  measured: Pick<MeasuredFacts, 'quantity'> | null
}

/** What to do, in the words of every message and page. */
export function todo({ isDanger, measured, tier }: TodoOf): Text {
  if (!isDanger) return TODO_UPKEEP
  return measured?.quantity === 'dissolved_oxygen' ? TODO[tier] : TODO_OTHER
}

function acknowledgedLine(language: Language, { acknowledged, transition }: AlarmFacts): string {
  if (acknowledged === null || transition !== 'acknowledged') return ''
  const { by, note } = acknowledged
  return `${{ id: 'Oleh', en: 'By' }[language]} ${by}${note === '' ? '' : `: ${note}`}.`
}

/** Indonesian writes a comma. */
function number(language: Language, value: number, decimals: number): string {
  const text = value.toFixed(decimals)
  return language === 'id' ? text.replace('.', ',') : text
}

/** 2026-07-01 07:00 WIB */
export function wib(time: Date): string {
  return `${localTime(time.getTime())} WIB`
}
