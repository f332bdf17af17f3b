import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync, gzip } from 'node:zlib'
import type { LakeNode } from '../fleet/lake-node.js'
import { replaceFile } from './memory.js'

/**
 * The flash of the demo's boards, a file each: boot numbers, configuration and what is not acknowledged yet
 * outlive the demo as they outlive a power cut.
 */
export class FlashFolder {
  readonly #folder: string
  /** What each had written when it was saved last. */
  readonly #saved = new Map<LakeNode, number>()

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'boards')
  }

  /** @returns undefined for a new board. */
  async load(node: string): Promise<Uint8Array | undefined> {
    const packed = await readFile(this.#path(node)).catch(() => undefined) // absent on its first start
    return packed && gunzipSync(packed)
  }

  async save(nodes: readonly LakeNode[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    await Promise.all(nodes.map((node) => this.#saveOne(node)))
  }

  async #saveOne(node: LakeNode): Promise<void> {
    // Before its first session it does not know the time: what it measured could never be dated.
    if (node.ledger.acknowledged === 0) return
    const writes = node.flashWrites
    if (this.#saved.get(node) === writes) return
    // The board goes on while it is packed.
    const packed = await promisify(gzip)(node.flash.slice(), { level: 1 })
    await replaceFile(this.#path(node.name), packed)
    this.#saved.set(node, writes)
  }

  #path(node: string): string {
    return join(this.#folder, `${node}.flash.gz`)
  }
}
