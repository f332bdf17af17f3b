import type { FramesAnswer } from '../../shared/schema/api.js'
import type { Flag, WhyWord } from '../../shared/schema/flags.js'
import type { Bucket, Latest, Point, ReadingsAnswer } from '../../shared/schema/reading.js'
import type { SiteWithLatest } from '../../shared/schema/site.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { fromSteps, quantityByKey, toSteps } from '../../shared/wire/quantities.js'

/** A small Toba for the page's tests: every state that a list can show, from arithmetic alone. */

const HOUR_MS = 3_600_000
const INTERVAL_MS = 300_000

interface Channel {
  quantity: string
  node: string
  position?: number
  depthM?: number
  mean: number
  swing: number
  /** age of the latest value */
  ageS: number
  flag?: Flag
  why?: WhyWord[]
  latest?: number
}

interface MockSite {
  name: string
  title: string
  kind: SiteWithLatest['kind']
  longitude: number
  latitude: number
  channels: Channel[]
}

const lake = (
  node: string,
  ageS: number,
  changes: Partial<Record<string, Partial<Channel>>> = {},
) =>
  [
    { quantity: 'water_temperature', mean: 25.9, swing: 0.55 },
    { quantity: 'dissolved_oxygen', mean: 6.9, swing: 0.4 },
    { quantity: 'ph', mean: 7.9, swing: 0.12 },
    { quantity: 'conductivity_25', mean: 168, swing: 2 },
    { quantity: 'turbidity', mean: 1.4, swing: 0.4 },
    { quantity: 'battery_voltage', mean: 3.92, swing: 0.1 },
    { quantity: 'rssi', mean: -67, swing: 4 },
  ].map((channel): Channel => ({ node, ageS, ...channel, ...changes[channel.quantity] }))

export const SITES: readonly MockSite[] = [
  {
    name: 'balige',
    title: 'Balige (Lumban Silintong)',
    kind: 'lake',
    longitude: 99.06,
    latitude: 2.3535,
    channels: lake('balige-1', 12),
  },
  {
    name: 'meat',
    title: 'Meat / Tampahan',
    kind: 'lake',
    longitude: 98.99,
    latitude: 2.352,
    channels: lake('meat-1', 34, {
      dissolved_oxygen: { flag: 3, why: ['spike'], latest: 3.41 },
      turbidity: { flag: 4, why: ['range'], latest: -9999 },
    }),
  },
  {
    name: 'porsea',
    title: 'Porsea (Parparean)',
    kind: 'lake',
    longitude: 99.124,
    latitude: 2.413,
    channels: lake('porsea-1', 3 * 3600 + 240),
  },
  {
    name: 'tengah',
    title: 'Tengah danau (cekungan selatan)',
    kind: 'lake',
    longitude: 98.99,
    latitude: 2.43,
    channels: [0.5, 10, 30].map((depthM, position) => ({
      quantity: 'water_temperature',
      node: 'rantai-1',
      position,
      depthM,
      mean: 26 - position,
      swing: 0.4 - position * 0.1,
      ageS: position === 2 ? 4000 : 95,
      flag: 1 as const,
    })),
  },
  {
    name: 'balige-udara',
    title: 'Balige kota',
    kind: 'air',
    longitude: 99.064,
    latitude: 2.333,
    channels: [
      { quantity: 'pm2_5', node: 'udara-1', mean: 18.4, swing: 9, ageS: 41 },
      { quantity: 'air_temperature', node: 'udara-1', mean: 24.1, swing: 4, ageS: 41 },
      { quantity: 'relative_humidity', node: 'udara-1', mean: 78, swing: 14, ageS: 41 },
      { quantity: 'rainfall', node: 'udara-1', mean: 0.4, swing: 0.4, ageS: 41 },
      { quantity: 'wind_direction', node: 'udara-1', mean: 180, swing: 120, ageS: 41 },
    ],
  },
  {
    name: 'jalinsum-balige',
    title: 'Jalinsum Balige (Jl. Sisingamangaraja)',
    kind: 'road',
    longitude: 99.067,
    latitude: 2.3325,
    channels: [
      { quantity: 'motorcycle_count', node: 'jalan-1', mean: 52, swing: 40, ageS: 118 },
      { quantity: 'light_vehicle_count', node: 'jalan-1', mean: 31, swing: 22, ageS: 118 },
      { quantity: 'mean_speed', node: 'jalan-1', mean: 34, swing: 9, ageS: 118 },
    ],
  },
  {
    name: 'sigapiton',
    title: 'Sigapiton',
    kind: 'lake',
    longitude: 98.926,
    latitude: 2.59,
    channels: [],
  },
]

