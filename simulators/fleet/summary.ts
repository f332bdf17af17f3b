import { join } from 'node:path'
import type { ServiceClient } from '../service-client.js'
import { grouped } from '../terminal.js'
import type { Row } from './table.js'

/** What became of it, in a few lines. */
export async function summary(
  rows: readonly Row[],
  client: ServiceClient,
  { out }: { out: string },
): Promise<string[]> {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0)
  const [frames, acknowledged] = [
    sum(({ ledger }) => ledger.frames),
    sum(({ ledger }) => ledger.acknowledged),
  ]
  const told = await client.text('/metrics')
  const outcome = (name: string) =>
    grouped(
      Number(new RegExp(`^toba_readings\\{outcome="${name}"\\} (\\d+)`, 'm').exec(told)?.[1] ?? 0),
    )
  return [
    '',
    `nodes         ${rows.length}, ${grouped(sum(({ ledger }) => ledger.samples))} samples taken`,
    `sent          ${grouped(frames)} frames, ${grouped(sum(({ ledger }) => ledger.readings))} readings`,
    `acknowledged  ${grouped(acknowledged)} frames`,
    `service       ${outcome('stored')} readings stored, ${outcome('repeated')} repeated, ${outcome('rejected')} rejected`,
    `truth         ${join(out, 'truth.csv')}`,
  ]
}
