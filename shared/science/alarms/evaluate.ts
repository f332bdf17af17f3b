import type { Definition, DefinitionOf } from '../../schema/alarm.js'
import { WHY } from '../../schema/flags.js'
import { quantityByKey } from '../../wire/quantities.js'
import { airIndexSigns } from './air-index.js'
import { counts, type Episode, type Measurement } from './episode.js'
import { foldLevel, type Level, type Sign } from './level.js'
import { departures, smoothed } from './smooth.js'
import { upwellingSigns } from './upwelling.js'

/** A rule that follows from what was measured at one channel; the others look at all nodes at once. */
export type ChannelDefinition = Exclude<Definition, DefinitionOf<'silence' | 'incident'>>

export function isOfChannel(definition: Definition): definition is ChannelDefinition {
  return definition.kind !== 'silence' && definition.kind !== 'incident'
}

/** Series of one node at one position, in ascending order of time, by quantity. */
export interface Channels {
  /** Of the channel that the alarm would be about. */
  own: readonly Measurement[]
  quantity: string
  /** Beside it, where the rule needs it. */
  waterTemperature?: readonly Measurement[]
}

const HOUR_S = 3600
const LEAST_GAP_S = 2 * HOUR_S
/** A sequence before it, and the three hours that people are told the trend of. */
const AROUND_S = 4 * HOUR_S

/** Whether alarms of the rule may be about a channel of this quantity. */
export function isAbout(definition: ChannelDefinition, quantity: string): boolean {
  switch (definition.kind) {
    case 'level':
    case 'change':
      return definition.quantity === quantity
    case 'upwelling':
      return quantity === 'dissolved_oxygen'
    case 'air-index':
      return isParticles(quantity)
    case 'stuck':
      return quantityByKey(quantity)?.group !== 'node'
  }
}

/** How far before a time the series must be known, for what the rule says from then on. */
export function lookbackS(definition: ChannelDefinition): number {
  switch (definition.kind) {
    case 'level':
      return definition.forS + definition.clearForS + AROUND_S
    case 'change':
    case 'upwelling':
      return definition.withinS + definition.clearForS + AROUND_S
    case 'air-index':
      return 26 * HOUR_S + definition.clearForS
    case 'stuck':
      return definition.clearForS + AROUND_S
  }
}

/**
 * What a rule makes of a channel: no clock, no store, so the same readings always give the same episodes. `open`: the
 * tiers that were raised when the series began.
 */
export function episodesOf(
  definition: ChannelDefinition,
  channels: Channels,
  open: ReadonlySet<string> = new Set(),
): Episode[] {
  const signs = signsOf(definition, channels)
  return levelsOf(definition, channels.quantity).flatMap((level) =>
    foldLevel(signs, level, open.has(level.tier)),
  )
}

function signsOf(definition: ChannelDefinition, { own, quantity, waterTemperature }: Channels) {
  switch (definition.kind) {
    case 'level':
      return own.filter(counts).map(asSign)
    case 'change':
      return departures(smoothed(own), definition.withinS, definition.direction)
    case 'upwelling':
      return upwellingSigns(own, waterTemperature ?? [], definition)
    case 'air-index':
      return isParticles(quantity) ? airIndexSigns(quantity, own) : []
    case 'stuck':
      return own.map(
        ({ time, why }): Sign => ({
          time,
          value: (why & WHY.flat) === 0 ? 0 : 1,
          isDoubtful: false,
        }),
      )
  }
}

function levelsOf(definition: ChannelDefinition, quantity: string): Level[] {
  const { clearForS } = definition
  const gapS = Math.max(LEAST_GAP_S, 3 * (quantityByKey(quantity)?.typicalIntervalS ?? 0))
  const common = { consecutive: 1, forS: 0, clearForS, gapS, side: 'above', median: null } as const
  const met = { ...common, raise: 0.5, clear: 0.5 }
  switch (definition.kind) {
    case 'level': {
      const { consecutive, forS, side, median } = definition
      return definition.levels.map((level) => ({
        ...common,
        ...level,
        consecutive,
        forS,
        side,
        median,
      }))
    }
    case 'change':
      return definition.levels.map((level) => ({ ...common, ...level, consecutive: 2 }))
    case 'upwelling':
      return [{ ...met, tier: definition.tier, consecutive: 2 }]
    case 'air-index':
      return definition.levels.map((level) => ({ ...common, ...level }))
    case 'stuck':
      return [{ ...met, tier: definition.tier, consecutive: definition.consecutive }]
  }
}

function asSign({ time, value, flag }: Measurement): Sign {
  return { time, value, isDoubtful: flag === 3 }
}

function isParticles(quantity: string): quantity is 'pm2_5' | 'pm10' {
  return quantity === 'pm2_5' || quantity === 'pm10'
}
