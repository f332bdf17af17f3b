import { types } from 'node:util'
import { fromBinary } from './bytes.js'
import type { Clock, Due } from './clock.js'
import { hide } from './language.js'
import { Realm } from './realm.js'

/** Thrown through the firmware when its life ends in the middle of a call. */
export class LifeEnd extends Error {}

type Callback = (...args: unknown[]) => unknown
type Method = (self: object, ...args: unknown[]) => unknown

/**
 * One run of the firmware, from power-on or reset to the next. Everything the firmware has is guarded by it:
 * after its end no timer, event or callback of this life runs, and every function of the board that code still
 * on the stack calls (from a `catch`, say) only throws again.
 */
export class Life {
  readonly realm = new Realm()
  readonly #clock: Clock
  readonly #onUncaught: (error: unknown) => void
  readonly #listeners = new WeakMap<object, Map<string, Callback[]>>()
  readonly #onEnd = new Set<() => void>()
  #isAlive = true

  constructor(clock: Clock, onUncaught: (error: unknown) => void) {
    this.#clock = clock
    this.#onUncaught = onUncaught
    this.#defineEvents()
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  end(): void {
    this.#isAlive = false
    for (const act of this.#onEnd) act()
  }

  /** Gives what forgets it: a life is long, and what it opened and closed is not kept until its end. */
  onEnd(act: () => void): () => void {
    this.#onEnd.add(act)
    return () => this.#onEnd.delete(act)
  }

  /** Runs the firmware's code; errors that nobody caught are told, not thrown. */
  enter(code: () => unknown): void {
    if (!this.#isAlive) return
    try {
      code()
    } catch (error) {
      if (this.#isAlive && !(error instanceof LifeEnd)) this.#onUncaught(error)
    }
  }

  call(callback: unknown, self: unknown, args: readonly unknown[]): void {
    if (typeof callback === 'function') this.enter(() => Reflect.apply(callback, self, args))
    else if (typeof callback === 'string') this.enter(() => this.realm.run(callback, 'event'))
  }

  after(ms: number, act: () => void): Due {
    return this.#clock.after(ms, () => {
      if (this.#isAlive) act()
    })
  }

  /** Runs in the idle loop, after what is queued already. */
  queue(callback: unknown, self: unknown, args: readonly unknown[]): void {
    this.after(0, () => this.call(callback, self, args))
  }

  /** A function of the board, as the firmware sees it. */
  native(body: Method): Callback {
    const check = () => {
      if (!this.#isAlive) throw new LifeEnd()
    }
    return function (this: object, ...args: unknown[]) {
      check()
      const result = body(this, ...args)
      check()
      return result
    }
  }

  /** Functions without `this`. */
  functions(target: object, bodies: Record<string, Callback>): void {
    for (const [name, body] of Object.entries(bodies)) {
      hide(
        target,
        name,
        this.native((_self, ...args) => body(...args)),
      )
    }
  }

  methods(target: object, bodies: Record<string, Method>): void {
    for (const [name, body] of Object.entries(bodies)) hide(target, name, this.native(body))
  }

  /** Throws an error of the realm. */
  fail(message: string, type?: string): never {
    throw this.realm.error(message, type)
  }

  /** Queues the event's listeners, as `emit` does. */
  emit(target: object, event: string, args: readonly unknown[] = []): void {
    for (const listener of this.listeners(target, event)) this.queue(listener, target, args)
  }

  listeners(target: object, event: string): readonly Callback[] {
    return [...(this.#listeners.get(target)?.get(event) ?? [])]
  }

  /** Bytes as the board takes them: a number, text, or anything of these in arrays; undefined where it cannot. */
  bytesOf(value: unknown): Uint8Array<ArrayBuffer> | undefined {
    if (value === undefined) return undefined
    if (typeof value === 'string') return fromBinary(value)
    const bytes: number[] = []
    this.#collect(value, bytes)
    return Uint8Array.from(bytes)
  }

  #collect(value: unknown, into: number[]): void {
    if (typeof value === 'number' || typeof value === 'boolean') into.push(Number(value))
    else if (typeof value === 'string') into.push(...fromBinary(value))
    else if (types.isAnyArrayBuffer(value)) into.push(...new Uint8Array(value))
    else if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      for (const item of value as Iterable<unknown>) this.#collect(item, into)
    } else this.fail(`Expecting Number or iterable, got ${value}`, 'TypeError')
  }

  /** Every object of Espruino can have listeners. */
  #defineEvents(): void {
    const on = (position: 'push' | 'unshift') => (self: object, event: unknown, act: unknown) => {
      if (typeof act !== 'function') return
      const events = this.#listeners.get(self) ?? new Map<string, Callback[]>()
      this.#listeners.set(self, events)
      const listeners = events.get(String(event)) ?? []
      listeners[position](act as Callback)
      events.set(String(event), listeners)
    }
    this.methods(this.realm.prototype('Object'), {
      on: on('push'),
      addListener: on('push'),
      prependListener: on('unshift'),
      emit: (self, event, ...args) => this.emit(self, String(event), args),
      removeListener: (self, event, act) => {
        const listeners = this.#listeners.get(self)?.get(String(event))
        const index = listeners?.indexOf(act as Callback) ?? -1
        if (index >= 0) listeners?.splice(index, 1)
      },
      removeAllListeners: (self, event) => {
        if (event === undefined) this.#listeners.delete(self)
        else this.#listeners.get(self)?.delete(String(event))
      },
    })
  }
}

/** As Espruino turns an argument into an integer. */
export function toInt(value: unknown): number {
  const number = Number(value)
  return Number.isFinite(number) ? Math.trunc(number) : 0
}
