import type { Tier } from '../../shared/schema/alarm.js'
import type { StoreKind } from '../../shared/schema/common.js'
import { type HeardNode, judgeSilence } from '../../shared/science/alarms/silence.js'
import { siteFacts } from '../store/alarm-facts.js'
import { type NodeWord, nodeWords, usualIntervals } from '../store/alarm-progress.js'
import {
  addNotification,
  insertAlarm,
  lockAlarms,
  openSilences,
  type StoredAlarm,
  updateAlarm,
} from '../store/alarms.js'
import { type Database, reader, type Session } from '../store/database.js'
import type { RuleRow } from '../store/rules.js'
import { isInMaintenance } from '../store/site-maintenance.js'
import { alarmLink } from './tell.js'
import { alarmText } from './texts.js'

export interface SilenceOptions {
  db: Database
  kind: StoreKind
  clock: { now(): number }
  origin: string | undefined
}

/** The firmware's own, where neither configuration nor frames say how often a node sends. */
const USUAL_S = 3600
/** Frames that are sent one by one in an hour of need are no habit. */
const LEAST_S = 300
/** How long what is usual of a node is believed, and of how many it is asked at once. */
const ASK_AGAIN_MS = 6 * 3_600_000
const ASK_AT_ONCE = 200

/** Nodes that say nothing, by the clock. */
export class Silence {
  readonly #options: SilenceOptions
  readonly #startedS: number
  /** When this service heard whom, ms: `latest` knows nothing of frames with old readings alone. */
  readonly #heard = new Map<number, number>()
  readonly #usual = new Map<number, { intervalS: number; askedMs: number }>()

  constructor(options: SilenceOptions) {
    this.#options = options
    this.#startedS = options.clock.now() / 1000
  }

  heard(nodeId: number, atMs: number): void {
    this.#heard.set(nodeId, Math.max(atMs, this.#heard.get(nodeId) ?? atMs))
  }

