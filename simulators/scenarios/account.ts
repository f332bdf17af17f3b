import { createHash } from 'node:crypto'
import { type DecodedFrame, decodeFrame } from '../../shared/wire/decode.js'
import { WireError } from '../../shared/wire/errors.js'

/** A frame of a node; undefined when its bytes are no frame. */
export interface Entry {
  frame: DecodedFrame | undefined
  isAcknowledged: boolean
}

/** What one node made, and what it was told that it may forget. */
export class Account {
  readonly node: string
  readonly #entries = new Map<string, Entry>()

  constructor(node: string) {
    this.node = node
  }

  /** By their bytes, in hexadecimal. */
  get entries(): ReadonlyMap<string, Entry> {
    return this.#entries
  }

  get acknowledgedCount(): number {
    return [...this.#entries.values()].filter(({ isAcknowledged }) => isAcknowledged).length
  }

  /** Frames that were not acknowledged, with those that the node's numbers say there were. */
  get lost(): number {
    return this.#entries.size - this.acknowledgedCount + this.#holes()
  }

  made(bytes: Uint8Array): void {
    const key = hex(bytes)
    if (this.#entries.has(key)) return
    this.#entries.set(key, { frame: decoded(bytes), isAcknowledged: false })
  }

  acknowledged(bytes: Uint8Array): void {
    const entry = this.#entries.get(hex(bytes))
    if (entry !== undefined) entry.isAcknowledged = true
  }

  /** Numbers of a boot between the first and the last that no frame had. */
  #holes(): number {
    const boots = new Map<number, Set<number>>()
    for (const { frame } of this.#entries.values()) {
      if (frame === undefined) continue
      const seen = boots.get(frame.boot) ?? new Set()
      boots.set(frame.boot, seen.add(frame.seq))
    }
    return [...boots.values()].reduce((sum, seen) => {
      return sum + Math.max(...seen) - Math.min(...seen) + 1 - seen.size
    }, 0)
  }
}

/** One word for all bytes of all nodes, in whatever order they left. */
export function digestOf(accounts: readonly Account[]): string {
  const all = accounts.flatMap(({ node, entries }) => [...entries.keys()].map((key) => node + key))
  return createHash('sha256').update(all.sort().join('\n')).digest('hex').slice(0, 16)
}

function decoded(bytes: Uint8Array): DecodedFrame | undefined {
  try {
    return decodeFrame(bytes)
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
