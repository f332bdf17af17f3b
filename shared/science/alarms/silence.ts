/** Which nodes are silent, and whether that is one thing or many. By the clock: nothing was measured. Unix seconds. */

export interface HeardNode {
  id: number
  /** When its last frame arrived. */
  heardS: number
  /** How often it sends. */
  intervalS: number
}

export interface SilenceRules {
  /** A node is silent after so many of its intervals. */
  intervals: number
  /** More than this share of the nodes within this time is one incident. */
  share: number
  withinS: number
}

export interface SilenceState {
  nowS: number
  /** A service that was away has heard nobody. */
  startedS: number
  /** Nodes with an alarm of their own. */
  alone: ReadonlySet<number>
  /** Since when there is an incident. */
  incidentS: number | null
}

export interface SilenceVerdict {
  /** Nodes that are silent by themselves, and since when. */
  raised: { id: number; heardS: number; silentS: number }[]
  /** Nodes with an alarm of their own that were heard again, and when. */
  returned: { id: number; heardS: number }[]
  incident: 'none' | 'raise' | 'clear'
  /** Of the incident that is raised: the last word of its first node. */
  incidentFromS: number
}

/** Fewer are no network. */
const LEAST_TOGETHER = 2

export function judgeSilence(
  nodes: readonly HeardNode[],
  rules: SilenceRules,
  state: SilenceState,
): SilenceVerdict {
  const { nowS, alone, incidentS } = state
  const silentFrom = new Map(nodes.map((node) => [node.id, silentS(node, rules, state.startedS)]))
  const verdict: SilenceVerdict = { raised: [], returned: [], incident: 'none', incidentFromS: 0 }
  for (const { id, heardS, intervalS } of nodes) {
    if (alone.has(id) && nowS - heardS < rules.intervals * intervalS) {
      verdict.returned.push({ id, heardS })
    }
  }
  if (incidentS !== null) {
    const others = nodes.filter(({ id }) => !alone.has(id))
    if (isOver(others, rules, { nowS, incidentS })) verdict.incident = 'clear'
    return verdict
  }
  const fresh = nodes
    .filter(({ id }) => !alone.has(id) && (silentFrom.get(id) ?? nowS) < nowS)
    .sort((a, b) => (silentFrom.get(a.id) ?? 0) - (silentFrom.get(b.id) ?? 0))
  const group = together(fresh, silentFrom, rules.withinS)
  if (isIncident(group, nodes, rules.share)) {
    verdict.incident = 'raise'
    verdict.incidentFromS = Math.min(...group.map(({ heardS }) => heardS))
    return verdict
  }
  for (const { id, heardS } of fresh) {
    const since = silentFrom.get(id) ?? nowS
    // Until then others may fall silent too.
    if (since + rules.withinS <= nowS) verdict.raised.push({ id, heardS, silentS: since })
  }
  return verdict
}

function silentS({ heardS, intervalS }: HeardNode, { intervals }: SilenceRules, startedS: number) {
  return Math.max(heardS + intervals * intervalS, startedS + intervalS)
}

/** The most that fell silent within the time. */
function together(
  fresh: readonly HeardNode[],
  silentFrom: ReadonlyMap<number, number>,
  withinS: number,
): HeardNode[] {
  let most: HeardNode[] = []
  let first = 0
  fresh.forEach((node, index) => {
    const since = silentFrom.get(node.id) ?? 0
    while (since - (silentFrom.get(fresh[first]?.id ?? node.id) ?? since) > withinS) first++
    if (index - first + 1 > most.length) most = fresh.slice(first, index + 1)
  })
  return most
}

/** Who sends seldom may not have noticed yet: of the others only those count that spoke since. */
function isIncident(group: readonly HeardNode[], nodes: readonly HeardNode[], share: number) {
  if (group.length < LEAST_TOGETHER) return false
  const members = new Set(group.map(({ id }) => id))
  const lastS = Math.max(...group.map(({ heardS }) => heardS))
  const well = nodes.filter(({ id, heardS }) => !members.has(id) && heardS > lastS)
  return group.length > share * (group.length + well.length)
}

/** A restart does not end it: somebody must have been heard. */
function isOver(
  nodes: readonly HeardNode[],
  { intervals, share }: SilenceRules,
  { nowS, incidentS }: { nowS: number; incidentS: number },
): boolean {
  const heard = nodes.filter(({ heardS }) => heardS > incidentS).length
  const silent = nodes.filter(
    ({ heardS, intervalS }) => heardS <= incidentS && heardS + intervals * intervalS < nowS,
  ).length
  return heard > 0 && silent <= share * (silent + heard)
}
