import { types } from 'node:util'
import vm from 'node:vm'
import { hide, restrictLanguage } from './language.js'

type Bag = Record<string, unknown>

let realms = 0

/** The world of one life: its own built-ins, of which only Espruino's are left. */
export class Realm {
  /** Unique in the process. */
  readonly name = `realm ${++realms}`
  readonly #context = vm.createContext({}, { name: this.name })
  readonly globals: Bag
  readonly #parse: (text: string) => unknown
  readonly #stringify: typeof JSON.stringify
  readonly #makeArray: (...items: unknown[]) => unknown[]
  readonly #makeObject: () => Bag

  constructor() {
    this.globals = this.run('globalThis', 'realm') as Bag
    this.#parse = this.run('JSON.parse', 'realm') as (text: string) => unknown
    this.#stringify = this.run('JSON.stringify', 'realm') as typeof JSON.stringify
    this.#makeArray = this.run('Array.of.bind(Array)', 'realm') as (
      ...items: unknown[]
    ) => unknown[]
    this.#makeObject = this.run('(function () { return {} })', 'realm') as () => Bag
    restrictLanguage(this)
    this.globals.InternalError = this.run(
      '(function InternalError(message) { this.message = message })',
      'realm',
    )
    hide(this.prototype('InternalError'), 'toString', function (this: { message: string }) {
      return `InternalError: ${this.message}`
    })
  }

  run(source: string, filename: string): unknown {
    return vm.runInContext(source, this.#context, { filename })
  }

  class(name: string): Bag & (new (...args: unknown[]) => object) {
    return this.globals[name] as Bag & (new (...args: unknown[]) => object)
  }

  prototype(name: string): Bag {
    return this.class(name).prototype as Bag
  }

  /** What crosses into the realm is made there, so that it lacks what the realm lacks. */
  array(items: readonly unknown[]): unknown[] {
    const made = this.#makeArray()
    for (const item of items) made.push(item)
    return made
  }

  object(entries: Bag = {}): Bag {
    return Object.assign(this.#makeObject(), entries)
  }

  bytes(data: Uint8Array): object {
    const made = new (this.class('Uint8Array'))(data.length) as Uint8Array
    made.set(data)
    return made
  }

  /** A function that is no constructor's, with the realm's own prototype. */
  error(message: string, type = 'Error'): object {
    return new (this.class(type))(message)
  }

  parse(text: string): unknown {
    return this.#parse(text)
  }

  /** ASCII: whatever is not travels as \u00XX. Bytes become an array. */
  stringify(value: unknown): string {
    const text = this.#stringify(value, plainArrays) ?? 'null'
    return text
      .replace(/[\x7f-\xff]/g, (char) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
      .replace(/\\u00[0-9a-f]{2}/g, (code) => `\\u${code.slice(2).toUpperCase()}`)
  }
}

function plainArrays(_key: string, value: unknown): unknown {
  if (types.isAnyArrayBuffer(value)) return [...new Uint8Array(value)]
  return ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value
}
