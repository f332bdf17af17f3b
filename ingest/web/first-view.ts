import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** DESIGN §8: the first view works on a phone over 3G. Compressed bytes of everything the page can load. */
export const FIRST_VIEW_LIMIT_BYTES = 150_000

const COMPRESSED = /\.(gz|br)$/

export interface FileSize {
  name: string
  bytes: number
  compressedBytes: number
}

/** Every file of a built page with its size, largest first. */
export function builtSizes(folder: string): FileSize[] {
  return pageFiles(folder)
    .map((name) => {
      const content = readFileSync(join(folder, name))
      return { name, bytes: content.length, compressedBytes: gzip(content).length }
    })
    .sort((a, b) => b.compressedBytes - a.compressedBytes)
}

/**
 * Writes each file compressed beside itself, so that the service never compresses the same bytes twice;
 * prints the sizes, and fails the build when the page has outgrown the limit.
 */
export function firstView(): Plugin {
  let folder = ''
  let print: (line: string) => void = console.log
  return {
    name: 'first-view',
    apply: 'build',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir)
      print = (line) => config.logger.info(line)
    },
    closeBundle() {
      for (const name of pageFiles(folder)) {
        const content = readFileSync(join(folder, name))
        writeFileSync(join(folder, `${name}.gz`), gzip(content))
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content))
      }
      report(builtSizes(folder), print)
    },
  }
}

function report(sizes: readonly FileSize[], print: (line: string) => void): void {
  for (const { name, bytes, compressedBytes } of sizes) {
    print(`${name.padEnd(32)} ${kilobytes(bytes)} ${kilobytes(compressedBytes)} gzip`)
  }
  const total = sizes.reduce((sum, file) => sum + file.compressedBytes, 0)
  print(`first view, everything included: ${kilobytes(total)} of 150 kB`)
  if (total > FIRST_VIEW_LIMIT_BYTES) throw new Error('the first view is larger than its limit')
}

function pageFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !COMPRESSED.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

function gzip(content: Uint8Array): Uint8Array {
  return gzipSync(content, { level: 9 })
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1).padStart(7)} kB`
}
