import { WHY } from '../../shared/schema/flags.js'
import { correctedSteps } from '../../shared/science/calibration/steps.js'
import { untested } from '../../shared/science/qartod/judgement.js'
import { quantityById } from '../../shared/wire/quantities.js'
import type { NewReading } from './batches.js'
import type { Channel, NodeRevision } from './channels.js'
import type { Session } from './database.js'
import {
  type ChannelId,
  channelKey,
  correctionFor,
  type NodeHistory,
  nodeHistories,
  nodeHistory,
} from './histories.js'
import { BY_CORRECTION, type Correction, type CorrectionOf, corrected } from './recompute.js'
import type { OwnLimits } from './regimes.js'
import { type OwnLimitsOfNode, ownLimitsOfNodes } from './site-limits.js'

/** Where nothing but the plausible range is looked at. */
const UNCORRECTED: Correction = (raw) => raw

interface Known {
  revision: number
  history: NodeHistory
  byChannel: Map<string, Correction>
  ownLimits: OwnLimitsOfNode | undefined
}

/** What the readings of a channel are made and judged by, where that is not as usual. */
export interface ChannelRules {
  correction: Correction
  ownLimits: readonly OwnLimits[]
}

/**
 * What corrects the channels of nodes, and which limits their sites have, remembered until a node's revision says that
 * it changed: by this service or by another one on the same server. Nodes that nothing was ever said of cost nothing.
 */
export class Corrections {
  readonly #known = new Map<number, Known>()

  /** Of the nodes with a revision; `revisions` were read in this transaction. */
  async of(
    session: Session,
    revisions: readonly NodeRevision[],
  ): Promise<(channel: Channel) => ChannelRules | undefined> {
    const corrected = revisions.filter(({ revision }) => revision > 0)
    const changed = corrected.filter(
      ({ id, revision }) => this.#known.get(id)?.revision !== revision,
    )
    if (changed.length > 0) await this.#read(session, changed)
    const known = new Map(corrected.map(({ id }) => [id, this.#known.get(id)]))
    return (channel) => {
      const node = known.get(channel.nodeId)
      if (node === undefined) return undefined
      const ownLimits = node.ownLimits?.get(channelKey(channel)) ?? []
      return { correction: ofChannel(node, channel), ownLimits }
    }
  }

  async #read(session: Session, nodes: readonly NodeRevision[]): Promise<void> {
    const ids = nodes.map(({ id }) => id)
    const histories = await nodeHistories(session, ids)
    const ownLimits = await ownLimitsOfNodes(session, ids)
    for (const { id, revision } of nodes) {
      const history = histories.get(id)
      if (history === undefined) continue
      this.#known.set(id, { revision, history, byChannel: new Map(), ownLimits: ownLimits.get(id) })
    }
  }
}

function ofChannel({ history, byChannel }: Known, channel: ChannelId): Correction {
  const key = channelKey(channel)
  const before = byChannel.get(key)
  if (before !== undefined) return before
  const correction = asCorrection(history, channel)
  byChannel.set(key, correction)
  return correction
}

/** In steps. */
export function asCorrection(history: NodeHistory, channel: ChannelId): Correction {
  const quantity = quantityById(channel.quantityId)
  const correction = correctionFor(history, channel)
  const { calibrations, intervals, maintenance } = correction
  const isNone = calibrations.length + intervals.length + maintenance.length === 0
  if (quantity === undefined || isNone) return UNCORRECTED
  const at = (raw: number, timeS: number) => correctedSteps(quantity, correction, { raw, timeS })
  return Object.assign((raw: number, timeS: number) => at(raw, timeS).steps, {
    why: (raw: number, timeS: number) => at(raw, timeS).why,
  })
}

/** The step of the pipeline between validating and flagging. Done again it comes to the same. */
export function calibrate(reading: NewReading, correction: Correction): void {
  const measured = reading.raw ?? reading.value
  const { value, raw, isPlausible } = corrected(reading.quantityId, measured, (one) =>
    correction(one, reading.time),
  )
  const failed = correction.why?.(measured, reading.time) ?? 0
  const why = (reading.why & ~BY_CORRECTION) | failed | (isPlausible ? 0 : WHY.range)
  Object.assign(reading, { value, raw, why, flag: untested(why).flag })
}

/** What recomputing goes by: read anew for every page, in the transaction that may be changing it. */
export const storedCorrection: CorrectionOf = async (session, { nodeId, ...channel }) =>
  asCorrection(await nodeHistory(session, nodeId), channel)
