import type { Text } from '../result.js'
import type { Bound } from '../water/limit.js'

/**
 * What a laboratory writes as a result: `0,012`, `0.012`, `< 0,01`, `>1600`. A limit stays a limit: nothing here
 * becomes a number that nobody found.
 */

export interface ReadResult {
  /** A plain decimal with a point, perhaps with an exponent. */
  digits: string
  bound: Bound | null
}

export type DecimalMark = ',' | '.'

/** What a cell says, or what is wrong with it. */
export type Read<T> = { value: T } | { error: Text }

const NO_NUMBER: Text = { id: 'bukan angka', en: 'not a number' }
const TWO_READINGS: Text = {
  id: 'dapat berarti ribuan atau desimal; tulis tanpa titik ribuan, atau dengan angka 0 di belakang',
  en: 'may be thousands or decimals; write it without a mark, or with another 0 at its end',
}

/** 1.600: sixteen hundred to one laboratory, one and a bit to another. */
const AMBIGUOUS = /^[1-9]\d{0,2}[.,]\d{3}$/

/** The decimal mark of a file, by those of its results that leave no doubt; undefined where they do not agree. */
export function decimalMarkOf(results: Iterable<string>): DecimalMark | undefined {
  const marks = new Set<DecimalMark>()
  for (const text of results) {
    const mark = evidentMark(split(text).number)
    if (mark !== undefined) marks.add(mark)
  }
  const [mark] = marks
  return marks.size === 1 ? mark : undefined
}

/** @param fileMark decides where the text itself does not */
export function readResult(text: string, fileMark: DecimalMark | undefined): Read<ReadResult> {
  const { bound, number, exponent } = split(text)
  const mark = evidentMark(number) ?? fileMark
  if (AMBIGUOUS.test(number) && mark === undefined) return { error: TWO_READINGS }
  const grouping = mark === ',' ? '.' : ','
  const plain = isGrouped(number, grouping) ? number.replaceAll(grouping, '') : number
  const digits = mark === ',' ? plain.replace(',', '.') : plain
  if (!/^-?(?:\d+(?:\.\d+)?|\.\d+)$/.test(digits)) return { error: NO_NUMBER }
  return { value: { digits: digits + exponent, bound } }
}

function split(text: string): { bound: Bound | null; number: string; exponent: string } {
  const [, sign = '', number = '', exponent = ''] =
    /^([<>≤≥]?)(.*?)(e[+-]?\d{1,2})?$/i.exec(text.replaceAll(/\s/g, '')) ?? []
  const bound = sign === '' ? null : '<≤'.includes(sign) ? 'below' : 'above'
  return { bound, number, exponent }
}

function evidentMark(number: string): DecimalMark | undefined {
  if (AMBIGUOUS.test(number)) return undefined
  const marks = number.replaceAll(/[^.,]/g, '')
  const last = marks.at(-1)
  if (last !== '.' && last !== ',') return undefined
  // The same mark twice groups thousands, and the other one is decimal.
  if (marks.length > 1 && marks[0] === last) return last === ',' ? '.' : ','
  return last
}

function isGrouped(number: string, grouping: DecimalMark): boolean {
  const [whole = ''] = number.split(grouping === '.' ? ',' : '.')
  const groups = whole.replace('-', '').split(grouping)
  return (
    /^[1-9]\d{0,2}$/.test(groups[0] ?? '') &&
    groups.slice(1).every((group) => /^\d{3}$/.test(group))
  )
}
