import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import type { Cell } from '../../../shared/science/laboratory/columns.js'
import { AppError } from '../../errors.js'
import { zipSize } from './zip-directory.js'

/** A sheet of MOST_ROWS rows is a few MB of XML. */
const MOST_UNPACKED_BYTES = 30 * 1024 * 1024
const MOST_ENTRIES = 500
/** A cell far outside makes the reader fill all between; then the thread ends, and nothing else. */
const MOST_HEAP_MB = 192
const LONGEST_MS = 10_000
/** Excel keeps a time of day as a part of its first day. */
const FIRST_DAYS_MS = Date.UTC(1905, 0, 1)

/** In a thread of its own: whatever the file does, the service goes on. */
const PROGRAM = `const { parentPort, workerData } = require('node:worker_threads')
import(${JSON.stringify(import.meta.resolve('read-excel-file/universal'))})
  .then(({ readSheet }) => readSheet(workerData))
  .then((rows) => parentPort.postMessage({ rows }), (error) => parentPort.postMessage({ error: String(error) }))`

const answerSchema = z.union([
  z.object({
    rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.date(), z.null()]))),
  }),
  z.object({ error: z.string() }),
])

/** The first sheet of a workbook. INVALID where it is none, TOO_LARGE where it unpacks to more than it may. */
export async function readXlsx(bytes: Buffer): Promise<Cell[][]> {
  const size = zipSize(bytes)
  if (size === undefined) throw new AppError('INVALID', 'the file is no XLSX workbook')
  if (size.entries > MOST_ENTRIES || size.unpackedBytes > MOST_UNPACKED_BYTES) {
    throw new AppError('TOO_LARGE', 'the workbook unpacks to more than 30 MB: nothing was read')
  }
  const answer = answerSchema.parse(await inThread(bytes))
  if ('error' in answer) throw new AppError('INVALID', 'the workbook cannot be read')
  return answer.rows.map((row) => row.map(toCell))
}

function inThread(bytes: Buffer): Promise<unknown> {
  // A copy: the request's buffer may be a part of a larger one.
  const workerData = new Uint8Array(bytes).buffer
  const worker = new Worker(PROGRAM, {
    eval: true,
    workerData,
    transferList: [workerData],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  })
  return new Promise<unknown>((resolve, reject) => {
    const tooMuch = () => reject(new AppError('TOO_LARGE', 'the workbook is too large to be read'))
    const timer = setTimeout(tooMuch, LONGEST_MS)
    worker.once('message', resolve)
    worker.once('error', tooMuch)
    worker.once('exit', tooMuch)
    worker.once('exit', () => clearTimeout(timer))
  }).finally(() => worker.terminate())
}

/** Dates of a sheet have no zone: what they show is what was written. */
function toCell(value: string | number | boolean | Date | null): Cell {
  if (value instanceof Date) {
    const rounded = new Date(Math.round(value.getTime() / 1000) * 1000)
    const [day = '', time = ''] = rounded.toISOString().slice(0, 19).split('T')
    if (rounded.getTime() < FIRST_DAYS_MS) return time
    return time === '00:00:00' ? day : `${day} ${time}`
  }
  return typeof value === 'boolean' ? String(value) : value
}
