import { MAX_CHANNELS, MAX_POSITION } from '../../shared/wire/frame.js'
import { quantityByKey } from '../../shared/wire/quantities.js'

/**
 * Which column of a file is which quantity. Names that loggers commonly give are recognised when their unit
 * is beyond doubt; everything else is named to the user as not sent, and can be mapped by hand.
 */

export interface MappedColumn {
  /** Place in the row, from 0. */
  index: number
  header: string
  quantity: number
  position: number
  /** The file's number times this is the quantity's unit. */
  factor: number
}

export interface Columns {
  time: number
  mapped: MappedColumn[]
  /** Headers of the columns that are not sent. */
  ignored: string[]
}

export class ColumnError extends Error {}

const TIME_NAMES = ['datetime', 'date_time', 'timestamp', 'time', 'waktu', 'date', 'tanggal']

const ALIASES: Record<string, string> = {
  temp: 'water_temperature',
  temperature: 'water_temperature',
  water_temp: 'water_temperature',
  wtemp: 'water_temperature',
  suhu: 'water_temperature',
  suhu_air: 'water_temperature',
  do: 'dissolved_oxygen',
  odo: 'dissolved_oxygen',
  oxygen: 'dissolved_oxygen',
  oksigen: 'dissolved_oxygen',
  oksigen_terlarut: 'dissolved_oxygen',
  cond: 'conductivity_25',
  conductivity: 'conductivity_25',
  spcond: 'conductivity_25',
  specific_conductance: 'conductivity_25',
  ec: 'conductivity_25',
  dhl: 'conductivity_25',
  turb: 'turbidity',
  kekeruhan: 'turbidity',
  tds: 'total_dissolved_solids',
  tss: 'total_suspended_solids',
  orp: 'oxidation_reduction_potential',
  chla: 'chlorophyll_a',
  air_temp: 'air_temperature',
  suhu_udara: 'air_temperature',
  humidity: 'relative_humidity',
  rh: 'relative_humidity',
  pm25: 'pm2_5',
  pm_2_5: 'pm2_5',
  rain: 'rainfall',
  battery: 'battery_voltage',
  motorcycles: 'motorcycle_count',
  motorcycle: 'motorcycle_count',
  sepeda_motor: 'motorcycle_count',
  sm: 'motorcycle_count',
  mc: 'motorcycle_count',
  cars: 'light_vehicle_count',
  light_vehicles: 'light_vehicle_count',
  kendaraan_ringan: 'light_vehicle_count',
  kr: 'light_vehicle_count',
  lv: 'light_vehicle_count',
  heavy_vehicles: 'heavy_vehicle_count',
  kendaraan_berat: 'heavy_vehicle_count',
  kb: 'heavy_vehicle_count',
  hv: 'heavy_vehicle_count',
  kendaraan_tak_bermotor: 'non_motor_count',
  ktb: 'non_motor_count',
  um: 'non_motor_count',
  okupansi: 'occupancy',
  period: 'counting_period',
  periode: 'counting_period',
}

/** Names of speeds, which are recognised only when the header says km/h too: roads are measured in miles as well. */
const SPEEDS: Record<string, string> = {
  speed: 'mean_speed',
  mean_speed: 'mean_speed',
  kecepatan: 'mean_speed',
  v85: 'speed_v85',
  speed_v85: 'speed_v85',
}
const KM_H = /(?:km ?[/_]? ?(?:h|jam)|kph)(?![a-z])/i
const OTHER_SPEED = /mph|mi\/h|m\/s|knot/i

/** `lane 2 cars`, `kr_lajur_1`, `sm arah 2`: the number is the position on the node; 0 is the whole road. */
const LANE = /(?:^|_)(?:lane|lajur|direction|arah)_?(?<number>\d+)(?=_|$)/

/** `--map col=quantity[@position][*factor]`, `--map col=time` or `--map col=none`. */
const MAP =
  /^(?<header>.+)=(?<target>[a-z0-9_]+)(?:@(?<position>\d+))?(?:\*(?<factor>[-+.\deE]+))?$/

interface Mapping {
  header: string
  target: string
  position: number
  factor: number
}

