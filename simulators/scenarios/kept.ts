import { rejectedAnswerSchema, rejectedDetailSchema } from '../../shared/schema/api.js'
import { readingsAnswerSchema } from '../../shared/schema/reading.js'
import { quantityByKey, toSteps } from '../../shared/wire/quantities.js'
import type { ServiceClient } from '../service-client.js'
import { rejectedFrames } from '../service-outcomes.js'
import type { Kept, StoredReading } from './verdict.js'

/** What the service says that it keeps, over its API. */

const DAY_MS = 86_400_000

/** Of one node; `aroundMs` is a time of the scenario, whose days before and after are looked at. */
export async function keptOf(client: ServiceClient, node: string, aroundMs: number): Promise<Kept> {
  const iso = (ms: number) => new Date(ms).toISOString()
  const span = `from=${iso(aroundMs - 3 * DAY_MS)}&to=${iso(aroundMs + 3 * DAY_MS)}`
  const path = `/api/v1/readings?node=${node}&resolution=raw&${span}`
  const { series } = await client.get(path, readingsAnswerSchema)
  const readings = series.flatMap(({ quantity, position, readings: points = [] }) => {
    const known = quantityByKey(quantity)
    if (known === undefined) return []
    return points.map(
      ({ time, value }): StoredReading => ({
        quantity: known.id,
        position,
        time: Date.parse(time) / 1000,
        value: toSteps(known, value),
      }),
    )
  })
  return { readings, rejected: await rejectedOf(client, node) }
}

/** Open rejected frames of all nodes, by reason. */
export async function rejectedByReason(client: ServiceClient): Promise<Record<string, number>> {
  return (await client.get('/api/v1/rejected-frames?limit=1', rejectedAnswerSchema)).open
}

async function rejectedOf(client: ServiceClient, node: string): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const { id } of rejectedFrames(client, node)) {
    const detail = await client.get(`/api/v1/rejected-frames/${id}`, rejectedDetailSchema)
    found.add(detail.hex)
  }
  return found
}
