import { z } from 'zod'
import type { Frame } from '../wire/frame.js'
import { quantityById } from '../wire/quantities.js'

/** A sample may be this far ahead of the server's clock; more makes its frame a rejected one. */
export const FUTURE_LIMIT_S = 300
/** Nothing was measured before 2015-01-01: an older time is a clock that was never set. */
export const PAST_LIMIT_S = Date.UTC(2015, 0, 1) / 1000

const INT32_MAX = 2 ** 31 - 1
const counter = z.int().min(0).max(INT32_MAX)

/**
 * A decoded frame: structure only. Values are int32 in the quantity's step, null where the sample lacks the
 * channel; a value outside its quantity's plausible range is a reading with flag 4, not an error here.
 */
export const frameSchema = z.object({
  boot: counter,
  seq: counter,
  undated: z.boolean(),
  channels: z
    .array(z.object({ quantity: z.int().min(0).max(65_535), position: z.int().min(0).max(15) }))
    .min(1),
  samples: z
    .array(
      z.object({
        time: z
          .int()
          .min(0)
          .max(2 ** 32 - 1)
          .describe('unix seconds; uptime seconds when undated'),
        values: z.array(z.int32().nullable()).describe('in the order of the channels'),
      }),
    )
    .min(1)
    .max(255),
})

export type FrameProblem = {
  reason: 'frame-invalid' | 'time-future' | 'time-past'
  detail: string
}

/**
 * What makes a decoded frame unusable, or undefined. `nowS` is the server's time in unix seconds. The time
 * window is not asked of an undated frame: its times are uptimes until it has been dated.
 */
export function checkFrame(frame: Frame, nowS: number): FrameProblem | undefined {
  const parsed = frameSchema.safeParse(frame)
  if (!parsed.success) return invalid(z.prettifyError(parsed.error))
  const { channels, samples, undated } = parsed.data
  for (const { quantity } of channels) {
    if (quantityById(quantity) === undefined) return invalid(`unknown quantity ${quantity}`)
  }
  for (const { time, values } of samples) {
    if (values.length !== channels.length) {
      return invalid(`${values.length} values for ${channels.length} channels`)
    }
    if (undated) continue
    if (time > nowS + FUTURE_LIMIT_S)
      return { reason: 'time-future', detail: aheadText(time, nowS) }
    if (time < PAST_LIMIT_S) return { reason: 'time-past', detail: `measured ${isoSeconds(time)}` }
  }
  return undefined
}

function invalid(detail: string): FrameProblem {
  return { reason: 'frame-invalid', detail }
}

function aheadText(timeS: number, nowS: number): string {
  return `measured ${isoSeconds(timeS)}, ${Math.round(timeS - nowS)} s ahead of the server`
}

function isoSeconds(timeS: number): string {
  return new Date(timeS * 1000).toISOString().replace('.000Z', 'Z')
}
