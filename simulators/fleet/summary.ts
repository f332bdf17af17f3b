import { join } from 'node:path'
import { grouped } from '../terminal.js'
import type { Balance, Outcomes } from './balance.js'
import type { Usage } from './usage.js'

/** What became of it and what it took, in a few lines. */
export function summary(nodes: number, balance: Balance, usage: Usage, out: string): string[] {
  const { samples, frames, readings, acknowledged, service } = balance
  return [
    '',
    `nodes         ${nodes}, ${grouped(samples)} samples taken`,
    `sent          ${grouped(frames)} frames, ${grouped(readings)} readings`,
    `acknowledged  ${grouped(acknowledged)} frames`,
    ...(service === undefined ? [] : [`readings      ${outcomes(service.readings)}`]),
    `processor     ${took(usage, cores)}`,
    `memory        ${took(usage, megabytes)} at the most`,
    `truth         ${join(out, 'truth.csv')}`,
  ]
}

function outcomes({ stored, repeated, rejected }: Outcomes): string {
  return `${grouped(stored)} stored, ${grouped(repeated)} repeated, ${grouped(rejected)} rejected`
}

interface Share {
  cores: number
  bytes: number
}

function took({ fleetCores, fleetBytes, service }: Usage, text: (share: Share) => string): string {
  const fleet = text({ cores: fleetCores, bytes: fleetBytes })
  return service === undefined ? fleet : `${fleet} fleet, ${text(service)} service`
}

function cores({ cores }: Share): string {
  return `${Math.round(100 * cores)} % of one core`
}

function megabytes({ bytes }: Share): string {
  return `${Math.round(bytes / 1e6)} MB`
}
