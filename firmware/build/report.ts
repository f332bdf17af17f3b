import type { Bundle } from './bundle.js'
import type { Problem } from './check.js'
import type { Manifest } from './manifest.js'
import { sourceOf } from './source-map.js'

/** What the build says to people. */

/** Characters of the script shown with a problem. */
const EXCERPT = 60

/** A line a problem: where in the sources, what, and how the script reads there. */
export function problemReport(problems: readonly Problem[], { code, map }: Bundle): string[] {
  return problems.map(({ rule, detail, at }) => {
    const before = code.slice(0, at).split('\n')
    const position = sourceOf(map, before.length - 1, before.at(-1)?.length ?? 0)
    const where = position ? `${position.source}:${position.line}:${position.column}` : 'script'
    const excerpt = code.slice(at, at + EXCERPT).split('\n')[0]
    return `${where}: ${rule}${detail === undefined ? '' : ` (${detail})`} in ${excerpt}`
  })
}

/** A table of bytes a module, and the sum. */
export function sizeReport(
  { station, board, size, crc32, revision }: Manifest,
  { modules }: Bundle,
): string[] {
  const inModules = modules.reduce((sum, { bytes }) => sum + bytes, 0)
  const rows = [
    ...modules,
    { path: '(what shrinking them together saves)', bytes: size - inModules },
  ]
  const crc = crc32.toString(16).padStart(8, '0')
  return [
    `${station} (${board}): ${size} bytes, CRC-32 ${crc}, revision ${revision}`,
    ...rows.map(({ path, bytes }) => `${String(bytes).padStart(8)}  ${path}`),
  ]
}
