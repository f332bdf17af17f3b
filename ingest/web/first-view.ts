import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** DESIGN §8: the first view works on a phone over 3G. Compressed bytes of everything the page can load. */
export const FIRST_VIEW_LIMIT_BYTES = 150_000

export interface FileSize {
  name: string
  bytes: number
  compressedBytes: number
}

/** Every file of a built page with its size, largest first. */
export function builtSizes(folder: string): FileSize[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const content = readFileSync(join(entry.parentPath, entry.name))
      return {
        name: entry.name,
        bytes: content.length,
        compressedBytes: gzipSync(content, { level: 9 }).length,
      }
    })
    .sort((a, b) => b.compressedBytes - a.compressedBytes)
}

/** Prints the sizes after the build and fails it when the page has outgrown the limit. */
export function firstViewSize(): Plugin {
  let folder = ''
  return {
    name: 'first-view-size',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    closeBundle() {
      const sizes = builtSizes(folder)
      const total = sizes.reduce((sum, file) => sum + file.compressedBytes, 0)
      for (const file of sizes) {
        console.log(
          `${file.name.padEnd(32)} ${kilobytes(file.bytes)} ${kilobytes(file.compressedBytes)} gzip`,
        )
      }
      console.log(
        `first view, everything included: ${kilobytes(total)} gzip of ${kilobytes(FIRST_VIEW_LIMIT_BYTES)}`,
      )
      if (total > FIRST_VIEW_LIMIT_BYTES) throw new Error('the first view is larger than its limit')
    },
  }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1).padStart(7)} kB`
}
