import { hide } from './language.js'
import { type Life, toInt } from './life.js'
import { Meter } from './meter.js'
import { nextId } from './time.js'

const PINS = 40
/** ADC 1: the other one is taken while the radio is on. */
const FIRST_ADC1_PIN = 32
const ADC2_PINS = [0, 2, 4, 12, 13, 14, 15, 25, 26, 27]
const ADC_STEPS = 4096

interface PinState {
  mode: string
  /** What the board puts out. */
  output: boolean
  /** What the world puts on it, undefined where it is left alone. */
  driven: boolean | undefined
  /** 0 to 1 of the converter's range. */
  analog: number
  level: boolean
  readonly watchers: Set<(level: boolean) => void>
  readonly high: Meter
}

/** The pins of an ESP32 and what is wired to them. */
export class Pins {
  readonly #pins: PinState[]

  constructor(nowMs: () => number) {
    this.#pins = Array.from({ length: PINS }, () => ({
      mode: 'input',
      output: false,
      driven: undefined,
      analog: 0,
      level: false,
      watchers: new Set<(level: boolean) => void>(),
      high: new Meter(nowMs),
    }))
  }

  level(pin: number): boolean {
    return this.#pin(pin).level
  }

  /** Seconds for which the pin was high: what it switches was powered. */
  highSeconds(pin: number): number {
    return this.#pin(pin).high.seconds
  }

  onChange(pin: number, watcher: (level: boolean) => void): () => void {
    const { watchers } = this.#pin(pin)
    watchers.add(watcher)
    return () => watchers.delete(watcher)
  }

  /** The world drives the pin, or lets go of it. */
  drive(pin: number, level: boolean | undefined): void {
    this.#pin(pin).driven = level
    this.#settle(pin)
  }

  setAnalog(pin: number, fraction: number): void {
    this.#pin(pin).analog = fraction
  }

  analog(pin: number): number {
    const steps = Math.floor(this.#pin(pin).analog * ADC_STEPS)
    return Math.min(Math.max(steps, 0), ADC_STEPS - 1) / ADC_STEPS
  }

  mode(pin: number): string {
    return this.#pin(pin).mode
  }

  setMode(pin: number, mode: string): void {
    this.#pin(pin).mode = mode
    this.#settle(pin)
  }

  write(pin: number, level: boolean): void {
    const state = this.#pin(pin)
    if (state.mode !== 'opendrain') state.mode = 'output'
    state.output = level
    this.#settle(pin)
  }

  /** As at every reset, and in deep sleep: nothing is put out any more. */
  release(): void {
    this.#pins.forEach((state, pin) => {
      state.mode = 'input'
      state.output = false
      this.#settle(pin)
    })
  }

  #settle(pin: number): void {
    const state = this.#pin(pin)
    const level = levelOf(state)
    if (level === state.level) return
    state.level = level
    state.high.set('pin', level)
    for (const watcher of [...state.watchers]) watcher(level)
  }

  #pin(pin: number): PinState {
    const state = this.#pins[pin]
    if (state === undefined) throw new RangeError(`there is no pin ${pin}`)
    return state
  }
}

function levelOf({ mode, output, driven }: PinState): boolean {
  if (mode === 'output') return output
  if (mode === 'opendrain') return output && (driven ?? true)
  return driven ?? mode === 'input_pullup'
}

/** `D0` … `D39` as the firmware has them; gives the pin behind a value. */
export function installPins(life: Life, pins: Pins, isRadioOn: () => boolean): PinOf {
  const { realm } = life
  const numbers = new Map<unknown, number>()
  const Pin = realm.run('(function Pin() {})', 'pin') as { prototype: object }
  hide(realm.globals, 'Pin', Pin)

  const pinOf: PinOf = (value) => {
    const pin = numbers.get(value) ?? numbers.get(realm.globals[`D${Number(value)}`])
    return pin ?? life.fail('Invalid pin')
  }
  const read = (value: unknown): boolean => {
    const pin = pinOf(value)
    if (pins.mode(pin) === 'analog') pins.setMode(pin, 'input')
    return pins.level(pin)
  }
  const analogRead = (value: unknown) => {
    const pin = pinOf(value)
    if (pin < FIRST_ADC1_PIN && (!ADC2_PINS.includes(pin) || isRadioOn())) return Number.NaN
    pins.setMode(pin, 'analog')
    return pins.analog(pin)
  }

  life.methods(Pin.prototype, {
    read: (self) => read(self),
    write: (self, level) => pins.write(pinOf(self), Boolean(level)),
    set: (self) => pins.write(pinOf(self), true),
    reset: (self) => pins.write(pinOf(self), false),
    toggle: (self) => {
      pins.write(pinOf(self), !pins.level(pinOf(self)))
      return pins.level(pinOf(self))
    },
    mode: (self, mode) => pins.setMode(pinOf(self), String(mode ?? 'auto')),
    getMode: (self) => pins.mode(pinOf(self)),
    analog: (self) => analogRead(self),
    toString: (self: object) => `D${pinOf(self)}`,
    valueOf: (self: object) => pinOf(self),
  })
  for (let pin = 0; pin < PINS; pin++) {
    const object = realm.object()
    Object.setPrototypeOf(object, Pin.prototype)
    numbers.set(object, pin)
    hide(realm.globals, `D${pin}`, object)
  }
  life.functions(realm.globals, {
    digitalRead: (pin) => Number(read(pin)),
    digitalWrite: (pin, level) => pins.write(pinOf(pin), Boolean(level)),
    pinMode: (pin, mode) => pins.setMode(pinOf(pin), String(mode)),
    getPinMode: (pin) => pins.mode(pinOf(pin)),
    analogRead,
    digitalPulse: (pin, level, ms) => {
      pins.write(pinOf(pin), Boolean(level))
      life.after(Number(ms), () => pins.write(pinOf(pin), !level))
    },
  })
  return pinOf
}

