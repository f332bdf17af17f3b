import { Broker, type BrokerOptions } from '../ingest/broker/broker.js'
import { senderFrom } from '../ingest/broker/login.js'
import { readConfig } from '../ingest/config.js'
import { type CommittedBatch, Pipeline, type PipelineOptions } from '../ingest/pipeline/pipeline.js'
import { Replayer } from '../ingest/pipeline/replay.js'
import type { Database } from '../ingest/store/database.js'
import { insertNode, nodeByName, nodeIdentity } from '../ingest/store/nodes.js'
import { newSecret } from '../ingest/store/secrets.js'
import { encodeFrame } from '../shared/wire/encode.js'
import type { Frame } from '../shared/wire/frame.js'
import { type TestEngine, withStore } from './store-fixture.js'

/** A clock that only a test moves. */
export class TestClock {
  ms = Date.UTC(2026, 10, 24, 3, 0, 0)
  isSynchronised = true

  now(): number {
    return this.ms
  }

  synchronised(): boolean {
    return this.isSynchronised
  }

  /** Unix seconds. */
  get seconds(): number {
    return Math.floor(this.ms / 1000)
  }
}

export interface LogLine {
  event?: string
  reason?: string
}

/** Store, pipeline and broker as the service puts them together, on a test's clock. */
export async function ingestRig(
  engine: TestEngine['name'],
  changes: {
    pipeline?: Partial<PipelineOptions>
    broker?: Partial<BrokerOptions['config']>
    database?: (db: Database) => Database
  } = {},
) {
  const { store, close } = await withStore(engine)
  const db = changes.database?.(store.db) ?? store.db
  const clock = new TestClock()
  const logged: LogLine[] = []
  const refused: string[] = []
  const batches: CommittedBatch[] = []
  const record = (line: LogLine) => void logged.push(line)
  const log = { info: record, warn: record, error: record }
  const replayer = new Replayer({
    db,
    clock,
    log,
    senderOf: async (id) => {
      const node = await nodeIdentity(db, { id })
      return node && senderFrom(node, clock.now())
    },
    onStored: () => {},
  })
  const pipeline = new Pipeline({
    db,
    clock,
    log,
    elapsedMs: () => clock.ms,
    maxFrames: 1000,
    maxBytes: 1_000_000,
    onCommitted: (batch) => {
      batches.push(batch)
      replayer.noticed(batch)
    },
    ...changes.pipeline,
  })
  const config = {
    ...readConfig({ MQTT_HOST: '127.0.0.1', MQTT_PORT: '0' }).mqtt,
    ...changes.broker,
  }
  const onRefused = (reason: string) => void refused.push(reason)
  const broker = new Broker({ config, db, clock, pipeline, log, onRefused })
  pipeline.start()
  await broker.start()
  return {
    store,
    db: store.db,
    clock,
    pipeline,
    replayer,
    broker,
    logged,
    refused,
    batches,
    addNode: (name: string) => addNode(store.db, name),
    rows: (sql: string, values?: unknown[]) =>
      store.db.query<Record<string, unknown>>('read', sql, values),
    async close() {
      broker.stopAccepting()
      await pipeline.close()
      await broker.close()
      await close()
    },
  }
}

export type Rig = Awaited<ReturnType<typeof ingestRig>>

export async function addNode(
  db: Database,
  name: string,
): Promise<{ id: number; name: string; secret: string }> {
  const secret = newSecret()
  await db.transaction('write', (session) =>
    insertNode(session, {
      name,
      title: name,
      kind: 'lake',
      simulated: true,
      trailerRequired: false,
      secret,
      createdAt: new Date(0),
    }),
  )
  const { id } = await nodeByName(db, name)
  return { id, name, secret }
}

/** A frame of oxygen and temperature; `values` are mg/L in hundredths, one a sample. */
export function oxygenFrame(
  changes: Partial<Frame> & { start: number; values?: number[]; intervalS?: number },
): Uint8Array {
  const { start, values = [684, 686], intervalS = 300, ...rest } = changes
  return encodeFrame({
    boot: 3,
    seq: 1,
    undated: false,
    channels: [
      { quantity: 1, position: 0 },
      { quantity: 3, position: 0 },
    ],
    samples: values.map((value, index) => ({
      time: start + index * intervalS,
      values: [2580 + index, value],
    })),
    ...rest,
  })
}
