import { writeFileSync } from 'node:fs'
import { insertNode } from '../../../ingest/store/nodes.js'
import { openStore } from '../../../ingest/store/open.js'
import { newSecret } from '../../../ingest/store/secrets.js'
import { quietOptions, readJob, report } from './job.js'
import { nodeName, QUANTITIES, sampleValues } from './series.js'

/** A store with its nodes, and a year of one node's readings for the export that runs beside the load. */

const job = readJob<{ nodes: number; secrets: string; year: boolean }>()
const store = await openStore(quietOptions(job))
const secrets = Array.from({ length: job.nodes + 1 }, newSecret)
await store.db.transaction('write', async (session) => {
  for (const [index, secret] of secrets.entries()) {
    const name = nodeName(index)
    const createdAt = new Date(0)
    await insertNode(session, {
      name,
      title: name,
      kind: 'lake',
      simulated: true,
      trailerRequired: false,
      secret,
      createdAt,
    })
  }
})
writeFileSync(job.secrets, JSON.stringify(secrets), { mode: 0o600 })
if (job.year) await insertYear(nodeName(job.nodes))
await store.close()
report({})

/** A year of five quantities every ten minutes up to now: 262,800 readings. */
async function insertYear(name: string): Promise<void> {
  const nowS = Math.floor(Date.now() / 600_000) * 600
  const times = Array.from({ length: 365 * 144 }, (_, index) => nowS - index * 600)
  for (let from = 0; from < times.length; from += 2000) {
    const slice = times.slice(from, from + 2000)
    for (const [at, quantity] of QUANTITIES.entries()) {
      const values = slice.map((time) => sampleValues(0, time)[at] ?? 0)
      await store.db.query(
        'write',
        `INSERT INTO reading (node_id, quantity_id, position, time, value, flag)
         SELECT n.id, $2, 0, to_timestamp(i.t), i.v, 2
         FROM node n, unnest($3::float8[], $4::int[]) AS i (t, v) WHERE n.name = $1
         ON CONFLICT DO NOTHING`,
        [name, quantity, slice, values],
      )
    }
  }
}
