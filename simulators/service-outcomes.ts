import type { z } from 'zod'
import { rejectedAnswerSchema } from '../shared/schema/api.js'
import type { ServiceClient } from './service-client.js'

/** Where frames and readings ended, as the service tells it. */

export type Ending = 'received' | 'stored' | 'repeated' | 'rejected' | 'refused' | 'inFlight'

/** Of its `/metrics`; NaN where it does not tell. */
export function outcomeIn(metrics: string, what: 'frames' | 'readings', ending: Ending): number {
  const found = new RegExp(`^toba_${what}\\{outcome="${ending}"\\} (\\d+)`, 'm').exec(metrics)
  return Number(found?.[1])
}

/** Open rejected frames of a node, newest first. */
export async function* rejectedFrames(
  service: ServiceClient,
  node: string,
): AsyncGenerator<z.infer<typeof rejectedAnswerSchema>['rejectedFrames'][number]> {
  let before: number | null | undefined
  while (before !== null) {
    const page: string = before === undefined ? '' : `&before=${before}`
    const path = `/api/v1/rejected-frames?node=${node}&limit=500${page}`
    const answer: z.infer<typeof rejectedAnswerSchema> = await service.get(
      path,
      rejectedAnswerSchema,
    )
    yield* answer.rejectedFrames
    before = answer.next
  }
}
