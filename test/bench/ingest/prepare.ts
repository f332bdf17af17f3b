import { writeFileSync } from 'node:fs'
import { commitFrames } from '../../../ingest/store/batches.js'
import { insertNode, nodeByName } from '../../../ingest/store/nodes.js'
import { openStore } from '../../../ingest/store/open.js'
import { newSecret } from '../../../ingest/store/secrets.js'
import { quietOptions, readJob, report } from './job.js'
import { nodeName, QUANTITIES, sampleValues } from './series.js'

/**
 * A store with its nodes, and a year of one node's readings for the export that runs beside the load. `calibrated`:
 * every channel has a probe with a calibration that changes every value.
 */

const job = readJob<{ nodes: number; secrets: string; year: boolean; calibrated: boolean }>()
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
if (job.calibrated) await calibrateAll()
if (job.year) await insertYear(nodeName(job.nodes))
await store.close()
report({})

/** A year of five quantities every ten minutes up to now: 262,800 readings, committed as frames are. */
async function insertYear(name: string): Promise<void> {
  const { id: nodeId } = await nodeByName(store.db, name)
  const nowS = Math.floor(Date.now() / 600_000) * 600
  const times = Array.from({ length: 365 * 144 }, (_, index) => nowS - index * 600)
  for (let from = 0; from < times.length; from += 1000) {
    const readings = times.slice(from, from + 1000).flatMap((time) => {
      const values = sampleValues(0, time)
      return QUANTITIES.map((quantityId, at) => ({
        nodeId,
        quantityId,
        position: 0,
        time,
        value: values[at] ?? 0,
        raw: null,
        flag: 2,
        why: 0,
      }))
    })
    const bytes = new Uint8Array(50)
    const frame = { nodeId, boot: 1, seq: from, undated: false, bytes, receivedAt: Date.now() }
    await commitFrames(store.db, [{ ...frame, readings }])
  }
}

async function calibrateAll(): Promise<void> {
  await store.db.transaction('write', async (session) => {
    await session.query(
      `WITH probes AS (
         INSERT INTO probe (type, serial_number, node_id, quantity_id, position, valid_from)
         SELECT 'bench', n.name || ' ' || q, n.id, q, 0, to_timestamp(0)
         FROM node n, unnest($1::int[]) q RETURNING id)
       INSERT INTO calibration (probe_id, gain, "offset", valid_from)
       SELECT id, 1.02, 0.1, to_timestamp(0) FROM probes`,
      [[...QUANTITIES]],
    )
    await session.query('UPDATE node SET correction_revision = 1')
  })
}
