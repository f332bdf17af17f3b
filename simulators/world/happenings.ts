import { UsageError } from '../terminal.js'
import type { EventKind, WorldEvent } from './events/event.js'
import { EVENT_KINDS } from './events/kinds.js'
import type { FaultKind, WorldFault } from './faults/fault.js'
import { FAULT_KINDS } from './faults/kinds.js'
import { quantitiesAt } from './models.js'
import { SENSORS } from './sensors.js'
import type { SiteKind, WorldSite } from './sites.js'

/** Events and sensor faults as people write them on a command line. */

export const EVENT_FORM = 'NAME@SITE[+TIME][/DURATION]'
export const FAULT_FORM = 'NAME[:QUANTITY]@SITE[+TIME][/DURATION]'

const SHAPE =
  /^(?<name>[^:@+/]+)(?::(?<quantity>[^:@+/]+))?(?:@(?<site>[^:@+/]+))?(?:\+(?<after>[^:@+/]+))?(?:\/(?<duration>[^:@+/]+))?$/
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/**
 * `upwelling@W-08+6h/2d`: at W-08, six hours after the world's start, for two days. What is not bound to a place
 * happens at all sites of its kinds when none is named.
 * @throws UsageError
 */
export function parseEvent(text: string, sites: readonly WorldSite[]): WorldEvent {
  const parts = SHAPE.exec(text)?.groups
  const option = `--event ${text}`
  if (parts?.name === undefined || parts.quantity !== undefined) {
    throw new UsageError(`${option}: expected ${EVENT_FORM}, e.g. upwelling@W-08+6h`)
  }
  const kind = named(EVENT_KINDS, parts.name, `${option}: there is no event ${parts.name}`)
  return { kind, site: eventSite(kind, parts.site, { option, sites }), ...times(parts, option) }
}

/**
 * `stuck:ph@W-02+1d/6h`; without a quantity every sensor of the site that the fault can befall.
 * @throws UsageError
 */
export function parseFault(text: string, sites: readonly WorldSite[]): WorldFault {
  const parts = SHAPE.exec(text)?.groups
  const option = `--fault ${text}`
  if (parts?.name === undefined || parts.site === undefined) {
    throw new UsageError(`${option}: expected ${FAULT_FORM}, e.g. stuck:ph@W-02`)
  }
  const kind = named(FAULT_KINDS, parts.name, `${option}: there is no fault ${parts.name}`)
  const site = siteNamed(parts.site, sites, option)
  const quantity = faultQuantity(kind, parts.quantity, { option, site })
  return { kind, site, quantity, ...times(parts, option) }
}

/** The sites that an event changes. */
export function sitesOf({ kind, site }: WorldEvent, sites: readonly WorldSite[]): WorldSite[] {
  return sites.filter(({ code, kind: where }) =>
    site === undefined ? kind.kinds.includes(where) : code === site.code,
  )
}

function eventSite(
  kind: EventKind,
  name: string | undefined,
  { option, sites }: { option: string; sites: readonly WorldSite[] },
): WorldSite | undefined {
  const places = sites.filter((site) => kind.kinds.includes(site.kind))
  const list = codes(places)
  if (name === undefined) {
    if (!kind.isLocal && places.length > 0) return undefined
    throw new UsageError(`${option}: say where, as in ${kind.name}@SITE; it can happen at ${list}`)
  }
  const site = siteNamed(name, sites, option)
  if (kind.kinds.includes(site.kind)) return site
  throw new UsageError(
    `${option}: ${site.code} is a ${site.kind} site; ${kind.name} can happen at ${list}`,
  )
}

function faultQuantity(
  kind: FaultKind,
  quantity: string | undefined,
  { option, site }: { option: string; site: WorldSite },
): string | undefined {
  const here = sensorsAt(site.kind)
  const possible = here.filter((key) => kind.on?.includes(key) !== false)
  if (possible.length === 0) {
    throw new UsageError(
      `${option}: ${site.code} has no sensor that ${kind.name} befalls: ${kind.on?.join(', ')}`,
    )
  }
  if (quantity === undefined || possible.includes(quantity)) return quantity
  const why = here.includes(quantity)
    ? `${kind.name} does not befall ${quantity}`
    : `there is no sensor of ${quantity} at ${site.code}`
  throw new UsageError(`${option}: ${why}; there is ${possible.join(', ')}`)
}

function sensorsAt(kind: SiteKind): string[] {
  return quantitiesAt(kind).filter((key) => SENSORS[key] !== undefined)
}

function named<K extends { name: string }>(kinds: readonly K[], name: string, none: string): K {
  const found = kinds.find((kind) => kind.name === name.toLowerCase())
  if (found !== undefined) return found
  throw new UsageError(`${none}; there is ${kinds.map((kind) => kind.name).join(', ')}`)
}

/** By code or by name. */
function siteNamed(name: string, sites: readonly WorldSite[], option: string): WorldSite {
  const wanted = name.toLowerCase()
  const found = sites.find(
    (site) => site.code.toLowerCase() === wanted || site.name.toLowerCase() === wanted,
  )
  if (found !== undefined) return found
  throw new UsageError(`${option}: there is no site ${name}; there is ${codes(sites)}`)
}

function codes(sites: readonly WorldSite[]): string {
  return sites.length === 0 ? 'no site' : sites.map(({ code }) => code).join(', ')
}

function times(
  { after, duration }: { after?: string; duration?: string },
  option: string,
): { afterS: number; durationS: number | undefined } {
  const durationS = duration === undefined ? undefined : seconds(duration, option)
  if (durationS === 0)
    throw new UsageError(`${option}: a duration of ${duration} is no time at all`)
  return { afterS: after === undefined ? 0 : seconds(after, option), durationS }
}

/** `90s`, `15m`, `6h`, `1.5d`. */
export function seconds(text: string, option: string): number {
  const { number, unit } = /^(?<number>\d+(?:\.\d+)?)(?<unit>[smhd])$/.exec(text)?.groups ?? {}
  const factor = SECONDS[unit ?? '']
  if (number !== undefined && factor !== undefined) return Number(number) * factor
  throw new UsageError(`${option}: ${text} is no time; write it like 90s, 15m, 6h or 2d`)
}
