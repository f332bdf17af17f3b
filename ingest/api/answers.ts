import type { FrameView } from '../../shared/schema/api.js'
import { whyWords } from '../../shared/schema/flags.js'
import type { Latest } from '../../shared/schema/reading.js'
import type { Placement } from '../../shared/schema/site.js'
import { type DecodedFrame, decodeFrame } from '../../shared/wire/decode.js'
import { WireError } from '../../shared/wire/errors.js'
import {
  fromSteps,
  type Quantity,
  quantityById,
  quantityByKey,
} from '../../shared/wire/quantities.js'
import { AppError } from '../errors.js'
import type { LatestRow } from '../store/latest.js'
import type { PlacementRow } from '../store/placements.js'

/** Rows of the store in the words of the API: keys for ids, units for steps, ISO times for dates. */

/** ISO 8601 in UTC; without the milliseconds where there are none. */
export function iso(time: Date | number): string {
  const text = (typeof time === 'number' ? new Date(time) : time).toISOString()
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

export function isoOrNull(time: Date | null): string | null {
  return time === null ? null : iso(time)
}

/** A quantity that a row names. The store refers to the registry, so an absent one is a fault of ours. */
export function quantityOf(id: number): Quantity {
  const quantity = quantityById(id)
  if (quantity === undefined) throw new AppError('STORE_REFUSED', `no quantity has the id ${id}`)
  return quantity
}

/** The id of a key that a schema has checked. */
export function quantityIdOf(key: string | undefined): number | undefined {
  return key === undefined ? undefined : quantityByKey(key)?.id
}

/** As `quantityIdOf`, of a key that must be there. */
export function knownQuantityId(key: string): number {
  const id = quantityIdOf(key)
  if (id === undefined) throw new AppError('INVALID', `no quantity is named ${key}`)
  return id
}

export function toLatest(row: LatestRow, site: string | null, nowMs: number): Latest {
  const quantity = quantityOf(row.quantityId)
  return {
    site,
    node: row.node,
    simulated: row.simulated,
    quantity: quantity.key,
    position: row.position,
    depthM: row.depthM,
    directionDeg: row.directionDeg,
    time: iso(row.time),
    receivedAt: iso(row.receivedAt),
    ageS: Math.floor((nowMs - row.time.getTime()) / 1000),
    value: fromSteps(quantity, row.value),
    unit: quantity.ucum,
    flag: row.flag,
    why: whyWords(row.why),
  }
}

export function toPlacement(row: PlacementRow): Placement {
  return {
    id: row.id,
    node: row.node,
    quantity: quantityOf(row.quantityId).key,
    position: row.position,
    site: row.site,
    depthM: row.depthM,
    directionDeg: row.directionDeg,
    from: iso(row.from),
    to: isoOrNull(row.to),
  }
}

export interface RawFrame {
  sizeBytes: number
  hex: string
  decoded: FrameView | null
  error: string | null
}

/** The bytes of a frame and, where they can be understood, what they say. */
export function toRawFrame(bytes: Buffer): RawFrame {
  const raw = { sizeBytes: bytes.length, hex: bytes.toString('hex') }
  try {
    return { ...raw, decoded: toView(decodeFrame(bytes)), error: null }
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return { ...raw, decoded: null, error: `${error.code}: ${error.message}` }
  }
}

function toView(frame: DecodedFrame): FrameView {
  const { boot, seq, undated, trailer } = frame
  const channels = frame.channels.map(({ quantity, position }) => ({
    quantity: quantityOf(quantity),
    position,
  }))
  return {
    boot,
    seq,
    undated,
    trailer: trailer === null ? null : Buffer.from(trailer).toString('hex'),
    channels: channels.map(({ quantity: { key, ucum }, position }) => ({
      quantity: key,
      position,
      unit: ucum,
    })),
    samples: frame.samples.map(({ time, values }) => ({
      time: undated ? null : iso(time * 1000),
      uptimeS: undated ? time : null,
      values: values.map((value, index) => {
        const quantity = channels[index]?.quantity
        return value === null || quantity === undefined ? null : fromSteps(quantity, value)
      }),
    })),
  }
}