export type PinOf = (value: unknown) => number

interface Watch {
  readonly pin: number
  readonly callback: unknown
  readonly isRepeated: boolean
  readonly edge: number
  readonly debounceMs: number
  /** The level last reported, or the one that the debouncing waits to hold. */
  state: boolean
  lastTime: number | undefined
  readonly stop: () => void
}

const EDGES: Record<string, number> = { rising: 1, falling: -1, both: 0 }

export function installWatches(life: Life, pins: Pins, pinOf: PinOf): void {
  const watches = new Map<number, Watch>()

  const fire = (id: number, level: boolean, atS: number) => {
    const watch = watches.get(id)
    if (watch === undefined || watch.state === level) return
    watch.state = level
    const { lastTime } = watch
    watch.lastTime = atS
    if (watch.edge !== 0 && watch.edge > 0 !== level) return
    const event = life.realm.object({ state: level, lastTime, time: atS, pin: watch.pin })
    event.pin = life.realm.globals[`D${watch.pin}`]
    if (!watch.isRepeated) remove(id)
    life.queue(watch.callback, undefined, [event])
  }
  const remove = (id: number) => {
    watches.get(id)?.stop()
    watches.delete(id)
  }

  life.functions(life.realm.globals, {
    setWatch: (callback, pinValue, options) => {
      const pin = pinOf(pinValue)
      const wanted = optionsOf(life, options)
      if (typeof callback !== 'function' && typeof callback !== 'string') {
        life.fail('Function or String not supplied!')
      }
      const id = nextId(watches)
      let waiting: { cancel(): void } | undefined
      const stop = pins.onChange(pin, (level) => {
        const getTime = life.realm.globals.getTime as () => number
        const atS = getTime()
        waiting?.cancel()
        if (wanted.debounceMs === 0) return fire(id, level, atS)
        waiting = life.after(wanted.debounceMs, () => fire(id, pins.level(pin), atS))
      })
      const forget = life.onEnd(stop)
      watches.set(id, {
        pin,
        callback,
        ...wanted,
        state: pins.level(pin),
        lastTime: undefined,
        stop: () => {
          forget()
          stop()
        },
      })
      return id
    },
    clearWatch: (...ids) => {
      if (ids.length === 0) for (const id of [...watches.keys()]) remove(id)
      else if (ids[0] === undefined) {
        life.fail('clearWatch(undefined) not allowed. Use clearWatch() instead')
      } else if (!watches.has(toInt(ids[0]))) life.fail(`Unknown Watch ${ids[0]}`)
      else remove(toInt(ids[0]))
    },
  })
}

function optionsOf(
  life: Life,
  options: unknown,
): Pick<Watch, 'isRepeated' | 'edge' | 'debounceMs'> {
  if (typeof options !== 'object' || options === null) {
    return { isRepeated: Boolean(options), edge: 0, debounceMs: 0 }
  }
  const { repeat, edge = 'both', debounce } = options as Record<string, unknown>
  const direction = typeof edge === 'number' ? Math.sign(edge) : EDGES[String(edge)]
  if (direction === undefined) {
    life.fail("'edge' in setWatch should be 1, -1, 0, 'rising', 'falling' or 'both'", 'TypeError')
  }
  return {
    isRepeated: Boolean(repeat),
    edge: direction ?? 0,
    debounceMs: Math.max(0, Number(debounce) || 0),
  }
}
