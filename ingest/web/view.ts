import { LANGUAGES, type Language } from './words/language.js'

/**
 * What the page shows, as its address says it: a link in a message shows what the sender saw. Anything left
 * out or not understood is the default, so an old or mistyped link still opens.
 */
export interface View {
  page: 'overview' | 'sign-in'
  language: Language
  /** A site, or a node that is placed at none. */
  place: PlaceName | undefined
  quantity: string | undefined
  position: number
  /** Tells two nodes apart that measure the same at the same place. */
  node: string | undefined
  range: Range
  resolution: Resolution
  showFailed: boolean
}

export interface PlaceName {
  kind: 'site' | 'node'
  name: string
}

export const RANGES = ['24h', '7d', '30d'] as const
export type Range = (typeof RANGES)[number]

export const RESOLUTIONS = ['auto', 'raw'] as const
export type Resolution = (typeof RESOLUTIONS)[number]

const HOUR_MS = 3_600_000
export const RANGE_MS: Readonly<Record<Range, number>> = {
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  '30d': 30 * 24 * HOUR_MS,
}

export function parseView(search: string): View {
  const query = new URLSearchParams(search)
  return {
    page: query.get('page') === 'sign-in' ? 'sign-in' : 'overview',
    language: oneOf(LANGUAGES, query.get('lang')) ?? 'id',
    place: parsePlace(query),
    quantity: query.get('quantity') ?? undefined,
    position: parsePosition(query.get('position')),
    node: query.has('site') ? (query.get('node') ?? undefined) : undefined,
    range: oneOf(RANGES, query.get('range')) ?? '24h',
    resolution: oneOf(RESOLUTIONS, query.get('resolution')) ?? 'auto',
    showFailed: query.get('failed') === 'shown',
  }
}

/** The address of a view: "?" and what differs from the default, in a fixed order. */
export function formatView(view: View): string {
  const query = new URLSearchParams()
  if (view.page !== 'overview') query.set('page', view.page)
  if (view.place !== undefined) query.set(view.place.kind, view.place.name)
  if (view.quantity !== undefined) query.set('quantity', view.quantity)
  if (view.position !== 0) query.set('position', String(view.position))
  if (view.node !== undefined && view.place?.kind === 'site') query.set('node', view.node)
  if (view.range !== '24h') query.set('range', view.range)
  if (view.resolution !== 'auto') query.set('resolution', view.resolution)
  if (view.showFailed) query.set('failed', 'shown')
  if (view.language !== 'id') query.set('lang', view.language)
  return `?${query}`
}

function parsePlace(query: URLSearchParams): PlaceName | undefined {
  for (const kind of ['site', 'node'] as const) {
    const name = query.get(kind)
    if (name !== null && name !== '') return { kind, name }
  }
  return undefined
}

function parsePosition(text: string | null): number {
  const position = Number(text ?? 0)
  return Number.isInteger(position) && position >= 0 && position <= 15 ? position : 0
}

function oneOf<Value extends string>(
  values: readonly Value[],
  text: string | null,
): Value | undefined {
  return values.find((value) => value === text)
}
