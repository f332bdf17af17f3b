import { setTimeout as pause } from 'node:timers/promises'
import type { LightNode } from '../light-node.js'
import type { ReplayFrame } from './frames.js'

export interface SendOptions {
  /** Times the recorded speed; undefined: as fast as acknowledged. */
  speed: number | undefined
  /** Frames read ahead of the oldest unacknowledged one. */
  ahead: number
  signal: AbortSignal
  acknowledged(result: SendResult): void
}

/** Counts are per node and added up: two nodes that send one frame each are two frames. */
export interface SendResult {
  frames: number
  readings: number
  acknowledgedFrames: number
  acknowledgedReadings: number
  latenciesMs: number[]
}

/** Sends every frame as every node, in order; ends early, without an error, when the signal says so. */
export async function sendFrames(
  frames: AsyncIterable<ReplayFrame>,
  nodes: readonly LightNode[],
  options: SendOptions,
): Promise<SendResult> {
  const result: SendResult = {
    frames: 0,
    readings: 0,
    acknowledgedFrames: 0,
    acknowledgedReadings: 0,
    latenciesMs: [],
  }
  const startedMs = performance.now()
  const onTheWay: Promise<void>[] = []
  let firstTime: number | undefined
  for await (const frame of frames) {
    firstTime ??= frame.first
    if (options.speed !== undefined) {
      const dueMs = startedMs + ((frame.last - firstTime) * 1000) / options.speed
      await pauseUntil(dueMs, options.signal)
    }
    if (options.signal.aborted) break
    onTheWay.push(sendAs(nodes, frame, result, options))
    if (onTheWay.length >= options.ahead) await onTheWay.shift()
  }
  await Promise.all(onTheWay)
  return result
}

async function sendAs(
  nodes: readonly LightNode[],
  frame: ReplayFrame,
  result: SendResult,
  options: SendOptions,
): Promise<void> {
  const each = nodes.map(async (node) => {
    result.frames++
    result.readings += frame.readings
    const { latencyMs } = await node.publish(frame.bytes)
    result.acknowledgedFrames++
    result.acknowledgedReadings += frame.readings
    result.latenciesMs.push(latencyMs)
    options.acknowledged(result)
  })
  try {
    await Promise.all(each)
  } catch (error) {
    // A node that was stopped on purpose rejects what it still holds; the counts say how much.
    if (!options.signal.aborted) throw error
  }
}

async function pauseUntil(dueMs: number, signal: AbortSignal): Promise<void> {
  const leftMs = dueMs - performance.now()
  if (leftMs <= 0) return
  try {
    await pause(leftMs, undefined, { signal })
  } catch {
    // Woken by the signal, which the caller looks at.
  }
}

/** Nearest-rank percentile of unsorted values; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
