/**
 * Topic names. They are short because they travel with every message. A node may publish only its own
 * readings and time question, and subscribe only to its own configuration and time answer.
 */

export const NODE_NAME = /^[a-z0-9-]{3,32}$/

/** r: frames up, c: configuration down, q: the node asks for the time, t: the answer. */
export type TopicKind = 'r' | 'c' | 'q' | 't'

export function readingsTopic(node: string): string {
  return `toba/${node}/r`
}

export function configTopic(node: string): string {
  return `toba/${node}/c`
}

export function timeQuestionTopic(node: string): string {
  return `toba/${node}/q`
}

export function timeAnswerTopic(node: string): string {
  return `toba/${node}/t`
}

/** The node and kind of a topic of ours; undefined for every other one, wildcards included. */
export function parseTopic(topic: string): { node: string; kind: TopicKind } | undefined {
  const [root, node, kind, ...rest] = topic.split('/')
  if (root !== 'toba' || node === undefined || rest.length > 0) return undefined
  if (!NODE_NAME.test(node)) return undefined
  if (kind !== 'r' && kind !== 'c' && kind !== 'q' && kind !== 't') return undefined
  return { node, kind }
}
