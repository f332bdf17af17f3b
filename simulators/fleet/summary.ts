import { join } from 'node:path'
import { grouped } from '../terminal.js'
import type { Row } from './table.js'

/**
 * What became of it, in a few lines.
 * @param metrics of a service to which nobody else sends.
 */
export function summary(rows: readonly Row[], metrics: string | undefined, out: string): string[] {
  const sum = (of: (row: Row) => number) => grouped(rows.reduce((all, row) => all + of(row), 0))
  const readings = (outcome: string) => {
    const line = new RegExp(`^toba_readings\\{outcome="${outcome}"\\} (\\d+)`, 'm')
    return `${grouped(Number(line.exec(metrics ?? '')?.[1] ?? 0))} ${outcome}`
  }
  const service = ['stored', 'repeated', 'rejected'].map(readings).join(', ')
  return [
    '',
    `nodes         ${rows.length}, ${sum(({ ledger }) => ledger.samples)} samples taken`,
    `sent          ${sum(({ ledger }) => ledger.frames)} frames, ${sum(({ ledger }) => ledger.readings)} readings`,
    `acknowledged  ${sum(({ ledger }) => ledger.acknowledged)} frames`,
    ...(metrics === undefined ? [] : [`readings      ${service}`]),
    `truth         ${join(out, 'truth.csv')}`,
  ]
}
