import { request } from 'node:http'
import { AUTO_POINTS } from '../../../shared/schema/reading.js'
import { progressOf } from '../../../simulators/terminal.js'
import { siteName } from './fill.js'

/** What a page asks the running service, over HTTP. */
export interface Question {
  name: string
  /** Of another site each round. */
  path(round: number): string
}

const DAY_S = 86_400
const QUANTITY = 'dissolved_oxygen'
/** Code gets compiled, connections get their plans. */
const WARM_UP_ROUNDS = 3

export function questions(nodes: number, endS: number): Question[] {
  const span = (days: number) =>
    `from=${iso(endS - days * DAY_S)}&to=${iso(endS)}&quantity=${QUANTITY}`
  const series = (name: string, days: number): Question => ({
    name: `one series, ${name}`,
    path: (round) => `/api/v1/readings?site=${siteName((round * 37) % nodes)}&${span(days)}`,
  })
  return [
    { name: 'latest of all sites', path: () => '/api/v1/latest?limit=2000' },
    series('day', 1),
    series('month', 30),
    series('year', 365),
    {
      name: 'one quantity of all sites, 30 days',
      path: () => `/api/v1/readings?sites=all&resolution=day&${span(30)}`,
    },
  ]
}

export interface Answered {
  name: string
  p50_ms: number
  p95_ms: number
}

/** Every round asks everything once, in turn: what else the machine does meets all of them alike. */
export async function ask(
  port: number,
  asked: readonly Question[],
  { rounds, signal }: { rounds: number; signal: AbortSignal },
): Promise<Answered[]> {
  const times = asked.map((): number[] => [])
  const progress = progressOf(rounds, 'asking')
  try {
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const [index, { path }] of asked.entries()) {
        signal.throwIfAborted()
        const ms = await timeOf(port, path(round + WARM_UP_ROUNDS))
        if (round >= 0) times[index]?.push(ms)
      }
      progress.update(Math.max(0, round), '')
    }
  } finally {
    progress.stop()
  }
  return asked.map(({ name }, index) => {
    const sorted = (times[index] ?? []).sort((a, b) => a - b)
    const percentile = (share: number) => round1(sorted[Math.floor(share * sorted.length)] ?? 0)
    return { name, p50_ms: percentile(0.5), p95_ms: percentile(0.95) }
  })
}

/** From the question to the last byte of its answer. */
async function timeOf(port: number, path: string): Promise<number> {
  const begunMs = performance.now()
  const { status, body } = await get(port, path)
  const ms = performance.now() - begunMs
  if (status !== 200) throw new Error(`${path} was answered with ${status}: ${body}`)
  const points = body.split('"time":').length - 1
  if (points === 0) throw new Error(`${path} was answered with nothing`)
  if (path.includes('site=') && points > AUTO_POINTS * 1.1) {
    throw new Error(`${path} was answered with ${points} points`)
  }
  return ms
}

function get(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString() }),
      )
    })
    asking.on('error', reject)
    asking.end()
  })
}

function iso(timeS: number): string {
  return new Date(timeS * 1000).toISOString()
}

function round1(value: number): number {
  return Math.round(value * 10) / 10
}
