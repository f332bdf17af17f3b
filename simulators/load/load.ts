import { rest } from '../fleet/clock.js'
import type { Balance } from '../replay/outcome.js'
import { readBalance } from '../replay/outcome.js'
import { type ServiceClient, ServiceError } from '../service-client.js'
import { grouped, progressOf } from '../terminal.js'
import { type Check, checkStored } from './check.js'
import { Crowd, requireFiles } from './crowd.js'
import { SAMPLE_STEP_S } from './frames.js'
import { judge, nextRate, type Step } from './limit.js'
import { provisionNodes, Register } from './nodes.js'
import type { LoadOptions } from './options.js'
import { type SendResult, sendPaced } from './send.js'
import { stepLine } from './summary.js'

/**
 * Samples begin this long ago and go on from run to run, so that faster ones than real time end before now:
 * enough for 21,600 frames of twelve samples from each node, and the newest chunk or the one before it.
 */
const LOOK_BACK_S = 30 * 86_400
/** Longer than a node's own patience of 20 s, so that a frame that was cut off is sent again. */
const PATIENCE_MS = 25_000
const WARM_UP_S = 3
/** Three times the limit: it will not be kept any more. */
const OVERRUN_MS = 3_000

export interface LoadSurroundings {
  service: ServiceClient
  /** Where the secrets of the nodes are kept. */
  folder: string
  /** Unix ms. */
  now(): number
  signal: AbortSignal
  print(line: string): void
}

export interface LoadFacts {
  nodes: number
  /** That were made, or got a new secret, for this run. */
  made: number
  connectS: number
  /** Of the run; in a search for the limit of its last step. */
  result: SendResult | undefined
  /** Of a search for the limit, in the order in which they were tried. */
  steps: Step[]
  frames: { sent: number; acknowledged: number; resent: number; reordered: number }
  cuts: number
  /** Undefined: the run was interrupted before. */
  check: Check | undefined
  /** Readings of everything the service received meanwhile; undefined when it does not tell. */
  readings: Balance | undefined
  isInterrupted: boolean
}

/** @throws ServiceError or UsageError with a message for the command line. */
export async function runLoad(options: LoadOptions, around: LoadSurroundings): Promise<LoadFacts> {
  const { service, signal } = around
  requireFiles(options.nodes)
  const register = new Register(around.folder, options.service)
  await register.read()
  const before = await readBalance(service)
  const { logins, made } = await provisionNodes(service, register, {
    count: options.nodes,
    signal,
  })
  const nowS = Math.floor(around.now() / 1000)
  const startS = Math.max(register.nextS, nowS - LOOK_BACK_S)
  const crowd = new Crowd({ ...options, logins, boot: nowS % 0x7fffffff, startS })
  const times = new SampleTimes(crowd, register, nowS)
  const steps: Step[] = []
  let result: SendResult | undefined
  let connectS = 0
  try {
    const connectMs = performance.now()
    await crowd.connect(options.rampS, signal)
    connectS = (performance.now() - connectMs) / 1000
    if (!signal.aborted) around.print(`${grouped(crowd.connected)} nodes are connected`)
    if (options.findsLimit) result = await findLimit(options, { ...around, crowd, times, steps })
    else if (!signal.aborted) result = await sendOnce(options, { ...around, crowd, times })
  } finally {
    await crowd.stop()
  }
  const check = await checkStored(service, crowd, signal)
  return {
    nodes: crowd.nodes.length,
    made,
    connectS,
    result,
    steps,
    frames: countFrames(crowd),
    cuts: crowd.cuts,
    check,
    readings: difference(before, await readBalance(service)),
    isInterrupted: signal.aborted,
  }
}

interface Sending extends LoadSurroundings {
  crowd: Crowd
  times: SampleTimes
}

async function sendOnce(options: LoadOptions, sending: Sending): Promise<SendResult> {
  const { crowd, times, signal } = sending
  const { framesPerS, durationS } = options
  await times.reserve(framesPerS * durationS)
  const progress = progressOf(Math.round(framesPerS * durationS), 'load')
  const note = (sent: number, acknowledged: number) =>
    progress.update(acknowledged, `${grouped(sent)} sent, ${grouped(acknowledged)} acknowledged`)
  try {
    const plan = { framesPerS, warmUpS: 0, durationS, patienceMs: PATIENCE_MS, signal, note }
    return await sendPaced(crowd, plan)
  } finally {
    progress.stop()
  }
}

async function findLimit(
  { framesPerS: first, durationS }: LoadOptions,
  sending: Sending & { steps: Step[] },
): Promise<SendResult | undefined> {
  const { crowd, times, steps, signal, print } = sending
  const note = () => {}
  let result: SendResult | undefined
  print(stepLine())
  let framesPerS = nextRate(first, steps)
  while (framesPerS !== undefined && !signal.aborted) {
    await times.reserve(framesPerS * (WARM_UP_S + durationS))
    const plan = { framesPerS, warmUpS: WARM_UP_S, durationS, patienceMs: OVERRUN_MS, signal, note }
    result = await sendPaced(crowd, { ...plan, overrunMs: OVERRUN_MS })
    if (signal.aborted) break
    const step = judge(framesPerS, result)
    steps.push(step)
    print(stepLine(step))
    await drained(crowd, signal)
    framesPerS = nextRate(first, steps)
  }
  return result
}

/** What a step left behind must not weigh on the next one. */
async function drained(crowd: Crowd, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + 2 * PATIENCE_MS
  while (crowd.open > 0 && !signal.aborted) {
    if (performance.now() > endMs) {
      throw new ServiceError(
        0,
        `${crowd.open} frames are still not acknowledged: the search ends here`,
      )
    }
    await rest(100, signal)
  }
}

/** Two runs must not send samples of the same time as the same node. */
class SampleTimes {
  readonly #crowd: Crowd
  readonly #register: Register
  readonly #nowS: number
  #frames = 0

  constructor(crowd: Crowd, register: Register, nowS: number) {
    this.#crowd = crowd
    this.#register = register
    this.#nowS = nowS
  }

  /** Remembered before they are used: a run that is killed leaves a gap, never a second value. */
  async reserve(frames: number): Promise<void> {
    this.#frames += Math.ceil(frames)
    const perNode = Math.ceil(this.#frames / this.#crowd.nodes.length)
    const nextS = this.#crowd.sampleS(perNode)
    if (nextS > this.#nowS) {
      const perFrameS = this.#crowd.frame.samples * SAMPLE_STEP_S
      const left = Math.max(0, Math.floor((this.#nowS - this.#crowd.startS) / perFrameS))
      throw new ServiceError(
        0,
        `each node has past times left for ${grouped(left)} frames, and this needs ${grouped(perNode)}: ` +
          'take more --nodes, a lower --rate or a shorter --for, or wait until more time has passed',
      )
    }
    this.#register.nextS = nextS
    await this.#register.write()
  }
}

function countFrames({ nodes }: Crowd): LoadFacts['frames'] {
  const sum = (of: (node: Crowd['nodes'][number]) => number) =>
    nodes.reduce((total, node) => total + of(node), 0)
  return {
    sent: sum(({ seq }) => seq),
    acknowledged: sum(({ seq, open }) => seq - open.size),
    resent: sum(({ light }) => light.counters.resent),
    reordered: sum(({ reordered }) => reordered),
  }
}

function difference(before: Balance | undefined, after: Balance | undefined): Balance | undefined {
  if (before === undefined || after === undefined) return undefined
  return {
    received: after.received - before.received,
    stored: after.stored - before.stored,
    repeated: after.repeated - before.repeated,
    rejected: after.rejected - before.rejected,
  }
}
