import { MAX_POSITION } from '../../shared/wire/frame.js'
import { quantityByKey } from '../../shared/wire/quantities.js'
import { NODE_NAME } from '../../shared/wire/topics.js'

/** Reads what was typed behind a command; whatever is wrong is one line for the person who typed it. */

export class UsageError extends Error {}

export function exactly<const Names extends readonly string[]>(
  args: string[],
  ...names: Names
): { [K in keyof Names]: string } {
  if (args.length !== names.length) {
    const expected = names.length === 0 ? 'nothing more' : names.join(' ')
    throw new UsageError(`expected ${expected}, got ${args.join(' ') || 'nothing'}`)
  }
  return args as { [K in keyof Names]: string }
}

export function nameOf(text: string): string {
  if (!NODE_NAME.test(text)) throw new UsageError(`${text}: a name is 3 to 32 of a-z, 0-9 and -`)
  return text
}

export function oneOf<T extends string>(words: readonly T[], option: string, text?: string): T {
  const found = words.find((word) => word === text)
  if (found === undefined) throw new UsageError(`${option} is one of ${words.join(', ')}`)
  return found
}

export function numberOf(what: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new UsageError(`${what} ${text}: expected a number`)
  }
  return value
}

export function timeOf(text: string): Date {
  const time = new Date(text)
  if (Number.isNaN(time.getTime()) || !/(Z|[-+]\d{2}:?\d{2})$/i.test(text)) {
    throw new UsageError(`--from ${text}: write it like 2026-07-01T00:00:00+07:00`)
  }
  return time
}

export function channelOf(text: string): { quantity: string; position: number } {
  const [quantity = '', place = '0', ...rest] = text.split('@')
  const position = Number(place)
  if (quantityByKey(quantity) === undefined) {
    throw new UsageError(`${text}: no quantity is called "${quantity}"`)
  }
  if (rest.length > 0 || !/^\d+$/.test(place) || position > MAX_POSITION) {
    throw new UsageError(`${text}: expected QUANTITY or QUANTITY@POSITION, 0 to ${MAX_POSITION}`)
  }
  return { quantity, position }
}
