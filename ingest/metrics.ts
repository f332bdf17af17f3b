import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Balance } from './pipeline/balance.js'
import type { CommittedBatch } from './pipeline/pipeline.js'

export interface Metrics {
  registry: Registry
  committed(batch: CommittedBatch): void
  refused(reason: string): void
}

/** Prometheus metrics of the service; the balance of DESIGN §4.7 is read when it is asked for. */
export function createMetrics(sources: {
  balance: () => Balance
  connected: () => number
}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  for (const what of ['frames', 'readings'] as const) {
    new Gauge({
      name: `toba_${what}`,
      help: `${what} since start: received = stored + repeated + rejected + refused + inFlight`,
      labelNames: ['outcome'],
      registers,
      collect() {
        for (const [outcome, value] of Object.entries(sources.balance()[what])) {
          this.set({ outcome }, value)
        }
      },
    })
  }
  new Gauge({
    name: 'toba_nodes_connected',
    help: 'nodes connected to this process',
    registers,
    collect() {
      this.set(sources.connected())
    },
  })
  const rejected = new Counter({
    name: 'toba_rejected_frames_total',
    help: 'frames kept as rejected, by reason',
    labelNames: ['reason'],
    registers,
  })
  const refused = new Counter({
    name: 'toba_refused_total',
    help: 'connections, subscriptions and packets turned away, by reason',
    labelNames: ['reason'],
    registers,
  })
  const commits = new Histogram({
    name: 'toba_commit_seconds',
    help: 'time from taking a batch to its commit',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  return {
    registry,
    committed(batch) {
      commits.observe(batch.durationMs / 1000)
      for (const { reason } of batch.rejected) rejected.inc({ reason })
      if (batch.conflicts > 0) rejected.inc({ reason: 'conflict' }, batch.conflicts)
    },
    refused(reason) {
      refused.inc({ reason })
    },
  }
}
