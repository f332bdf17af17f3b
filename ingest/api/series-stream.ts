import type { StoreKind } from '../../shared/schema/common.js'
import { FLAG_TEXT, FLAGS, whyWords } from '../../shared/schema/flags.js'
import type { Point, Series } from '../../shared/schema/reading.js'
import { fromSteps, type Quantity } from '../../shared/wire/quantities.js'
import type { Database } from '../store/database.js'
import {
  type BucketRow,
  PAGE_ROWS,
  type ReadingRow,
  readingPage,
  type SeriesRow,
} from '../store/readings.js'
import { iso, quantityOf } from './answers.js'
import { bucketReader, toBucket } from './buckets.js'
import { csvLine } from './csv.js'
import { withTraffic } from './traffic-buckets.js'

/** What a stream of series is made of; each page is asked for when the one before has been taken. */
export interface SeriesQuery {
  db: Database
  store: StoreKind
  from: Date
  to: Date
  resolution: 'raw' | 'hour' | 'day'
  series: readonly SeriesRow[]
  /** Places in `series` of those that a job has not finished with. */
  recomputing: ReadonlySet<number>
}

/** Open data needs a licence to be used. */
export const DATA_LICENCE = 'CC BY 4.0'

/** A `ReadingsAnswer`, piece by piece. */
export async function* jsonPieces(query: SeriesQuery): AsyncGenerator<string> {
  const { store, from, to, resolution } = query
  const head = { store, from: iso(from), to: iso(to), resolution, series: [] }
  yield JSON.stringify(head).slice(0, -2)
  const pages = pagesOf(query)
  for (const [index, series] of query.series.entries()) {
    const quantity = quantityOf(series.quantityId)
    const list = resolution === 'raw' ? 'readings' : 'buckets'
    const described = describe(series, quantity, query.recomputing.has(index))
    const opening = JSON.stringify({ ...described, [list]: [] }).slice(0, -2)
    yield index === 0 ? opening : `,${opening}`
    let isFirst = true
    for await (const page of pages(series)) {
      if (page.length === 0) continue
      const items = JSON.stringify(page).slice(1, -1)
      yield isFirst ? items : `,${items}`
      isFirst = false
    }
    yield ']}'
  }
  yield ']}'
}

/** The points of each series as objects, for a reader that takes the series in their order. */
function pagesOf(query: SeriesQuery): (series: SeriesRow) => AsyncGenerator<object[]> {
  const { db, resolution } = query
  if (resolution === 'raw') {
    return async function* points(series) {
      const quantity = quantityOf(series.quantityId)
      for await (const page of readingPages(db, series)) {
        yield page.map((row) => toPoint(quantity, row))
      }
    }
  }
  const asked = { db, size: resolution, asked: query, series: query.series }
  const read = withTraffic(asked, bucketReader(asked))
  return async function* buckets(series) {
    const quantity = quantityOf(series.quantityId)
    for await (const page of read(series)) yield page.map((row) => toBucket(quantity, row))
  }
}

/** RFC 4180 below lines that begin with #: what the numbers mean travels with them. */
export async function* csvPieces(query: SeriesQuery): AsyncGenerator<string> {
  const { resolution } = query
  yield `${comments(query).join('\r\n')}\r\n${csvLine(columns(resolution))}`
  if (resolution === 'raw') yield* csvReadings(query)
  else yield* csvBuckets(query, resolution)
}

async function* csvReadings({ db, series: all }: SeriesQuery): AsyncGenerator<string> {
  for (const series of all) {
    const quantity = quantityOf(series.quantityId)
    for await (const page of readingPages(db, series)) {
      yield page.map((row) => csvLine(readingCells(leadOf(series), quantity, row))).join('')
    }
  }
}

async function* csvBuckets(query: SeriesQuery, size: 'hour' | 'day'): AsyncGenerator<string> {
  const { db, series: all } = query
  const asked = { db, size, asked: query, series: all }
  const read = withTraffic(asked, bucketReader(asked))
  for (const series of all) {
    const quantity = quantityOf(series.quantityId)
    for await (const page of read(series)) {
      yield page.map((row) => csvLine(bucketCells(leadOf(series), quantity, row))).join('')
    }
  }
}

function leadOf({ site, node, quantityId, position }: SeriesRow): Cells {
  return [site, node, quantityOf(quantityId).key, position]
}

function columns(resolution: SeriesQuery['resolution']): string[] {
  const lead = ['time', 'site', 'node', 'quantity', 'position', 'value', 'unit']
  if (resolution === 'raw') return [...lead, 'flag', 'flag_text', 'why']
  const band = ['min', 'max', 'suspect_min', 'suspect_max']
  return [...lead, 'summary', ...band, 'n_all', 'n_good', 'n_used', 'n_suspect', 'counted_s']
}

type Cells = (string | number | null)[]

function readingCells(lead: Cells, quantity: Quantity, row: ReadingRow): Cells {
  const value = fromSteps(quantity, row.value)
  const why = whyWords(row.why).join(' ')
  return [iso(row.time), ...lead, value, quantity.ucum, row.flag, FLAG_TEXT[row.flag].id, why]
}

function bucketCells(lead: Cells, quantity: Quantity, row: BucketRow): Cells {
  const bucket = toBucket(quantity, row)
  return [
    bucket.time,
    ...lead,
    bucket.value,
    quantity.ucum,
    quantity.summary,
    bucket.min,
    bucket.max,
    bucket.suspectMin,
    bucket.suspectMax,
    bucket.nAll,
    bucket.nGood,
    bucket.nUsed,
    bucket.nSuspect,
    bucket.countedS ?? null,
  ]
}

function comments({ store, from, to, resolution, series, recomputing }: SeriesQuery): string[] {
  const isSimulated = store === 'simulated' || series.some(({ simulated }) => simulated)
  const flags = FLAGS.map((flag) => `${flag} ${FLAG_TEXT[flag].id} (${FLAG_TEXT[flag].en})`)
  return [
    '# Toba Sense: pengukuran sensor - indikatif (sensor measurements - indicative)',
    ...(isSimulated
      ? ['# simulasi: data ini bukan hasil pengukuran (simulated: not measured)']
      : []),
    ...(recomputing.size > 0
      ? [
          '# sedang dihitung ulang: sebagian nilai akan berubah (being computed anew: some will change)',
        ]
      : []),
    `# lisensi (licence): ${DATA_LICENCE}`,
    `# waktu (time): UTC; ${iso(from)} - ${iso(to)}; ${resolution}`,
    `# flag: ${flags.join('; ')}`,
  ]
}

async function* readingPages(db: Database, series: SeriesRow): AsyncGenerator<ReadingRow[]> {
  let after: Date | null = null
  for (;;) {
    const page: ReadingRow[] = await readingPage(db, series, after)
    yield page
    after = page.at(-1)?.time ?? null
    if (page.length < PAGE_ROWS) return
  }
}

function describe(series: SeriesRow, quantity: Quantity, isRecomputing: boolean): Series {
  return {
    site: series.site,
    node: series.node,
    simulated: series.simulated,
    quantity: quantity.key,
    position: series.position,
    depthM: series.depthM,
    directionDeg: series.directionDeg,
    unit: quantity.ucum,
    summary: quantity.summary,
    ...(isRecomputing && { recomputing: true }),
  }
}

function toPoint(quantity: Quantity, row: ReadingRow): Point {
  return {
    time: iso(row.time),
    value: fromSteps(quantity, row.value),
    flag: row.flag,
    why: whyWords(row.why),
  }
}
