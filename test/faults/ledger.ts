import type { Database } from '../../ingest/store/database.js'
import { encodeFrame } from '../../shared/wire/encode.js'

/** What was sent and what was acknowledged, against what is stored. */

const QUANTITIES = [1, 2, 3, 4, 5]
const SAMPLES = 2
const GRID_S = 10
/** All of it lies in the past, however long a run takes. */
const START_S = Math.floor(Date.now() / 86_400_000) * 86_400 - 20 * 86_400

export interface Verdict {
  acked_missing: number
  stored_twice: number
  stored_unsent: number
}

/** The frames of one node: frame `seq` holds two samples of five quantities, a function of node and time. */
export class NodeLedger {
  readonly node: number
  #sent = 0
  readonly #acknowledged = new Set<number>()

  constructor(node: number) {
    this.node = node
  }

  /** The next frame, counted as sent from here on: it may be stored. */
  next(): { seq: number; bytes: Uint8Array } {
    const seq = this.#sent++
    return { seq, bytes: this.frame(seq) }
  }

  frame(seq: number): Uint8Array {
    return encodeFrame({
      boot: 1,
      seq,
      undated: false,
      channels: QUANTITIES.map((quantity) => ({ quantity, position: 0 })),
      samples: Array.from({ length: SAMPLES }, (_, index) => {
        const time = START_S + (seq * SAMPLES + index) * GRID_S
        return { time, values: QUANTITIES.map((quantity) => valueAt(this.node, quantity, time)) }
      }),
    })
  }

  acknowledged(seq: number): void {
    this.#acknowledged.add(seq)
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.size
  }

  /** `nodeId` is the node's key in the store. */
  async compare(db: Database, nodeId: number): Promise<Verdict> {
    const verdict = { acked_missing: 0, stored_twice: 0, stored_unsent: 0 }
    for (const quantity of QUANTITIES) {
      const rows = await db.query<{ time: number; value: number }>(
        'read',
        `SELECT extract(epoch FROM time)::int AS time, value FROM reading
         WHERE node_id = $1 AND quantity_id = $2`,
        [nodeId, quantity],
      )
      const seen = new Set<number>()
      for (const { time, value } of rows) {
        if (seen.has(time)) verdict.stored_twice++
        seen.add(time)
        if (!this.#isSent(time) || value !== valueAt(this.node, quantity, time))
          verdict.stored_unsent++
      }
      for (const seq of this.#acknowledged) {
        for (let index = 0; index < SAMPLES; index++) {
          if (!seen.has(START_S + (seq * SAMPLES + index) * GRID_S)) verdict.acked_missing++
        }
      }
    }
    return verdict
  }

  #isSent(time: number): boolean {
    const index = (time - START_S) / GRID_S
    return Number.isInteger(index) && index >= 0 && index < this.#sent * SAMPLES
  }
}

function valueAt(node: number, quantity: number, time: number): number {
  return 600 + ((node * 31 + quantity * 17 + (time / GRID_S) * 7) % 200)
}

export function total(verdicts: Verdict[]): Verdict {
  const sum = { acked_missing: 0, stored_twice: 0, stored_unsent: 0 }
  for (const verdict of verdicts) {
    sum.acked_missing += verdict.acked_missing
    sum.stored_twice += verdict.stored_twice
    sum.stored_unsent += verdict.stored_unsent
  }
  return sum
}
