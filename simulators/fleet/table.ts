import { localTime } from '../../shared/science/local-time.js'
import { decimals, quantityByKey } from '../../shared/wire/quantities.js'
import { grouped } from '../terminal.js'
import type { WorldEvent } from '../world/events/event.js'
import type { WorldFault } from '../world/faults/fault.js'
import { STATION_KEYS } from '../world/sensors.js'
import type { WorldSite } from '../world/sites.js'
import type { NodeLedger } from './ledger.js'

/** What the terminal shows of a fleet. */

export interface Row {
  site: WorldSite
  name: string
  state: string
  ledger: NodeLedger
}

export interface Moment {
  nowMs: number
  startMs: number
  /** Virtual ms that the boards are behind the clock. */
  behindMs: number
  speed: number
}

export interface Happenings {
  events: readonly WorldEvent[]
  faults: readonly WorldFault[]
}

const LABELS: Readonly<Record<string, string>> = {
  water_temperature: '°C',
  ph: 'pH',
  dissolved_oxygen: 'mg/L',
  conductivity_25: 'µS/cm',
  turbidity: 'NTU',
  air_temperature: '°C',
  relative_humidity: '%',
  air_pressure: 'hPa',
  pm2_5: 'PM2.5',
  pm10: 'PM10',
  motorcycle_count: 'motorcycles',
  light_vehicle_count: 'light',
  heavy_vehicle_count: 'heavy',
  mean_speed: 'km/h',
}

/** The table, one line a node. */
export function table(rows: readonly Row[], happenings: Happenings, moment: Moment): string[] {
  return [
    headline(rows, moment),
    `${'site'.padEnd(6)}${'node'.padEnd(22)}${'state'.padEnd(10)}${'frames'.padStart(7)}${'acked'.padStart(7)}  sensed last`,
    ...rows.map(({ site, name, state, ledger }) => {
      const counts = `${grouped(ledger.frames).padStart(7)}${grouped(ledger.acknowledged).padStart(7)}`
      const now = happening(site, happenings, moment)
      const mark = now === '' ? '' : `[${now}] `
      return `${site.code.padEnd(6)}${name.padEnd(22)}${state.padEnd(10)}${counts}  ${mark}${values(site, ledger)}`
    }),
  ]
}

/** The same in one line. */
export function headline(rows: readonly Row[], moment: Moment): string {
  const sum = (count: (ledger: NodeLedger) => number) =>
    grouped(rows.reduce((total, { ledger }) => total + count(ledger), 0))
  const behindS = Math.round(moment.behindMs / 1000)
  return [
    `${localTime(moment.nowMs)} WIB, ${span(moment.nowMs - moment.startMs)} at ${moment.speed}×`,
    `${rows.length} nodes`,
    `${sum((ledger) => ledger.samples)} samples taken`,
    `${sum((ledger) => ledger.frames)} frames sent, ${sum((ledger) => ledger.acknowledged)} acknowledged`,
    ...(behindS > 10 ? [`${behindS} s BEHIND the clock`] : []),
  ].join(' · ')
}

export function span(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  return `${days > 0 ? `${days} d ` : ''}${hours} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** What is going on at a site, by name. */
function happening(site: WorldSite, { events, faults }: Happenings, moment: Moment): string {
  const elapsedH = (moment.nowMs - moment.startMs) / 3_600_000
  const isNow = (each: { afterS: number; durationS: number | undefined }, usualH: number) => {
    const sinceH = elapsedH - each.afterS / 3600
    return sinceH >= 0 && sinceH < (each.durationS === undefined ? usualH : each.durationS / 3600)
  }
  return [
    ...events
      .filter(({ kind, site: at }) =>
        at === undefined ? kind.kinds.includes(site.kind) : at.code === site.code,
      )
      .filter((event) => isNow(event, event.kind.durationH))
      .map(({ kind }) => kind.name),
    ...faults
      .filter(({ site: at }) => at.code === site.code)
      .filter((fault) => isNow(fault, fault.kind.durationH))
      .map(({ kind, quantity }) =>
        quantity === undefined ? kind.name : `${kind.name}:${quantity}`,
      ),
  ].join(', ')
}

function values(site: WorldSite, { latest }: NodeLedger): string {
  if (latest === undefined) return '–'
  return STATION_KEYS[site.kind]
    .filter((key) => LABELS[key] !== undefined)
    .map((key) => {
      const quantity = quantityByKey(key)
      const sensed = latest.values.get(key)?.[1]
      const text = typeof sensed === 'number' && quantity ? sensed.toFixed(decimals(quantity)) : '–'
      return `${text} ${LABELS[key]}`
    })
    .join('  ')
}

/** Draws over what it drew before. */
export class LiveTable {
  readonly #terminal: NodeJS.WriteStream
  #height = 0

  constructor(terminal: NodeJS.WriteStream) {
    this.#terminal = terminal
  }

  draw(lines: readonly string[]): void {
    const { columns = 80 } = this.#terminal
    const up = this.#height > 0 ? `\u001b[${this.#height}A` : ''
    const text = lines.map((line) => `${line.slice(0, columns - 1)}\u001b[K\n`).join('')
    this.#terminal.write(`${up}\r${text}`)
    this.#height = lines.length
  }
}
