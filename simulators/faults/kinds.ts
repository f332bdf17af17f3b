import { z } from 'zod'
import { seconds } from '../world/happenings.js'
import { exact } from './exact.js'
import type { FaultProxy } from './proxy.js'

/** How faults of links and nodes are written in a scenario, and what they do. */

/** What a node may do wrong by itself, while a fault lasts. */
export interface Mischief {
  /** Each frame is sent once more. */
  duplicates: boolean
  /** Two frames change places. */
  reorders: boolean
  /** Beside each frame goes one that is damaged or mere noise. */
  garbage: boolean
  /** So many frames more with each frame. */
  extraFrames: number
}

export const GOOD: Mischief = { duplicates: false, reorders: false, garbage: false, extraFrames: 0 }

/** A node and its line to the broker, as faults see them. */
export interface FaultTarget {
  link: FaultProxy
  /** The node's clock is ahead by so much more from now on. */
  leapClock(bySeconds: number): void
  /** From now until the function that it returns is called; undefined for real firmware. */
  misbehave: ((mischief: Partial<Mischief>) => () => void) | undefined
}

export const timeSchema = duration(/^\d+(\.\d+)?[smhd]$/, '90s, 15m, 6h or 2d')
const leapSchema = duration(/^-?\d+(\.\d+)?[smhd]$/, '10m, or -10m for a clock that is behind')

const when = {
  at: timeSchema.describe('after the start'),
  nodes: z.array(z.string()).min(1).optional().describe('sites; without it every node'),
}
const lasting = { ...when, for: timeSchema }

const faultSchemas = [
  exact({ kind: z.literal('cut'), ...lasting }),
  exact({ kind: z.literal('stall'), ...lasting }),
  exact({ kind: z.literal('delay'), ...lasting, by: timeSchema }),
  exact({
    kind: z.literal('bandwidth'),
    ...lasting,
    bytesPerSecond: z.int().min(1).max(1_000_000),
  }),
  exact({ kind: z.literal('reset'), ...when }),
  exact({ kind: z.literal('drop-puback'), ...lasting }),
  exact({ kind: z.literal('service-link'), at: when.at, for: timeSchema }),
  exact({ kind: z.literal('reconnect-storm'), ...lasting, every: timeSchema }),
  exact({
    kind: z.literal('clock'),
    ...when,
    by: leapSchema,
    for: timeSchema.optional().describe('then it leaps back; without it, it stays'),
  }),
  exact({ kind: z.literal('duplicates'), ...lasting }),
  exact({ kind: z.literal('reordering'), ...lasting }),
  exact({ kind: z.literal('garbage'), ...lasting }),
  exact({
    kind: z.literal('flood'),
    ...lasting,
    frames: z.int().min(1).max(200).describe('more with each frame'),
  }),
] as const

export const faultSchema = z.discriminatedUnion('kind', faultSchemas)
export type LinkFault = z.output<typeof faultSchema>

/** What only nodes do that do not run the real firmware. */
export function needsLightNode({ kind }: LinkFault): boolean {
  return ['duplicates', 'reordering', 'garbage', 'flood'].includes(kind)
}

/** Begins it at one node. @returns what ends it. */
export function begin(fault: LinkFault, { link, leapClock, misbehave }: FaultTarget): () => void {
  const wrong = (mischief: Partial<Mischief>) => misbehave?.(mischief) ?? nothing
  switch (fault.kind) {
    case 'cut': {
      link.cut()
      return link.impose({ isRefusing: true })
    }
    case 'stall':
      return link.impose({ isStalled: true })
    case 'delay':
      return link.impose({ delayMs: fault.by * 1000 })
    case 'bandwidth':
      return link.impose({ bytesPerS: fault.bytesPerSecond })
    case 'drop-puback':
      return link.impose({ dropsAcks: true })
    case 'service-link': {
      // Nobody is told: the sockets are dead, and found to be so when the link is back.
      const end = link.impose({ isStalled: true, isRefusing: true })
      return () => {
        link.reset()
        end()
      }
    }
    case 'reset':
    case 'reconnect-storm': {
      link.reset()
      return nothing
    }
    case 'clock': {
      leapClock(fault.by)
      return () => leapClock(-fault.by)
    }
    case 'duplicates':
      return wrong({ duplicates: true })
    case 'reordering':
      return wrong({ reorders: true })
    case 'garbage':
      return wrong({ garbage: true })
    case 'flood':
      return wrong({ extraFrames: fault.frames })
  }
}

function nothing(): void {}

/** In a file `6h`, in the program seconds. */
function duration(shape: RegExp, example: string) {
  return z
    .string({ error: `a time, like ${example}` })
    .regex(shape, `no time; write it like ${example}`)
    .transform((text, context) => {
      const size = seconds(text.replace(/^-/, ''), text)
      if (size === 0) context.addIssue({ code: 'custom', message: 'that is no time at all' })
      return text.startsWith('-') ? -size : size
    })
}
