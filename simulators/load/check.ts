import { z } from 'zod'
import { fromSteps, quantityById } from '../../shared/wire/quantities.js'
import type { ServiceClient } from '../service-client.js'
import { progressOf } from '../terminal.js'
import type { Crowd, LoadNode } from './crowd.js'
import { SAMPLE_STEP_S, valueAt } from './frames.js'

/** Requests on their way at once. */
const AT_ONCE = 8

/** Of the long answer what is compared. */
const seriesSchema = z.object({
  series: z.array(
    z.object({ readings: z.array(z.object({ time: z.string(), value: z.number() })) }),
  ),
})

export interface Check {
  /** Acknowledged frames that were looked for. */
  frames: number
  /** Acknowledged frames of which a sample is not stored, or with another value. */
  missing: number
}

/**
 * Looks for every acknowledged frame of every node in what the service stored: each sample by its time, with
 * its value. One quantity is enough, for a frame is committed whole. Undefined when the signal ended it.
 */
export async function checkStored(
  service: ServiceClient,
  crowd: Crowd,
  signal: AbortSignal,
): Promise<Check | undefined> {
  const check = { frames: 0, missing: 0 }
  const progress = progressOf(crowd.nodes.length, 'check')
  const queue = crowd.nodes.filter(({ seq, open }) => seq > open.size).values()
  let done = 0
  const work = async () => {
    for (const node of queue) {
      if (signal.aborted) return
      await checkNode(service, crowd, node, check)
      progress.update(++done, `${done} nodes compared with the store`)
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  } finally {
    progress.stop()
  }
  return signal.aborted ? undefined : check
}

async function checkNode(
  service: ServiceClient,
  crowd: Crowd,
  node: LoadNode,
  check: Check,
): Promise<void> {
  const [shape] = crowd.frame.shapes
  const quantity = quantityById(shape?.channel.quantity ?? 0)
  if (shape === undefined || quantity === undefined) return
  const from = new Date(crowd.startS * 1000).toISOString()
  const to = new Date(crowd.sampleS(node.seq) * 1000).toISOString()
  const path = `/api/v1/readings?node=${node.light.name}&quantity=${quantity.key}&position=0`
  const { series } = await service.get(`${path}&from=${from}&to=${to}&resolution=raw`, seriesSchema)
  const stored = new Map(
    series.flatMap(({ readings }) => readings).map(({ time, value }) => [Date.parse(time), value]),
  )
  for (let seq = 0; seq < node.seq; seq++) {
    if (node.open.has(seq)) continue
    check.frames++
    const startS = crowd.sampleS(seq)
    const isWhole = Array.from({ length: crowd.frame.samples }).every((_, index) => {
      const timeS = startS + index * SAMPLE_STEP_S
      return stored.get(timeS * 1000) === fromSteps(quantity, valueAt(shape, node.index, timeS))
    })
    if (!isWhole) check.missing++
  }
}
