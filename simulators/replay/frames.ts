import { encodeFrame } from '../../shared/wire/encode.js'
import type { Channel, Sample } from '../../shared/wire/frame.js'
import type { Row } from './series.js'

export interface ReplayFrame {
  bytes: Uint8Array
  /** Unix seconds of its first and last sample. */
  first: number
  last: number
  readings: number
}

export interface FramesOptions {
  channels: Channel[]
  boot: number
  samplesPerFrame: number
}

/**
 * Rows as frames, numbered from 0. Only rows and options decide the bytes, so a second run makes the same
 * frames. A frame that would be too long is halved until it fits.
 */
export async function* framesOf(
  rows: AsyncIterable<Row>,
  options: FramesOptions,
): AsyncGenerator<ReplayFrame> {
  let seq = 0
  let samples: Sample[] = []
  for await (const row of rows) {
    samples.push(row)
    if (samples.length < options.samplesPerFrame) continue
    yield* take()
  }
  if (samples.length > 0) yield* take()

  function take(): ReplayFrame[] {
    const frames = fit(samples, options, seq)
    seq += frames.length
    samples = []
    return frames
  }
}

function fit(samples: readonly Sample[], options: FramesOptions, seq: number): ReplayFrame[] {
  const bytes = encode(samples, options, seq)
  if (bytes !== undefined) return [describe(samples, bytes)]
  const middle = samples.length >> 1
  const before = fit(samples.slice(0, middle), options, seq)
  return [...before, ...fit(samples.slice(middle), options, seq + before.length)]
}

function encode(
  samples: readonly Sample[],
  { channels, boot }: FramesOptions,
  seq: number,
): Uint8Array | undefined {
  try {
    return encodeFrame({ boot, seq, undated: false, channels, samples: [...samples] })
  } catch (error) {
    const isTooLong = error instanceof Error && 'code' in error && error.code === 'too-long'
    if (isTooLong && samples.length > 1) return undefined
    throw error
  }
}

function describe(samples: readonly Sample[], bytes: Uint8Array): ReplayFrame {
  const present = samples.flatMap(({ values }) => values.filter((value) => value !== null))
  return {
    bytes,
    first: samples[0]?.time ?? 0,
    last: samples.at(-1)?.time ?? 0,
    readings: present.length,
  }
}