  /** Whether anything was written. */
  async look(rules: readonly RuleRow[]): Promise<boolean> {
    const { db, clock, kind } = this.#options
    const silence = rules.find(({ definition }) => definition.kind === 'silence')
    const incident = rules.find(({ definition }) => definition.kind === 'incident')
    if (silence?.definition.kind !== 'silence' || incident?.definition.kind !== 'incident') {
      return false
    }
    const nowS = clock.now() / 1000
    const all = await nodeWords(reader(db), new Date(clock.now()))
    const words = all.filter(({ simulated }) => kind === 'simulated' || !simulated)
    await this.#askUsual(words)
    const nodes = words.map((word) => this.#heardNode(word))
    const { intervals, tier } = silence.definition
    const { share, withinS, tier: tierOfMany } = incident.definition
    return db.transaction('maintenance', async (session) => {
      await lockAlarms(session, 0)
      const open = await openSilences(session)
      const alone = open.filter(({ nodeId }) => nodeId !== null)
      const together = open.find(({ nodeId }) => nodeId === null)
      const verdict = judgeSilence(
        nodes,
        { intervals, share, withinS },
        {
          nowS,
          startedS: this.#startedS,
          alone: new Set(alone.flatMap(({ nodeId }) => nodeId ?? [])),
          incidentS: together?.raisedS ?? null,
        },
      )
      const ended = endedOf(alone, verdict.returned, { nodes, nowS })
      if (together !== undefined && verdict.incident === 'clear') ended.push([together, nowS])
      for (const [alarm, atS] of ended) await end(session, alarm, atS)
      for (const { id, heardS, silentS } of silence.enabled ? verdict.raised : []) {
        const word = words.find((each) => each.id === id)
        if (word !== undefined) await this.#raise(session, silence, { word, tier, heardS, silentS })
      }
      const isIncident = verdict.incident === 'raise' && incident.enabled
      if (isIncident) {
        const since = { heardS: verdict.incidentFromS, silentS: nowS }
        await this.#raise(session, incident, { word: undefined, tier: tierOfMany, ...since })
      }
      return ended.length > 0 || verdict.raised.length > 0 || isIncident
    })
  }

  async #askUsual(words: readonly NodeWord[]): Promise<void> {
    const nowMs = this.#options.clock.now()
    const unknown = words
      .filter(({ id, sendIntervalS }) => {
        const askedMs = this.#usual.get(id)?.askedMs ?? Number.NEGATIVE_INFINITY
        return sendIntervalS === null && nowMs - askedMs > ASK_AGAIN_MS
      })
      .slice(0, ASK_AT_ONCE)
      .map(({ id }) => id)
    if (unknown.length === 0) return
    const found = new Map(
      (await usualIntervals(reader(this.#options.db), unknown)).map((each) => [
        each.nodeId,
        each.intervalS,
      ]),
    )
    for (const id of unknown) {
      this.#usual.set(id, { intervalS: found.get(id) ?? USUAL_S, askedMs: nowMs })
    }
  }

  #heardNode({ id, heardS, sendIntervalS }: NodeWord): HeardNode {
    const usualS = this.#usual.get(id)?.intervalS ?? USUAL_S
    return {
      id,
      heardS: Math.max(heardS, (this.#heard.get(id) ?? 0) / 1000),
      intervalS: sendIntervalS ?? Math.max(LEAST_S, usualS),
    }
  }

  async #raise(session: Session, rule: RuleRow, of: Raising): Promise<void> {
    const { word, tier, heardS, silentS } = of
    const at = new Date(this.#options.clock.now())
    const nodeId = word?.id ?? null
    const siteId = word?.siteId ?? null
    const isHeld = await isInMaintenance(session, siteId, at)
    const untold = tier === 'note' ? 'note' : isHeld ? 'maintenance' : null
    const times = { firstS: heardS, raisedS: silentS, lastS: silentS, clearedS: null }
    const id = await insertAlarm(session, {
      ruleId: rule.id,
      eventId: undefined,
      nodeId,
      siteId,
      quantityId: null,
      position: null,
      episode: { tier, ...times, isDoubtful: false, raisedValue: null, worstValue: null },
      notedAt: at,
      untold,
    })
    if (untold !== null) return
    const place = { nodeId, quantityId: null, position: null, at }
    const site = siteId === null ? undefined : await siteFacts(session, { siteId, ...place })
    const text = this.#text(rule, { ...of, id, siteTitle: site?.title })
    await addNotification(session, { alarmId: id, transition: 'raised', text, at })
  }

  #text(rule: RuleRow, of: Raising & { id: number; siteTitle: string | undefined }) {
    const { word, tier, heardS, id, siteTitle } = of
    return alarmText({
      transition: 'raised',
      title: { id: rule.titleId, en: rule.titleEn },
      tier,
      isDanger: false,
      isSimulation: this.#options.kind === 'simulated',
      site: siteTitle === undefined ? null : `${siteTitle} (${word?.name})`,
      node: word?.name ?? null,
      measured: null,
      heardAt: new Date(heardS * 1000),
      calibratedAt: null,
      visitedAt: null,
      isDoubtful: false,
      confirmedBy: null,
      acknowledged: null,
      link: alarmLink(this.#options.origin, id),
    })
  }
}

/** What is silent: a node, or many together. */
interface Raising {
  word: NodeWord | undefined
  tier: Tier
  heardS: number
  silentS: number
}

/** Heard again, or no node of ours any more. */
function endedOf(
  alone: readonly StoredAlarm[],
  returned: readonly { id: number; heardS: number }[],
  { nodes, nowS }: { nodes: readonly HeardNode[]; nowS: number },
): [StoredAlarm, number][] {
  return alone.flatMap((alarm): [StoredAlarm, number][] => {
    const back = returned.find(({ id }) => id === alarm.nodeId)
    if (back !== undefined) return [[alarm, back.heardS]]
    return nodes.some(({ id }) => id === alarm.nodeId) ? [] : [[alarm, nowS]]
  })
}

/** Listed, and told to nobody: there is nothing to do. */
function end(session: Session, alarm: StoredAlarm, atS: number): Promise<void> {
  return updateAlarm(session, { ...alarm, lastS: atS, clearedS: Math.max(atS, alarm.raisedS) })
}
