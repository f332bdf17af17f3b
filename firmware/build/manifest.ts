import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type Described, PROJECT } from './bundle.js'
import type { Revision } from './revision.js'

/** What a flasher and a service need to know about a built script. */
export interface Manifest {
  station: string
  board: string
  version: string
  /** Commit of the sources, with `-dirty` where they differ from it; a hash of the script without git. */
  revision: string
  /** What the node reports of itself; -1 where the sources have no number. */
  build: number
  /** `E.CRC32` of the script on the board. */
  crc32: number
  /** Bytes. */
  size: number
  /** Keys of the registry, with the position on the node. */
  channels: { quantity: string; position: number }[]
}

export function manifestOf(
  name: string,
  { station, built }: Described,
  script: { code: string; revision: Revision },
): Manifest {
  const { code, revision } = script
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    version: string
  }
  return {
    station: name,
    board: built.board,
    version,
    revision: revision.commit ?? `sha256-${sha256(code).slice(0, 12)}`,
    build: revision.build,
    crc32: crc32(code),
    size: Buffer.byteLength(code),
    channels: station.channels.map(({ quantity, position = 0 }) => ({ quantity, position })),
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