/** A node that sends and stands nowhere yet. */
export const UNPLACED: readonly Channel[] = [
  { quantity: 'water_temperature', node: 'ajibata-2', mean: 25.2, swing: 0.5, ageS: 7 },
]

export function siteAnswers(nowMs: number, isSimulated: boolean): SiteWithLatest[] {
  return SITES.map((site) => ({
    name: site.name,
    title: site.title,
    kind: site.kind,
    longitude: site.longitude,
    latitude: site.latitude,
    elevationM: 905,
    waterClass: site.kind === 'lake' ? 'I' : null,
    road: null,
    owner: 'DLH Kabupaten Toba',
    createdAt: '2026-01-05T02:00:00Z',
    retiredAt: null,
    latest: site.channels.map((channel) => latestOf(channel, site.name, nowMs, isSimulated)),
  }))
}

export function latestOf(
  channel: Channel,
  site: string | null,
  nowMs: number,
  isSimulated: boolean,
): Latest {
  const timeMs = Math.floor(nowMs / 1000) * 1000 - channel.ageS * 1000
  return {
    site,
    node: channel.node,
    simulated: isSimulated || channel.node === 'porsea-1',
    quantity: channel.quantity,
    position: channel.position ?? 0,
    depthM: channel.depthM ?? null,
    directionDeg: null,
    time: iso(timeMs),
    receivedAt: iso(timeMs + 1400),
    ageS: channel.ageS,
    value: channel.latest ?? valueAt(channel, timeMs),
    unit: quantityOf(channel.quantity).ucum,
    flag: channel.flag ?? 2,
    why: channel.why ?? [],
  }
}

/** A day's swing with a ripple on it, on the grid of the quantity's steps. */
function valueAt(channel: Channel, timeMs: number): number {
  const quantity = quantityOf(channel.quantity)
  const day = Math.sin(((timeMs / HOUR_MS + 7 - 9) / 24) * 2 * Math.PI)
  const ripple = Math.sin(timeMs / 700_000) * 0.12 + Math.sin(timeMs / 97_000) * 0.08
  return fromSteps(quantity, toSteps(quantity, channel.mean + channel.swing * (day + ripple)))
}

/** A series with everything that a chart must tell apart: a gap, suspect values, failed values. */
export function readingsAnswer(
  query: URLSearchParams,
  nowMs: number,
  isSimulated: boolean,
): ReadingsAnswer {
  const place = query.get('site') ?? query.get('node')
  const fromMs = Date.parse(query.get('from') ?? '')
  const channels =
    place === 'ajibata-2' ? UNPLACED : SITES.find((site) => site.name === place)?.channels
  const channel = channels?.find(
    (one) =>
      one.quantity === query.get('quantity') &&
      (one.position ?? 0) === Number(query.get('position') ?? 0),
  )
  const isLong = nowMs - fromMs > 25 * HOUR_MS && query.get('resolution') !== 'raw'
  const answer = {
    store: isSimulated ? ('simulated' as const) : ('real' as const),
    from: iso(fromMs),
    to: iso(nowMs),
  }
  if (channel === undefined) return { ...answer, resolution: 'raw', series: [] }
  const points = pointsOf(channel, fromMs, nowMs)
  const latest = latestOf(channel, place, nowMs, isSimulated)
  return {
    ...answer,
    resolution: isLong ? 'hour' : 'raw',
    series: [
      {
        site: latest.site,
        node: latest.node,
        simulated: latest.simulated,
        quantity: latest.quantity,
        position: latest.position,
        depthM: latest.depthM,
        directionDeg: latest.directionDeg,
        unit: latest.unit,
        summary: quantityOf(channel.quantity).summary,
        ...(isLong ? { buckets: bucketsOf(points) } : { readings: points }),
      },
    ],
  }
}

