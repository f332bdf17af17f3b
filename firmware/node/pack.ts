import { encodeFrame } from '../../shared/wire/encode.js'
import type { Sample } from '../../shared/wire/frame.js'
import { chr } from './bytes.js'
import {
  BOOT,
  journalEnd,
  OFFSET,
  READINGS,
  readJournal,
  state,
  type Taken,
  trimJournal,
} from './journal.js'
import {
  FRAME_BOOT,
  framed,
  keepFrame,
  SEQ,
  setFramed,
  TOTAL,
  UP_TO,
  waitingSamples,
  withRoom,
} from './outbox.js'

/*
 * From the journal into the outbox. A frame holds samples of one stream and one boot in ascending time, all dated or
 * all undated. A sample's time is known when it was known while the sample was taken, or was learned later in the same
 * boot. It is never guessed.
 */

/** Boot of the samples that `collect` found last, and whether their times are unix seconds. */
let boot: number
let isDated: boolean
/** Readings that wait in the journal for their frame to be full, as of the last packing. */
let unframed = 0

/** Samples that the service has not acknowledged: in frames, and readings that wait for theirs. */
export function unsentSamples(): number {
  return waitingSamples() + unframed
}

/** The next samples of a stream for one frame, at most `limit`; `uptime` is then their time. */
function collect(stream: number, limit: number): Taken[] {
  const found: Taken[] = []
  const offsets: number[] = []
  let late = 0
  boot = -1
  readJournal(framed[UP_TO + stream] as number, (inForce, sample) => {
    if (boot >= 0 && inForce[BOOT] !== boot) return true
    // Without a reading it only tells the node when it was.
    if (sample && sample.stream === stream && sample.channels.length && found.length < limit) {
      boot = inForce[BOOT] as number
      found.push(sample)
      offsets.push(inForce[OFFSET] as number)
    }
    if (boot >= 0) late = late || (inForce[OFFSET] as number)
    // Behind a full frame without a date there may still be one.
    return found.length === limit && late > 0
  })
  if (boot === state[BOOT]) late = late || (state[OFFSET] as number)
  isDated = late > 0
  for (let n = 0; n < found.length; n++) {
    const sample = found[n] as Taken
    sample.uptime += offsets[n] || late
    // The clock was set back in between.
    if (n && sample.uptime <= (found[n - 1] as Taken).uptime) return found.slice(0, n)
  }
  return found
}

function encode(found: Taken[]): string {
  const union: number[] = []
  found.forEach((sample) => {
    sample.channels.forEach((channel) => {
      if (union.indexOf(channel) < 0) union.push(channel)
    })
  })
  union.sort((a, b) => a - b)
  const samples: Sample[] = found.map((sample) => ({
    time: sample.uptime,
    values: union.map((channel) => {
      const at = sample.channels.indexOf(channel)
      return at < 0 ? null : (sample.values[at] as number)
    }),
  }))
  const channels = union.map((channel) => ({ quantity: channel >> 4, position: channel & 15 }))
  const bytes = encodeFrame({
    boot,
    seq: framed[SEQ] as number,
    undated: !isDated,
    channels,
    samples,
  })
  let text = ''
  for (let n = 0; n < bytes.length; n++) text += chr(bytes[n] as number)
  return text
}

/** Frames as many of the samples as fit, and keeps the frame. Throws when Storage refuses it. */
function frame(stream: number, found: Taken[]): void {
  const before = framed
  const after = framed.slice()
  // A boot's first frame has number 0.
  after[SEQ] = boot === after[FRAME_BOOT] ? (after[SEQ] as number) + 1 : 0
  after[FRAME_BOOT] = boot
  after[TOTAL] = (after[TOTAL] as number) + found.length
  after[UP_TO + stream] = (found[found.length - 1] as Taken).next
  setFramed(after)
  try {
    keepFrame(found.length, encode(found), stream === READINGS)
  } catch (error) {
    setFramed(before)
    if ((error as { code?: string }).code !== 'too-long') throw error
    frame(stream, found.slice(0, found.length >> 1))
  }
}

/** Frames the samples of a stream: whole frames of `perFrame`, and what is left only when it `isAll`. */
export function pack(stream: number, perFrame: number, isAll: boolean): void {
  let found = collect(stream, perFrame)
  while (found.length > (isAll ? 0 : perFrame - 1)) {
    const next = found
    // Where there is no room the samples stay in the journal.
    if (!withRoom(() => frame(stream, next))) return
    found = collect(stream, perFrame)
  }
  if (stream === READINGS) unframed = found.length
  if (!found.length) framed[UP_TO + stream] = journalEnd()
  trimJournal(Math.min(framed[UP_TO] as number, framed[UP_TO + 1] as number))
}