/** @throws ColumnError naming the header or mapping that cannot be used. */
export function mapColumns(headers: readonly string[], maps: readonly string[]): Columns {
  const mappings = new Map(maps.map(parseMapping).map((mapping) => [mapping.header, mapping]))
  for (const { header } of mappings.values()) {
    if (!headers.includes(header)) {
      throw new ColumnError(
        `--map: the file has no column "${header}"; it has ${headers.join(', ')}`,
      )
    }
  }
  const time = timeColumn(headers, mappings)
  const mapped: MappedColumn[] = []
  const ignored: string[] = []
  for (const [index, header] of headers.entries()) {
    if (index === time) continue
    const column = mapOne(index, header, mappings.get(header))
    if (column === undefined) ignored.push(header)
    else mapped.push(column)
  }
  requireUsable(mapped, headers)
  return { time, mapped, ignored }
}

function parseMapping(text: string): Mapping {
  const { header, target, position, factor } = MAP.exec(text)?.groups ?? {}
  if (header === undefined || target === undefined) {
    throw new ColumnError(`--map "${text}": expected column=quantity[@position][*factor]`)
  }
  const mapping = { header, target, position: Number(position ?? 0), factor: Number(factor ?? 1) }
  if (!Number.isFinite(mapping.factor) || mapping.factor === 0) {
    throw new ColumnError(`--map "${text}": the factor is no number`)
  }
  if (mapping.position > MAX_POSITION) {
    throw new ColumnError(`--map "${text}": positions are 0 to ${MAX_POSITION}`)
  }
  if (!['time', 'none'].includes(target) && quantityByKey(target) === undefined) {
    throw new ColumnError(`--map "${text}": no quantity is called "${target}"`)
  }
  return mapping
}

function timeColumn(headers: readonly string[], mappings: Map<string, Mapping>): number {
  const mapped = headers.findIndex((header) => mappings.get(header)?.target === 'time')
  if (mapped >= 0) return mapped
  for (const name of TIME_NAMES) {
    const index = headers.findIndex((header) => plainName(header) === name)
    if (index >= 0) return index
  }
  throw new ColumnError(
    `no column looks like a time among ${headers.join(', ')}; name it with --map COLUMN=time`,
  )
}

function mapOne(index: number, header: string, mapping?: Mapping): MappedColumn | undefined {
  const { target, position, factor } = mapping ?? { target: '', factor: 1, ...recognise(header) }
  const quantity = quantityByKey(target)
  if (quantity === undefined || position === undefined) return undefined
  return { index, header, quantity: quantity.id, position, factor }
}

function recognise(header: string): { target: string; position: number } | undefined {
  const name = plainName(header)
  const lane = LANE.exec(name)
  if (lane === null) {
    const target = recogniseName(name, header)
    return target === undefined ? undefined : { target, position: 0 }
  }
  const position = Number(lane.groups?.number)
  const target = recogniseName(name.replace(LANE, '').replace(/^_/, ''), header)
  const isOfRoad = target !== undefined && quantityByKey(target)?.group === 'traffic'
  return isOfRoad && position <= MAX_POSITION ? { target, position } : undefined
}

function recogniseName(name: string, header: string): string | undefined {
  const speed = SPEEDS[name.replace(/_?km_?(?:h|jam)$|_?kph$/, '')]
  if (speed !== undefined) {
    // A key of the registry comes with its unit.
    const isKmPerH = KM_H.test(header) || (name === speed && !OTHER_SPEED.test(header))
    return isKmPerH ? speed : undefined
  }
  return ALIASES[name] ?? (quantityByKey(name) === undefined ? undefined : name)
}

/** `Temp (°C)` → `temp`: lower case, without a unit in brackets, words joined by one underscore. */
function plainName(header: string): string {
  return header
    .toLowerCase()
    .replace(/[([].*$/, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
}

/** @throws ColumnError unless a frame can carry these columns. */
export function requireUsable(mapped: readonly MappedColumn[], headers: readonly string[]): void {
  if (mapped.length === 0) {
    throw new ColumnError(
      `no column is known among ${headers.join(', ')}; name one with --map COLUMN=quantity`,
    )
  }
  if (mapped.length > MAX_CHANNELS) {
    throw new ColumnError(`a frame carries ${MAX_CHANNELS} channels; this maps ${mapped.length}`)
  }
  const seen = new Map<string, string>()
  for (const { quantity, position, header } of mapped) {
    const other = seen.get(`${quantity}@${position}`)
    if (other !== undefined) {
      throw new ColumnError(
        `columns "${other}" and "${header}" are the same quantity at the same position; ` +
          `use --map ${header}=quantity@1, or =none`,
      )
    }
    seen.set(`${quantity}@${position}`, header)
  }
}
