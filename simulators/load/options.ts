import { parseArgs } from 'node:util'
import { MAX_FRAME_BYTES, MAX_SAMPLES } from '../../shared/wire/frame.js'
import { QUANTITIES } from '../../shared/wire/quantities.js'
import { type BrokerAddress, brokerAddress, number, serviceAddress } from '../addresses.js'
import type { ServiceAddress } from '../service-client.js'
import { UsageError, usageOf } from '../terminal.js'
import { seconds } from '../world/happenings.js'
import { type FrameShape, frameShape } from './frames.js'

const MOST_NODES = 50_000
/** Per second of ramp; each login is three questions to the database. */
const CONNECTS_PER_S = 200
const SHORTEST_S = 30
const STEP_S = 10
/** Where the search for the limit begins, of all nodes together. */
const FIRST_FRAMES_PER_S = 100

export const USAGE = `npm run load -- [options]

Light nodes that send frames to a service that runs, at a steady rate, and what became of it: latency from
the moment each frame was meant to leave, and a comparison of every acknowledged frame with what is stored.
The nodes are called load-00001 …, are simulated, and are used again by the next run.

  --nodes N          how many nodes, 1 to ${MOST_NODES.toLocaleString('en-GB')} (default 1000)
  --rate N/TIME      frames of each node, e.g. 1/300s or 2/s (default 1/10s); with --find-limit where the
                     search begins (default ${FIRST_FRAMES_PER_S} frames a second of all nodes together)
  --frame SxQ        samples and quantities of a frame (default 12x5)
  --ramp TIME        in which the nodes connect, evenly (default a second for ${CONNECTS_PER_S} nodes)
  --for TIME         how long frames are sent (default once around, but at least ${SHORTEST_S}s);
                     with --find-limit how long each step is measured (default ${STEP_S}s)
  --find-limit       searches the highest rate at which 99 of 100 frames are acknowledged within a second
  --json             the result as one JSON object on stdout; what people read goes to stderr
  --data FOLDER      data folder of the service (default: DATA_DIR, else .data)
  --url URL --token TOKEN
                     a service elsewhere instead; the token needs write:nodes, write:sites and read
  --mqtt [mqtts://]HOST[:PORT]
                     its broker (default: the service's host, MQTT_PORT, else 1883; 8883 with TLS)
`

export interface LoadOptions {
  nodes: number
  /** Of all nodes together. */
  framesPerS: number
  frame: FrameShape
  rampS: number
  /** Of the run, or of each measurement in the search for the limit. */
  durationS: number
  findsLimit: boolean
  isJson: boolean
  service: ServiceAddress
  broker: BrokerAddress
}

/** @returns 'help' when that was asked for. */
export function readLoadOptions(
  args: string[],
  environment: Record<string, string | undefined>,
): LoadOptions | 'help' {
  const values = parse(args)
  if (values.help) return 'help'
  const findsLimit = values['find-limit'] ?? false
  const nodes = number('--nodes', values.nodes ?? '1000', [1, MOST_NODES], true)
  const isFree = findsLimit && values.rate === undefined
  const framesPerS = isFree ? FIRST_FRAMES_PER_S : nodes * rate(values.rate ?? '1/10s')
  const aroundS = Math.max(SHORTEST_S, nodes / framesPerS)
  if (values.url !== undefined && values.data !== undefined) {
    throw new UsageError('--data or --url, not both')
  }
  const service = serviceAddress(values, environment.DATA_DIR ?? '.data')
  return {
    nodes,
    framesPerS,
    frame: frame(values.frame ?? '12x5'),
    rampS: time('--ramp', values.ramp, nodes / CONNECTS_PER_S),
    durationS: time('--for', values.for, findsLimit ? STEP_S : aroundS),
    findsLimit,
    isJson: values.json ?? false,
    service,
    broker: brokerAddress(values.mqtt, service, environment),
  }
}

function parse(args: string[]) {
  return usageOf(() =>
    parseArgs({
      args,
      options: {
        nodes: { type: 'string' },
        rate: { type: 'string' },
        frame: { type: 'string' },
        ramp: { type: 'string' },
        for: { type: 'string' },
        'find-limit': { type: 'boolean' },
        json: { type: 'boolean' },
        data: { type: 'string' },
        url: { type: 'string' },
        token: { type: 'string' },
        mqtt: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }),
  ).values
}

/** Frames a second of one node. */
function rate(text: string): number {
  const { frames, period } = /^(?<frames>\d+(?:\.\d+)?)\/(?<period>\S+)$/.exec(text)?.groups ?? {}
  if (frames === undefined || period === undefined) {
    throw new UsageError(`--rate ${text}: expected frames in a time, e.g. 1/300s or 2/s`)
  }
  const periodS = seconds(/^\d/.test(period) ? period : `1${period}`, `--rate ${text}`)
  const perS = Number(frames) / periodS
  if (!(perS > 0 && Number.isFinite(perS))) {
    throw new UsageError(`--rate ${text}: a node has to send something, in some time`)
  }
  return perS
}

function frame(text: string): FrameShape {
  const { samples, quantities } = /^(?<samples>\d+)x(?<quantities>\d+)$/.exec(text)?.groups ?? {}
  if (samples === undefined || quantities === undefined) {
    throw new UsageError(`--frame ${text}: expected samples x quantities, e.g. 12x5`)
  }
  try {
    return frameShape(
      number(`--frame ${text}: samples`, samples, [1, MAX_SAMPLES], true),
      number(`--frame ${text}: quantities`, quantities, [1, QUANTITIES.length], true),
    )
  } catch (error) {
    const isTooLong = error instanceof Error && 'code' in error && error.code === 'too-long'
    if (!isTooLong) throw error
    throw new UsageError(`--frame ${text}: it does not fit the ${MAX_FRAME_BYTES} bytes of a frame`)
  }
}

function time(name: string, text: string | undefined, fallbackS: number): number {
  if (text === undefined) return fallbackS
  const timeS = seconds(text, `${name} ${text}`)
  if (timeS === 0 && name === '--for')
    throw new UsageError(`${name} ${text}: that is no time at all`)
  return timeS
}
