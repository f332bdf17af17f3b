import { rest } from '../fleet/clock.js'
import type { Crowd } from './crowd.js'
import { Histogram } from './histogram.js'
import { Pace } from './pace.js'

/** A pause no longer than this: acknowledgements are read in between. */
const TICK_MS = 5
const NOTE_EVERY_MS = 200

export interface SendPlan {
  framesPerS: number
  /** Before the measurement, at the same rate. */
  warmUpS: number
  durationS: number
  /** Sending ends early when a frame has waited so long; undefined: never. */
  overrunMs?: number
  /** How long the last acknowledgements are waited for. */
  patienceMs: number
  signal: AbortSignal
  note(sent: number, acknowledged: number): void
}

export interface SendResult {
  sent: number
  acknowledged: number
  /** Of the frames that were meant for the measurement. */
  fromDue: Histogram
  fromSocket: Histogram
  /** Frames of the measurement that were never acknowledged. */
  unanswered: number
  /** How much too late this program handed a frame over, at worst. */
  mostLateMs: number
  /** How long frames were sent. */
  lastedS: number
  isOverrun: boolean
}

/** Sends at the planned rate, then waits for what is still on its way. */
export async function sendPaced(crowd: Crowd, plan: SendPlan): Promise<SendResult> {
  const { framesPerS, warmUpS, durationS, signal } = plan
  const startMs = performance.now()
  const measuredFromMs = startMs + warmUpS * 1000
  const total = Math.max(1, Math.round(framesPerS * (warmUpS + durationS)))
  const pace = new Pace({ startMs, framesPerS, total })
  const result = emptyResult()
  /** When the frames were due that are still open, oldest first, as far as they have been looked at. */
  const waiting = new Set<{ dueMs: number }>()
  let notedMs = 0
  while (!pace.isOver && !signal.aborted && !result.isOverrun) {
    const nowMs = performance.now()
    for (const dueMs of pace.take(nowMs)) {
      result.mostLateMs = Math.max(result.mostLateMs, nowMs - dueMs)
      sendOne(dueMs)
    }
    result.isOverrun = isOverrun(nowMs)
    if (nowMs - notedMs > NOTE_EVERY_MS) {
      notedMs = nowMs
      plan.note(result.sent, result.acknowledged)
    }
    await rest(Math.max(0, Math.min(TICK_MS, pace.nextMs - performance.now())), signal)
  }
  result.lastedS = (performance.now() - startMs) / 1000
  const endMs = performance.now() + plan.patienceMs
  while (waiting.size > 0 && performance.now() < endMs && !signal.aborted) {
    plan.note(result.sent, result.acknowledged)
    await rest(TICK_MS, signal)
  }
  result.unanswered = [...waiting].filter(({ dueMs }) => dueMs >= measuredFromMs).length
  return result

  function sendOne(dueMs: number): void {
    const frame = { dueMs }
    waiting.add(frame)
    result.sent++
    crowd.send(dueMs, ({ fromDueMs, fromSocketMs }) => {
      waiting.delete(frame)
      result.acknowledged++
      if (dueMs < measuredFromMs) return
      result.fromDue.add(fromDueMs)
      result.fromSocket.add(fromSocketMs)
    })
  }

  function isOverrun(nowMs: number): boolean {
    const [oldest] = waiting
    if (plan.overrunMs === undefined || oldest === undefined) return false
    return nowMs - oldest.dueMs > plan.overrunMs
  }
}

function emptyResult(): SendResult {
  return {
    sent: 0,
    acknowledged: 0,
    fromDue: new Histogram(),
    fromSocket: new Histogram(),
    unanswered: 0,
    mostLateMs: 0,
    lastedS: 0,
    isOverrun: false,
  }
}
