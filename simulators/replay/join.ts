import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { ColumnError, requireUsable } from './columns.js'
import {
  emptyReport,
  fingerprint,
  openSeries,
  type Row,
  type Series,
  type SeriesOptions,
} from './series.js'

/** Several files of one station, e.g. a road detector's speed and occupancy, as one series. */

/** What a file is called where its columns are named among those of others. */
export function labelOf(path: string): string {
  return basename(path).replace(/\.[^.]*$/, '')
}

/** One file as it is; several with their columns side by side, a row for each time that any of them has. */
export async function openFiles(paths: readonly string[], options: SeriesOptions): Promise<Series> {
  const [only, ...others] = paths
  if (only !== undefined && others.length === 0) return openSeries(only, options)
  const maps = mapsByFile(paths.map(labelOf), options.maps)
  const report = emptyReport()
  const parts: Series[] = []
  for (const path of paths) {
    const label = labelOf(path)
    const { zone } = options
    parts.push(
      await openSeries(path, { maps: maps.get(label) ?? [], zone, part: { label, report } }).catch(
        (error) => {
          if (!(error instanceof ColumnError)) throw error
          const hint = `among several files its columns are called ${label}:COLUMN`
          throw new ColumnError(`${basename(path)}: ${error.message}; ${hint}`)
        },
      ),
    )
  }
  return join(parts, paths.map(labelOf), options.shiftTo)
}

/** As of one file; of several, one after the other. */
export async function fingerprintFiles(
  paths: readonly string[],
): Promise<{ sha256: Buffer; lines: number }> {
  const each = await Promise.all(paths.map(fingerprint))
  const [only, ...others] = each
  if (only !== undefined && others.length === 0) return only
  const sha256 = createHash('sha256').update(Buffer.concat(each.map((one) => one.sha256)))
  return { sha256: sha256.digest(), lines: each.reduce((sum, { lines }) => sum + lines, 0) }
}

function mapsByFile(labels: readonly string[], maps: readonly string[]): Map<string, string[]> {
  const byFile = new Map<string, string[]>(labels.map((label) => [label, []]))
  for (const map of maps) {
    const label = labels.find((one) => map.startsWith(`${one}:`))
    if (label === undefined) {
      throw new ColumnError(`--map "${map}": say of which file, e.g. ${labels[0]}:COLUMN=QUANTITY`)
    }
    byFile.get(label)?.push(map.slice(label.length + 1))
  }
  return byFile
}

function join(parts: readonly Series[], labels: readonly string[], shiftTo?: number): Series {
  const named = (label: string | undefined, header: string) => `${label}:${header}`
  const placed = parts
    .flatMap(({ columns }, part) =>
      columns.mapped.map((column, at) => ({
        part,
        at,
        column: { ...column, header: named(labels[part], column.header) },
      })),
    )
    .sort((a, b) => a.column.quantity - b.column.quantity || a.column.position - b.column.position)
  const mapped = placed.map(({ column }) => column)
  const ignored = parts.flatMap(({ columns }, part) =>
    columns.ignored.map((header) => named(labels[part], header)),
  )
  requireUsable(
    mapped,
    mapped.map(({ header }) => header),
  )
  const report = parts[0]?.report ?? emptyReport()
  return { columns: { time: -1, mapped, ignored }, report, rows }

  async function* rows(): AsyncGenerator<Row> {
    const streams = parts.map((part) => part.rows())
    const heads = await Promise.all(streams.map(take))
    let shiftS: number | undefined
    for (;;) {
      const time = Math.min(...heads.map((row) => row?.time ?? Number.POSITIVE_INFINITY))
      if (time === Number.POSITIVE_INFINITY) return
      shiftS ??= shiftTo === undefined ? 0 : shiftTo - time
      const now = heads.map((row) => (row?.time === time ? row : undefined))
      yield {
        time: time + shiftS,
        values: placed.map(({ part, at }) => now[part]?.values[at] ?? null),
      }
      for (const [part, stream] of streams.entries()) {
        if (now[part] !== undefined) heads[part] = await take(stream)
      }
    }
  }
}

async function take(stream: AsyncGenerator<Row>): Promise<Row | undefined> {
  const { value, done } = await stream.next()
  return done ? undefined : value
}
