import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import type { Sample } from '../../shared/wire/frame.js'
import { quantityById, toSteps } from '../../shared/wire/quantities.js'
import { sharedDataPath } from '../shared-data.js'

/** Recorded series of the shared data as samples in registry steps. Each function throws where its file is absent. */

/** Temperature, pH, oxygen, conductivity, turbidity. */
export const RIVER_CHANNELS = [1, 2, 3, 4, 5]

export interface Sizes {
  name: string
  /** Bytes of one sample and of twelve; some encodings have been measured for one of them only. */
  one: number | undefined
  twelve: number
}

/** The twelve samples of the comparison, and what other encodings need for them. */
export function payloadSizes(): { samples: Sample[]; neighbours: Sizes[] } {
  const file = JSON.parse(read('payload_sizes.json'))
  const samples = file._samples.map((row: Record<string, number>) => ({
    time: row.t,
    values: steps(RIVER_CHANNELS, [row.temp, row.ph, row.do, row.ec, row.turb]),
  }))
  const neighbours = Object.entries<Partial<Sizes>>(file).flatMap(([name, { one, twelve }]) =>
    name.startsWith('_') || twelve === undefined ? [] : [{ name, one, twelve }],
  )
  return { samples, neighbours }
}

/** The Logan River record's raw columns, sentinels as values, empty cells absent. */
export function riverRecord(): Sample[] {
  return rows('lro_mainstreet_2019-07-20_2019-08-31.csv')
    .map((row) => ({
      // The observatory's clock stays seven hours behind UTC.
      time: Date.parse(`${row.datetime?.replace(' ', 'T')}:00-07:00`) / 1000,
      values: steps(RIVER_CHANNELS, [row.temp, row.ph, row.do, row.cond, row.turb].map(cell)),
    }))
    .filter(({ values }) => values.some((value) => value !== null))
}

/** Speed and occupancy of a road detector, in the irregular times of the record. */
export function detectorRecords(): { name: string; quantity: number; samples: Sample[] }[] {
  const read = (file: string, quantity: number) => ({
    quantity,
    samples: rows(file).map((row) => ({
      time: Date.parse(`${row.timestamp?.replace(' ', 'T')}Z`) / 1000,
      values: steps([quantity], [cell(row.value)]),
    })),
  })
  return [
    { name: 'road speed, 1', ...read('nab_speed_6005.csv', 74) },
    { name: 'road occupancy, 1', ...read('nab_occupancy_6005.csv', 76) },
  ]
}

function steps(quantities: number[], values: (number | undefined)[]): (number | null)[] {
  return quantities.map((id, n) => {
    const quantity = quantityById(id)
    const value = values[n]
    if (quantity === undefined) throw new Error(`no quantity ${id}`)
    return value === undefined ? null : toSteps(quantity, value)
  })
}

function cell(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text)
}

function rows(name: string): Record<string, string | undefined>[] {
  return parse(read(name), { columns: true })
}

function read(name: string): string {
  const path = sharedDataPath(name)
  if (path === undefined) throw new Error(`../shared/data/${name} is not there`)
  return readFileSync(path, 'utf8')
}
