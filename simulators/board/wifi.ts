import type { Due } from './clock.js'
import type { Life } from './life.js'
import type { Meter } from './meter.js'

export interface AccessPoint {
  readonly ssid: string
  readonly password: string
  /** dBm. */
  rssi: number
  /** Seen by the board, but what it asks is never answered: `connect` does not call back. */
  readonly isMute?: boolean
}

/** What can be heard around the board. */
export class Air {
  readonly #points = new Map<string, AccessPoint>()
  readonly #onChange = new Set<() => void>()

  add(point: AccessPoint): void {
    this.#points.set(point.ssid, point)
    for (const tell of this.#onChange) tell()
  }

  /** The access point is switched off. */
  remove(ssid: string): void {
    this.#points.delete(ssid)
    for (const tell of this.#onChange) tell()
  }

  find(ssid: string): AccessPoint | undefined {
    return this.#points.get(ssid)
  }

  onChange(tell: () => void): () => void {
    this.#onChange.add(tell)
    return () => this.#onChange.delete(tell)
  }
}

/** Scan and association, then DHCP; a wrong password shows only after the handshake was not answered. */
const ASSOCIATE_MS = 2_000
const DHCP_MS = 1_000
const HANDSHAKE_MS = 4_000
const BEACONS_LOST_MS = 6_000
/** `connect` tries again by itself before it says anything. */
const TRIES = 3

/** Reason codes and texts as the ESP32's driver gives them. */
const REASONS = {
  ASSOC_LEAVE: 8,
  '4WAY_HANDSHAKE_TIMEOUT': 15,
  BEACON_TIMEOUT: 200,
  NO_AP_FOUND: 201,
} as const
type Reason = keyof typeof REASONS

interface Station {
  ssid: string
  password: string
  done: unknown
  triesLeft: number
  state: 'off' | 'trying' | 'associated' | 'connected'
}

/** The station side of the Wifi library. Goes with its life; the radio is off when it begins. */
export class Wifi {
  readonly #life: Life
  readonly #air: Air
  readonly #radio: Meter
  readonly #station: Station = {
    ssid: '',
    password: '',
    done: undefined,
    triesLeft: 0,
    state: 'off',
  }
  #pending: Due | undefined
  #lastReason: Reason | undefined
  #onDisconnect: unknown
  readonly module: object

  constructor(life: Life, { air, radio }: { air: Air; radio: Meter }) {
    this.#life = life
    this.#air = air
    this.#radio = radio
    this.module = life.realm.object()
    this.#define()
    radio.set('wifi', false)
    life.onEnd(air.onChange(() => this.#listen()))
  }

  get isOnline(): boolean {
    return this.#station.state === 'connected' && this.#air.find(this.#station.ssid) !== undefined
  }

  /** Also while it searches: it draws its current and takes the second converter. */
  get isRadioOn(): boolean {
    return this.#station.state !== 'off'
  }

  #define(): void {
    const { realm } = this.#life
    this.#life.methods(this.module, {
      connect: (_self, ssid, options, done) => this.#connect(ssid, options, done),
      disconnect: (_self, done) => this.#disconnect(done),
      stopAP: (_self, done) => this.#life.queue(done, undefined, []),
      setConfig: () => undefined,
      getStatus: () => realm.object(this.#status()),
      getDetails: (_self, done) => {
        const details = realm.object(this.#details())
        this.#life.queue(done, undefined, [details])
        return details
      },
      getIP: (_self, done) => {
        const ip = realm.object(this.#ip())
        this.#life.queue(done, undefined, [null, ip])
        return ip
      },
      getHostname: () => 'espressif',
    })
  }

  #connect(ssid: unknown, options: unknown, done: unknown): void {
    if (typeof ssid !== 'string') this.#life.fail('No SSID provided')
    if (done !== undefined && typeof done !== 'function') {
      this.#life.fail(`Expecting Callback Function but got ${typeof done}`)
    }
    const { password = '' } = (options ?? {}) as { password?: unknown }
    if (typeof password !== 'string') {
      this.#life.fail(`Expecting options.password to be a string but got ${typeof password}`)
    }
    this.#onDisconnect = undefined
    Object.assign(this.#station, { ssid, password, done, triesLeft: TRIES, state: 'trying' })
    this.#radio.set('wifi', true)
    this.#try()
  }

  #try(): void {
    const point = this.#air.find(this.#station.ssid)
    if (point === undefined) {
      this.#in(ASSOCIATE_MS, () => this.#failed('NO_AP_FOUND'))
    } else if (point.password !== this.#station.password) {
      this.#in(HANDSHAKE_MS, () => this.#failed('4WAY_HANDSHAKE_TIMEOUT'))
    } else if (!point.isMute) {
      this.#in(ASSOCIATE_MS, () => {
        this.#station.state = 'associated'
        this.#emit('associated', { ssid: point.ssid, mac: '00:00:00:00:00:01', channel: '6' })
        this.#in(DHCP_MS, () => this.#gotAddress())
      })
    }
  }

