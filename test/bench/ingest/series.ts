import { encodeFrame } from '../../../shared/wire/encode.js'
import type { Frame } from '../../../shared/wire/frame.js'

/** The load that every way of storing gets: lake nodes of five quantities, sampled every five minutes. */

export const NODES = 200
export const QUANTITIES = [1, 2, 3, 4, 5] as const
const INTERVAL_S = 300
/** Where the time of the first sample of place 0 lies; the chunks of a store are 30 days. */
const START_S = Date.UTC(2019, 0, 1) / 1000
/** Rounds do not meet: 40 days hold more samples than a round can send. */
const ROUND_S = 40 * 86_400

export function nodeName(index: number): string {
  return `bench-${String(index).padStart(3, '0')}`
}

/**
 * Unix seconds of sample `index` of a place, which is one measurement of one kind in one round. Later places are
 * later in time too: nodes send in the order of time, and what is late costs more.
 */
export function sampleTime(place: number, index: number): number {
  return START_S + place * ROUND_S + index * INTERVAL_S
}

/** A smooth day with a little noise, different for each node; integers of each quantity's step. */
export function sampleValues(node: number, time: number): number[] {
  const day = Math.sin(((time % 86_400) / 86_400) * 2 * Math.PI)
  const noise = ((time / INTERVAL_S) * 7919 + node * 104_729) % 7
  return [
    2590 + Math.round(55 * day) + noise,
    790 + Math.round(12 * day) + (noise >> 1),
    690 + Math.round(40 * day) + noise,
    1680 + node + noise,
    140 + noise * 3,
  ]
}

export function benchFrame(node: number, place: number, seq: number, samples: number): Uint8Array {
  const frame: Frame = {
    boot: place,
    seq,
    undated: false,
    channels: QUANTITIES.map((quantity) => ({ quantity, position: 0 })),
    samples: Array.from({ length: samples }, (_, index) => {
      const time = sampleTime(place, seq * samples + index)
      return { time, values: sampleValues(node, time) }
    }),
  }
  return encodeFrame(frame)
}
