import { readFileSync } from 'node:fs'
import { LightNode } from '../../../simulators/light-node.js'
import { readJob, report, WARM_UP_S } from './job.js'
import { benchFrame, nodeName } from './series.js'

/**
 * The load: nodes that publish frames with QoS 1, each sending its next one when its window has room.
 * Frames are encoded before the clock starts, so that the generator takes as little of the machine as may be.
 */

const job = readJob<{
  mqttPort: number
  secrets: string
  nodes: number
  place: number
  samples: number
  inFlight: number
  framesPerNode: number
  seconds: number
}>()
const secrets = JSON.parse(readFileSync(job.secrets, 'utf8')) as string[]

const frames = secrets
  .slice(0, job.nodes)
  .map((_, node) =>
    Array.from({ length: job.framesPerNode }, (__, seq) =>
      benchFrame(node, job.place, seq, job.samples),
    ),
  )
let disconnected = 0
const nodes = secrets.slice(0, job.nodes).map(
  (secret, index) =>
    new LightNode({
      name: nodeName(index),
      secret,
      host: '127.0.0.1',
      port: job.mqttPort,
      inFlight: job.inFlight,
      events: { disconnected: () => void disconnected++ },
    }),
)
for (const node of nodes) node.start()
while (nodes.some((node) => !node.isConnected))
  await new Promise((resolve) => setTimeout(resolve, 20))

const latencies: number[] = []
const startedAt = performance.now()
const elapsedS = () => (performance.now() - startedAt) / 1000
const isOver = () => elapsedS() >= WARM_UP_S + job.seconds
let acknowledged = 0
await Promise.all(
  nodes.map(async (node, index) => {
    const queue = frames[index] ?? []
    let next = 0
    const lane = async () => {
      while (!isOver()) {
        const frame = queue[next++]
        if (frame === undefined) throw new Error('the prepared frames are used up')
        const { latencyMs } = await node.publish(frame)
        if (elapsedS() < WARM_UP_S || isOver()) continue
        acknowledged++
        latencies.push(latencyMs)
      }
    }
    await Promise.all(Array.from({ length: job.inFlight }, lane))
  }),
)
const cut = disconnected
await Promise.all(nodes.map((node) => node.stop()))
latencies.sort((a, b) => a - b)
const percentile = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0
report({
  readingsPerS: (acknowledged * job.samples * 5) / job.seconds,
  p50: percentile(0.5),
  p99: percentile(0.99),
  disconnected: cut,
})
