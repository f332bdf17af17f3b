import { once } from 'node:events'
import { createServer } from 'node:net'
import { Aedes } from 'aedes'
import mqtt from 'mqtt'
import pg from 'pg'
import { openStore } from '../../../ingest/store/open.js'
import { quietOptions, readJob, report } from './job.js'

/**
 * What people run today: a broker, and a subscriber that takes one JSON message of one sample with five
 * values and does one prepared INSERT of its five rows, over a pool of 10 connections (the embedded engine
 * has one session). The broker acknowledges first, so what counts is the rows that are stored.
 */

const INSERT = `INSERT INTO naive_reading (node, quantity, time, value) VALUES
  ($1, 'temp', $2, $3), ($1, 'ph', $2, $4), ($1, 'do', $2, $5), ($1, 'ec', $2, $6), ($1, 'turb', $2, $7)`

const job = readJob<{ nodes: number; seconds: number; inFlight: number }>()
const store = await openStore(quietOptions(job))
await store.db.query(
  'write',
  `CREATE TABLE IF NOT EXISTS naive_reading (node text NOT NULL, quantity text NOT NULL, time timestamptz NOT NULL, value double precision)`,
)
await store.db.query(
  'write',
  'CREATE INDEX IF NOT EXISTS naive_series ON naive_reading (node, quantity, time)',
)
await store.db.query(
  'write',
  `SELECT create_hypertable('naive_reading', by_range('time', interval '30 days'), if_not_exists => true, create_default_indexes => false)`,
)
const pool =
  job.databaseUrl === undefined
    ? undefined
    : new pg.Pool({ connectionString: job.databaseUrl, max: 10 })
const insert = (values: unknown[]): Promise<unknown> =>
  pool === undefined
    ? store.db.run('write', (session) => session.prepared('naive', INSERT, values))
    : pool.query({ name: 'naive', text: INSERT, values })

const broker = await Aedes.createBroker()
const server = createServer(broker.handle)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const url = `mqtt://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`

const publisher = await mqtt.connectAsync(url)
const subscriber = await mqtt.connectAsync(url)
const startedAt = performance.now()
const isOver = () => performance.now() - startedAt >= job.seconds * 1000
let sent = 0
let stored = 0
let storedInTime = 0

function send(): void {
  const t = 1_600_000_000 + Math.floor(sent / job.nodes) * 300 + (Date.now() % 100_000_000)
  const sample = { t, temp: 25.82, ph: 7.93, do: 6.84, ec: 168.4, turb: 1.63 }
  publisher.publish(`bench/${sent++ % job.nodes}`, JSON.stringify(sample), { qos: 1 })
}

// The next message is sent when one is stored, so that the queue in between keeps its length.
let allStored = () => {}
const finished = new Promise<void>((resolve) => {
  allStored = resolve
})
subscriber.on('message', (topic, payload) => {
  const { t, temp, ph, do: oxygen, ec, turb } = JSON.parse(payload.toString())
  void insert([topic, new Date(t * 1000), temp, ph, oxygen, ec, turb]).then(() => {
    stored++
    if (!isOver()) {
      storedInTime++
      send()
    } else if (stored === sent) allStored()
  })
})
await subscriber.subscribeAsync('bench/#', { qos: 1 })
for (let i = 0; i < job.nodes * job.inFlight; i++) send()
await finished
const readingsPerS = (storedInTime * 5) / job.seconds
await publisher.endAsync(true)
await subscriber.endAsync(true)
await new Promise<void>((resolve) => broker.close(() => resolve()))
server.close()
await pool?.end()
await store.close()
report({ readingsPerS })
