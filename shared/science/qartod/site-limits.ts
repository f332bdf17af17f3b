import type { Quantity } from '../../wire/quantities.js'
import { type QualityDefaults, TOBA_DEFAULTS } from './toba-defaults.js'
import type { Span } from './verdict.js'

type Settable =
  | 'failSpan'
  | 'suspectSpan'
  | 'climatologySpan'
  | 'spike'
  | 'ratePerHour'
  | 'flatS'
  | 'flatTolerance'

/** What a site may have of its own; everything else stays as the defaults have it. In the quantity's unit. */
export type OwnQualityLimits = { [Name in Settable]?: QualityDefaults[Name] | undefined }

const NEEDED = [
  'failSpan',
  'suspectSpan',
  'spike',
  'ratePerHour',
  'flatS',
  'flatTolerance',
] as const

/** The defaults with a site's own limits over them; undefined where both say nothing. */
export function withOwnLimits(
  { key }: Quantity,
  own: OwnQualityLimits | null,
): QualityDefaults | undefined {
  const defaults = TOBA_DEFAULTS[key]
  if (own === null) return defaults
  const given = Object.entries(own).filter(([, value]) => value !== undefined)
  const all: Partial<QualityDefaults> = { ...defaults, ...Object.fromEntries(given) }
  return isWhole(all) ? all : undefined
}

function isWhole(limits: Partial<QualityDefaults>): limits is QualityDefaults {
  return NEEDED.every((name) => limits[name] !== undefined)
}

/** What is wrong with a site's own limits, as sentences; none: they can be used. */
export function problemsOf(quantity: Quantity, own: OwnQualityLimits): string[] {
  const all = withOwnLimits(quantity, own)
  if (all === undefined) {
    const missing = NEEDED.filter((name) => own[name] === undefined)
    return [`${quantity.key} has no defaults, so ${missing.join(', ')} must be given too`]
  }
  const { failSpan, suspectSpan, climatologySpan } = all
  const problems = [
    ...notInside(['suspectSpan', suspectSpan], ['failSpan', failSpan]),
    ...notInside(['climatologySpan', climatologySpan ?? failSpan], ['failSpan', failSpan]),
  ]
  if (quantity.key === 'dissolved_oxygen') problems.push(...hidesLowOxygen(all))
  return problems
}

function notInside([name, span]: [string, Span], [outer, around]: [string, Span]): string[] {
  const isInside = span[0] >= around[0] && span[1] <= around[1]
  return isInside ? [] : [`${name} ${said(span)} must lie within ${outer} ${said(around)}`]
}

/** Low oxygen is the event that the system is there for: rules judge it, no flag may take it out of sight. */
function hidesLowOxygen({ failSpan, suspectSpan, climatologySpan }: QualityDefaults): string[] {
  const lowest = TOBA_DEFAULTS.dissolved_oxygen?.failSpan[0] ?? 0
  const spans = Object.entries({ failSpan, suspectSpan, climatologySpan })
  return spans
    .filter(([, span]) => span !== undefined && span[0] > lowest)
    .map(([name]) => `${name} must begin at ${lowest}: low oxygen is what alarms are made of`)
}

function said([low, high]: Span): string {
  return `${low}..${high}`
}