  #gotAddress(): void {
    this.#station.state = 'connected'
    this.#complete(null)
    this.#emit('connected', { ip: '192.0.2.50', netmask: '255.255.255.0', gw: '192.0.2.1' })
  }

  #failed(reason: Reason): void {
    if (--this.#station.triesLeft > 0) {
      this.#try()
      return
    }
    this.#lastReason = reason
    this.#station.state = 'off'
    this.#radio.set('wifi', false)
    this.#life.queue(this.#onDisconnect, undefined, [])
    this.#onDisconnect = undefined
    this.#emit('disconnected', {
      ssid: this.#station.ssid,
      mac: '00:00:00:00:00:01',
      reason: String(REASONS[reason]),
      msg: reason,
    })
    this.#complete(reason)
  }

  /** Both the call itself and the event that follows call back, as on the real board. */
  #disconnect(done: unknown): void {
    this.#onDisconnect = done
    this.#station.triesLeft = 0
    this.#life.queue(done, undefined, [])
    if (this.isRadioOn) this.#in(0, () => this.#failed('ASSOC_LEAVE'))
  }

  /** The access point came or went. */
  #listen(): void {
    if (this.#isAssociated() && this.#air.find(this.#station.ssid) === undefined) {
      this.#in(BEACONS_LOST_MS, () => this.#failed('BEACON_TIMEOUT'))
    }
  }

  #complete(error: string | null): void {
    const { done } = this.#station
    this.#station.done = undefined
    this.#life.queue(done, undefined, [error])
  }

  #in(ms: number, act: () => void): void {
    this.#pending?.cancel()
    this.#pending = this.#life.after(ms, act)
  }

  #emit(event: string, details: Record<string, unknown>): void {
    this.#life.emit(this.module, event, [this.#life.realm.object(details)])
  }

  #isAssociated(): boolean {
    return this.#station.state === 'associated' || this.#station.state === 'connected'
  }

  #reason(): string {
    return this.#lastReason ?? 'Unknown reason'
  }

  /** There is no `rssi` here on ESP32: `getStatus` has it. */
  #details(): Record<string, unknown> {
    if (!this.#isAssociated()) return { status: this.#reason() }
    const { ssid, password } = this.#station
    return { ssid, password, status: 'connected', authMode: 'wpa2' }
  }

  #status(): Record<string, unknown> {
    const point = this.#air.find(this.#station.ssid)
    if (!this.#isAssociated()) return { station: this.#reason(), mode: 'off', powersave: 'modem' }
    return {
      station: 'connected',
      ssid: this.#station.ssid,
      bssid: '00:00:00:00:00:01',
      channel: 6,
      rssi: point?.rssi ?? 0,
      htMode: 'HT20',
      authMode: 'wpa2',
      mode: 'sta',
      powersave: 'modem',
    }
  }

  #ip(): Record<string, unknown> {
    const isConnected = this.#station.state === 'connected'
    return {
      ip: isConnected ? '192.0.2.50' : '0.0.0.0',
      netmask: isConnected ? '255.255.255.0' : '0.0.0.0',
      gw: isConnected ? '192.0.2.1' : '0.0.0.0',
      mac: '00:00:00:00:00:02',
    }
  }
}
