import type { Language } from './words/language.js'

/** Western Indonesian time: the only zone of the page, whatever the reader's device is set to. */
const TIME_ZONE = 'Asia/Jakarta'
const LOCALES: Readonly<Record<Language, string>> = { id: 'id-ID', en: 'en-GB' }

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Clocks of node, server and reader differ by seconds; below this a "future" is no news. */
const AHEAD_TOLERANCE_MS = 5 * SECOND_MS

// Building an Intl formatter costs far more than using one, and ages tick every second.
const numberFormats = new Map<string, Intl.NumberFormat>()
const dateFormats = new Map<string, Intl.DateTimeFormat>()

/** A value with the decimals of its quantity's step: 6.9 with two decimals is "6,90". */
export function formatNumber(value: number, decimals: number, language: Language): string {
  const key = `${language}${decimals}`
  let format = numberFormats.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(LOCALES[language], {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    })
    numberFormats.set(key, format)
  }
  // A typographic minus is as wide as a digit; a hyphen reads like a dash.
  return format.format(value).replace('-', '−')
}

/** "6,90 mg/L", and "7,90" where the unit has no symbol. */
export function withUnit(text: string, symbol: string): string {
  if (symbol === '') return text
  return symbol === '°' ? `${text}°` : `${text} ${symbol}`
}

/** "24 Nov 2026 13.40.05 WIB" */
export function formatDateTime(timeMs: number, language: Language): string {
  return `${formatDate(timeMs, language)} ${formatClock(timeMs, language, true)} WIB`
}

/** "24 Nov 2026" */
function formatDate(timeMs: number, language: Language): string {
  return dateFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }).format(timeMs)
}

/** "24 Nov 2026 13.40.05–13.55.05 WIB"; with both dates where they differ. */
export function formatSpan(fromMs: number, toMs: number, language: Language): string {
  const date = formatDate(fromMs, language)
  if (date !== formatDate(toMs, language)) {
    return `${formatDateTime(fromMs, language)} – ${formatDateTime(toMs, language)}`
  }
  const clocks = [fromMs, toMs].map((timeMs) => formatClock(timeMs, language, true))
  return `${date} ${clocks.join('–')} WIB`
}

/** "13.40", or "13.40.05" */
export function formatClock(timeMs: number, language: Language, withSeconds = false): string {
  const seconds = withSeconds ? ({ second: '2-digit' } as const) : {}
  return dateFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...seconds,
  }).format(timeMs)
}

/** "24 Nov" */
export function formatDay(timeMs: number, language: Language): string {
  return dateFormat(language, { day: 'numeric', month: 'short' }).format(timeMs)
}

/** "8 detik lalu", "12 menit lalu", "3 jam lalu", "2 hari lalu"; counted down to the full unit. */
export function formatAge(ageMs: number, language: Language): string {
  if (ageMs < -AHEAD_TOLERANCE_MS) {
    const ahead = formatDuration(-ageMs, language)
    return language === 'id' ? `${ahead} di depan jam server` : `${ahead} ahead of the server`
  }
  const ago = formatDuration(Math.max(0, ageMs), language)
  return language === 'id' ? `${ago} lalu` : `${ago} ago`
}

/** The largest full unit: "8 detik", "12 menit", "3 jam", "2 hari". */
export function formatDuration(durationMs: number, language: Language): string {
  if (durationMs < MINUTE_MS) {
    return `${Math.floor(durationMs / SECOND_MS)} ${language === 'id' ? 'detik' : 's'}`
  }
  if (durationMs < HOUR_MS) {
    return `${Math.floor(durationMs / MINUTE_MS)} ${language === 'id' ? 'menit' : 'min'}`
  }
  if (durationMs < DAY_MS) {
    return `${Math.floor(durationMs / HOUR_MS)} ${language === 'id' ? 'jam' : 'h'}`
  }
  const days = Math.floor(durationMs / DAY_MS)
  if (language === 'id') return `${days} hari`
  return days === 1 ? '1 day' : `${days} days`
}

function dateFormat(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  let format = dateFormats.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: TIME_ZONE })
    dateFormats.set(key, format)
  }
  return format
}