function pointsOf(channel: Channel, fromMs: number, nowMs: number): Point[] {
  const lastMs = nowMs - channel.ageS * 1000
  const points: Point[] = []
  for (
    let timeMs = Math.ceil(fromMs / INTERVAL_MS) * INTERVAL_MS;
    timeMs < lastMs;
    timeMs += INTERVAL_MS
  ) {
    const behindH = (lastMs - timeMs) / HOUR_MS
    if (behindH % 24 > 9 && behindH % 24 < 11.5) continue
    const value = valueAt(channel, timeMs)
    if (channel.mean > 0 && Math.round(behindH * 12) % 137 === 60) {
      points.push(point(timeMs, value + channel.swing * 1.4, 3, ['spike']))
    } else if (Math.round(behindH * 12) % 150 === 100) {
      points.push(point(timeMs, -9999, 4, ['range']))
    } else {
      points.push(point(timeMs, value, channel.flag === 1 ? 1 : 2, []))
    }
  }
  const { value, flag, why } = latestOf(channel, null, nowMs, false)
  points.push(point(Math.floor(lastMs / 1000) * 1000, value, flag, why))
  return points
}

function point(timeMs: number, value: number, flag: Flag, why: WhyWord[]): Point {
  return { time: iso(timeMs), value: Math.round(value * 1000) / 1000, flag, why }
}

function bucketsOf(points: readonly Point[]): Bucket[] {
  const hours = new Map<number, Point[]>()
  for (const one of points) {
    const hour = Math.floor(Date.parse(one.time) / HOUR_MS) * HOUR_MS
    hours.set(hour, [...(hours.get(hour) ?? []), one])
  }
  return [...hours].map(([hour, inside]) => {
    const used = inside.filter((one) => one.flag <= 2).map((one) => one.value)
    const suspect = inside.filter((one) => one.flag === 3).map((one) => one.value)
    const mean = used.reduce((sum, value) => sum + value, 0) / used.length
    return {
      time: iso(hour),
      value: used.length === 0 ? null : mean,
      min: used.length === 0 ? null : Math.min(...used),
      max: used.length === 0 ? null : Math.max(...used),
      suspectMin: suspect.length === 0 ? null : Math.min(...suspect),
      suspectMax: suspect.length === 0 ? null : Math.max(...suspect),
      nAll: inside.length,
      nGood: inside.filter((one) => one.flag === 1).length,
      nUsed: used.length,
      nSuspect: suspect.length,
    }
  })
}

/** One real frame: the bytes are encoded by the project's own codec. */
export function framesAnswer(query: URLSearchParams): FramesAnswer {
  const node = query.get('node') ?? ''
  const timeMs = Date.parse(query.get('time') ?? '')
  const channels = [...SITES.flatMap((site) => site.channels), ...UNPLACED]
    .filter((one) => one.node === node)
    .sort((a, b) => quantityOf(a.quantity).id - quantityOf(b.quantity).id)
  if (channels.length === 0) return { frames: [] }
  const times = [3, 2, 1, 0].map((before) => timeMs - before * INTERVAL_MS)
  const values = times.map((at) => channels.map((channel) => valueAt(channel, at)))
  const bytes = encodeFrame({
    boot: 7,
    seq: 1204,
    undated: false,
    channels: channels.map((one) => ({
      quantity: quantityOf(one.quantity).id,
      position: one.position ?? 0,
    })),
    samples: times.map((at, row) => ({
      time: at / 1000,
      values: channels.map((one, column) =>
        toSteps(quantityOf(one.quantity), values[row]?.[column] ?? 0),
      ),
    })),
  })
  return {
    frames: [
      {
        node,
        receivedAt: iso(timeMs + 1400),
        boot: 7,
        seq: 1204,
        first: iso(times[0] ?? timeMs),
        last: iso(timeMs),
        sizeBytes: bytes.length,
        hex: Buffer.from(bytes).toString('hex'),
        error: null,
        decoded: {
          boot: 7,
          seq: 1204,
          undated: false,
          trailer: null,
          channels: channels.map((one) => ({
            quantity: one.quantity,
            position: one.position ?? 0,
            unit: quantityOf(one.quantity).ucum,
          })),
          samples: times.map((at, row) => ({
            time: iso(at),
            uptimeS: null,
            values: values[row] ?? [],
          })),
        },
      },
    ],
  }
}

export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

function quantityOf(key: string) {
  const quantity = quantityByKey(key)
  if (quantity === undefined) throw new Error(`no quantity ${key}`)
  return quantity
}
