/**
 * QARTOD flags and the reasons behind them (QARTOD manual, "flag scheme"; 9, missing, is never stored).
 * The numbers are stored: a bit is never given another meaning.
 */

export const FLAGS = [1, 2, 3, 4] as const
export type Flag = (typeof FLAGS)[number]

export function isFlag(flag: number): flag is Flag {
  return flag === 1 || flag === 2 || flag === 3 || flag === 4
}

/** Bits of the column `why`. */
export const WHY = {
  range: 1,
  gross: 2,
  spike: 4,
  rate: 8,
  flat: 16,
  climatology: 32,
  neighbour: 64,
  clock: 128,
  maintenance: 256,
  manual: 512,
  /** It would need more correction for fouling and drift than is allowed. */
  drift: 1024,
} as const

export type WhyWord = keyof typeof WHY

export const WHY_WORDS: readonly WhyWord[] = [
  'range',
  'gross',
  'spike',
  'rate',
  'flat',
  'climatology',
  'neighbour',
  'clock',
  'maintenance',
  'manual',
  'drift',
]

/** The words of a mask, in the order of their bits. */
export function whyWords(why: number): WhyWord[] {
  return why === 0 ? [] : WHY_WORDS.filter((word) => (why & WHY[word]) !== 0)
}

export function whyMask(words: readonly WhyWord[]): number {
  return words.reduce((mask, word) => mask | WHY[word], 0)
}

/** What a flag is called towards people. */
export const FLAG_TEXT: Record<Flag, { id: string; en: string }> = {
  1: { id: 'baik', en: 'good' },
  2: { id: 'belum diperiksa', en: 'not evaluated' },
  3: { id: 'diragukan', en: 'suspect' },
  4: { id: 'gagal', en: 'fail' },
}
