import { nodeByName } from '../../../ingest/store/nodes.js'
import { openStore } from '../../../ingest/store/open.js'
import { quietOptions, readJob, report, WARM_UP_S } from './job.js'
import { nodeName, QUANTITIES, sampleTime, sampleValues } from './series.js'

/**
 * The raw limit: readings into the same table, over the same sessions with the same durability, in batches
 * of one size, with nothing else done: no frames, no latest, no decoding. Parameters are made beforehand.
 */

const INSERT = `INSERT INTO reading (node_id, quantity_id, position, time, value, raw, flag, why)
  SELECT n, q, p, to_timestamp(t), v, NULL, f, w
  FROM unnest($1::int[], $2::smallint[], $3::smallint[], $4::float8[], $5::int[], $6::smallint[], $7::int[])
    AS i (n, q, p, t, v, f, w)
  ON CONFLICT DO NOTHING`

const job = readJob<{ batch: number; nodes: number; place: number; seconds: number }>()
const store = await openStore(quietOptions(job))
const { db } = store
const ids: number[] = []
for (let node = 0; node < job.nodes; node++) ids.push((await nodeByName(db, nodeName(node))).id)

const batches = Array.from(
  { length: Math.ceil(((job.seconds + WARM_UP_S) * 300_000) / job.batch) },
  (_, index) => makeBatch(index),
)
const startedAt = performance.now()
const elapsedS = () => (performance.now() - startedAt) / 1000
let rows = 0
await Promise.all(
  Array.from({ length: db.writers }, async () => {
    while (elapsedS() < WARM_UP_S + job.seconds) {
      const batch = batches.pop()
      if (batch === undefined) throw new Error('the prepared batches are used up')
      await db.run('write', (session) => session.prepared('raw', INSERT, batch))
      if (elapsedS() > WARM_UP_S) rows += job.batch
    }
  }),
)
const readingsPerS = rows / (elapsedS() - WARM_UP_S)
await store.close()
report({ readingsPerS })

/** Rows sorted by key, as the pipeline sorts its own. */
function makeBatch(index: number): string[] {
  const samples = job.batch / (job.nodes * QUANTITIES.length)
  const columns: number[][] = [[], [], [], [], [], [], []]
  const add = (row: number[]) => {
    for (const [at, value] of row.entries()) columns[at]?.push(value)
  }
  for (let node = 0; node < job.nodes; node++) {
    QUANTITIES.forEach((quantity, at) => {
      for (let sample = 0; sample < samples; sample++) {
        const time = sampleTime(job.place, index * samples + sample)
        add([ids[node] ?? 0, quantity, 0, time, sampleValues(node, time)[at] ?? 0, 2, 0])
      }
    })
  }
  return columns.map((column) => `{${column.join(',')}}`)
}
