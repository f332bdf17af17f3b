import { encodeFrame } from '../../shared/wire/encode.js'
import type { Channel } from '../../shared/wire/frame.js'
import { QUANTITIES } from '../../shared/wire/quantities.js'

/**
 * What the nodes of a load say. Every value is a function of node, channel and time, so that a frame can be
 * made again to be compared with what is stored, and a repeat is never a conflict.
 */

/** As twelve samples in two minutes; a frame's samples follow those of the frame before. */
export const SAMPLE_STEP_S = 10

/** Where the day of a channel lies and how far it swings, in steps of its quantity. */
interface Shape {
  channel: Channel
  base: number
  swing: number
}

/** The five of a lake station, which most loads are made of. */
const LAKE: Readonly<Record<string, readonly [base: number, swing: number]>> = {
  water_temperature: [2590, 55],
  ph: [790, 12],
  dissolved_oxygen: [690, 40],
  conductivity_25: [1680, 4],
  turbidity: [140, 9],
}

export interface FrameShape {
  samples: number
  shapes: readonly Shape[]
}

/** The first quantities of the registry; @throws RangeError when such a frame does not fit the wire. */
export function frameShape(samples: number, quantities: number): FrameShape {
  const shapes = QUANTITIES.slice(0, quantities).map(({ id, key, step, min, max }) => {
    const [base, swing] = LAKE[key] ?? [Math.round((min + (max - min) * 0.3) / step), 20]
    return { channel: { quantity: id, position: 0 }, base, swing }
  })
  const shape = { samples, shapes }
  encodeLoadFrame(shape, { node: 0, boot: 0x7fffffff, seq: 0x7fffffff, startS: 1_700_000_000 })
  return shape
}

/** A smooth day with a little noise, another one for each node. */
export function valueAt({ base, swing }: Shape, node: number, timeS: number): number {
  const day = Math.sin(((timeS % 86_400) / 86_400) * 2 * Math.PI)
  const noise = (Math.floor(timeS / SAMPLE_STEP_S) * 7919 + node * 104_729) % 7
  return base + Math.round(swing * day) + noise
}

/** @param of.startS unix second of the frame's first sample. */
export function encodeLoadFrame(
  { samples, shapes }: FrameShape,
  of: { node: number; boot: number; seq: number; startS: number },
): Uint8Array {
  return encodeFrame({
    boot: of.boot,
    seq: of.seq,
    undated: false,
    channels: shapes.map(({ channel }) => channel),
    samples: Array.from({ length: samples }, (_, index) => {
      const time = of.startS + index * SAMPLE_STEP_S
      return { time, values: shapes.map((shape) => valueAt(shape, of.node, time)) }
    }),
  })
}
