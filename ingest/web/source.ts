import type { Session } from '../../shared/schema/account.js'
import type { LiveReading } from '../../shared/schema/reading.js'
import * as api from './api.js'
import { type Cell, createCell } from './cell.js'
import { serviceNowMs, setServiceNow } from './clock.js'
import { connectLive, type Live, type LiveState } from './live.js'
import { applyReadings, buildPlaces, type Place } from './places.js'

/** Everything the page knows, and how it learns it: one load, then the live feed. */

export interface Known {
  places: readonly Place[]
  store: 'real' | 'simulated'
}

/** undefined: not loaded yet. */
export const known: Cell<Known | undefined> = createCell<Known | undefined>(undefined)
/** Of the last load; what was known before stays shown. */
export const loadFailure: Cell<api.ApiFailure | undefined> = createCell<api.ApiFailure | undefined>(
  undefined,
)
export const liveState: Cell<LiveState> = createCell<LiveState>('connecting')
export const session: Cell<Session | undefined> = createCell<Session | undefined>(undefined)
/** Ticks every second, so that ages do. */
export const nowMs: Cell<number> = createCell(serviceNowMs())
/** Readings as they arrive; a chart adds the ones of its series. */
export const arrivals: Cell<readonly LiveReading[]> = createCell<readonly LiveReading[]>([])
/** Counts reconnections: what was missed in between has to be asked for again. */
export const reconnections: Cell<number> = createCell(0)

/** New channels arrive in bursts (a node sends its first frame, or is being placed): ask once. */
const REFRESH_AFTER_MS = 2_000

let feed: Live | undefined
/** What has arrived since a load began; its answer may be older. undefined: none is on its way. */
let missed: LiveReading[] | undefined
let refreshTimer: ReturnType<typeof setTimeout> | undefined

export function start(): void {
  setInterval(() => nowMs.set(serviceNowMs()), 1000)
  feed = connectLive({
    open: () => new EventSource(api.LIVE_URL),
    types: ['hello', 'readings', 'heartbeat'],
    onEvent,
    onState(state) {
      const before = liveState.get()
      liveState.set(state)
      if (state !== 'live' || before !== 'lost') return
      reconnections.set(reconnections.get() + 1)
      void load()
    },
    timers: {
      set: (run, delayMs) => setTimeout(run, delayMs),
      clear: (handle) => clearTimeout(handle as number | undefined),
    },
    random: Math.random,
  })
  // After the feed is opened, so that nothing falls between the answer and the first event.
  void load()
  void loadSession()
  addEventListener('offline', () => feed?.lose())
  addEventListener('online', () => feed?.retry())
}

export function reconnect(): void {
  feed?.retry()
}

export async function load(): Promise<void> {
  missed = []
  try {
    const [sites, latest] = await Promise.all([api.getSites(), api.getLatest()])
    setServiceNow(sites.now)
    nowMs.set(serviceNowMs())
    const unplaced = latest.latest.filter((one) => one.site === null)
    const { places } = applyReadings(buildPlaces(sites.sites, unplaced), missed ?? [])
    known.set({ places, store: sites.store })
    loadFailure.set(undefined)
  } catch (error) {
    loadFailure.set(asFailure(error))
  } finally {
    missed = undefined
  }
}

/** Somebody has signed in, and may see more than the public. */
export function enter(opened: Session): void {
  session.set(opened)
  void load()
}

/** Nobody is signed in any more, whatever the service answers: the session says so. */
export async function leave(): Promise<void> {
  await api.signOut(session.get()?.csrf ?? null).catch(() => undefined)
  await Promise.all([loadSession(), load()])
}

export async function loadSession(): Promise<void> {
  try {
    session.set(await api.getSession())
  } catch {
    // The list says that the service is away; who is signed in is asked again with the next sign-in.
  }
}

export function asFailure(error: unknown): api.ApiFailure {
  return error instanceof api.ApiFailure ? error : new api.ApiFailure(0, String(error))
}

function onEvent(type: string, data: unknown): void {
  if (type === 'readings') {
    receive(data as LiveReading[])
  } else if (typeof data === 'object' && data !== null && 'now' in data) {
    setServiceNow(String(data.now))
  }
}

function receive(readings: readonly LiveReading[]): void {
  arrivals.set(readings)
  missed?.push(...readings)
  const before = known.get()
  if (before === undefined) return
  const { places, unknown } = applyReadings(before.places, readings)
  known.set({ ...before, places })
  if (!unknown) return
  clearTimeout(refreshTimer)
  refreshTimer = setTimeout(() => void load(), REFRESH_AFTER_MS)
}
