import { setTimeout as pause } from 'node:timers/promises'
import { latestAnswerSchema } from '../../shared/schema/api.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import type { Sample } from '../../shared/wire/frame.js'
import { ensureStation } from '../ensure-station.js'
import { type Acknowledgement, LightNode } from '../light-node.js'
import type { ServiceClient } from '../service-client.js'
import { channelsAt, sampleAt } from '../world/samples.js'
import { WORLD_SITES, type WorldSite } from '../world/sites.js'
import { createWorld } from '../world/world.js'

/** A site of the simulated world with its node. */
export interface Station {
  site: WorldSite
  node: LightNode
  boot: number
  /** Number of the next frame. */
  seq: number
  /** Unix seconds of the latest sample that the store holds; undefined before the first. */
  latest: number | undefined
}

const world = createWorld({
  seed: 20_261_124,
  startMs: 0,
  sites: WORLD_SITES,
  events: [],
  faults: [],
})
const HISTORY_S = 24 * 3600
const HISTORY_STEP_S = 300
const LIVE_STEP_S = 10
const SAMPLES_PER_FRAME = 12
const IN_FLIGHT = 8

export interface StationOptions {
  /** Of the broker, on this machine. */
  port: number
  boot: number
  nowS: number
}

/** Makes sure that all sites, nodes and placements exist. The nodes are ready, not started. */
export async function prepareStations(
  service: ServiceClient,
  { port, boot, nowS }: StationOptions,
): Promise<Station[]> {
  const latest = await latestTimes(service)
  const stations: Station[] = []
  for (const site of WORLD_SITES) {
    const nodeName = `${site.name}-1`
    const from = new Date((nowS - HISTORY_S) * 1000)
    const { secret } = await ensureStation(service, site, { node: nodeName, from })
    const broker = { host: '127.0.0.1', port, inFlight: IN_FLIGHT }
    const node = new LightNode({ name: nodeName, secret, ...broker })
    stations.push({ site, node, boot, seq: 0, latest: latest.get(nodeName) })
  }
  return stations
}

/** One promise a frame: of the last day, or of the time since the demo stopped. */
export function sendHistory(
  stations: readonly Station[],
  nowS: number,
): Promise<Acknowledgement>[] {
  return stations.flatMap((station) => {
    const after = Math.max(nowS - HISTORY_S, station.latest ?? 0)
    const times: number[] = []
    const first = (Math.floor(after / HISTORY_STEP_S) + 1) * HISTORY_STEP_S
    for (let time = first; time <= nowS; time += HISTORY_STEP_S) times.push(time)
    const frames: Promise<Acknowledgement>[] = []
    for (let index = 0; index < times.length; index += SAMPLES_PER_FRAME) {
      const part = times.slice(index, index + SAMPLES_PER_FRAME)
      frames.push(send(station, part, HISTORY_STEP_S))
    }
    return frames
  })
}

/** Sends a sample of every station on each multiple of ten seconds, until the signal. */
export async function sendLive(
  stations: readonly Station[],
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const stepMs = LIVE_STEP_S * 1000
    await pause(stepMs - (now() % stepMs), undefined, { signal }).catch(() => {}) // woken by the signal
    if (signal.aborted) return
    const timeS = Math.round(now() / stepMs) * LIVE_STEP_S
    for (const station of stations) {
      // A timer may fire a millisecond early, and then once more.
      if ((station.latest ?? 0) >= timeS) continue
      // The node keeps it until it is acknowledged; only stopping the demo takes it back.
      send(station, [timeS], LIVE_STEP_S).catch(() => {})
    }
  }
}

function send(
  station: Station,
  times: readonly number[],
  periodS: number,
): Promise<Acknowledgement> {
  const samples: Sample[] = times.map((time) =>
    sampleAt(world, station.site, { timeS: time, periodS }),
  )
  station.latest = times.at(-1)
  const { boot, seq } = station
  station.seq++
  const channels = channelsAt(station.site)
  return station.node.publish(encodeFrame({ boot, seq, undated: false, channels, samples }))
}

async function latestTimes(service: ServiceClient): Promise<Map<string, number>> {
  const times = new Map<string, number>()
  const { latest } = await service.get('/api/v1/latest', latestAnswerSchema)
  for (const { node, time } of latest) {
    times.set(node, Math.max(times.get(node) ?? 0, Date.parse(time) / 1000))
  }
  return times
}
