import type { AnyNode } from 'acorn'
import { BUILT_INS, MISSING_METHODS, MISSING_STATICS, NEWER_METHODS } from './globals.js'
import type { Reference } from './scope.js'

/** Names that the board does not have, or that firmware must not use there. */

export interface NameRule {
  name: string
  finds(node: AnyNode, script: ScriptNames): boolean | string
}

export interface ScriptNames {
  /** Whether an identifier is a global one, not declared in the script. */
  isGlobal(node: AnyNode): boolean
  /** Names of properties that the script itself makes. */
  ownProperties: ReadonlySet<string>
}

/** What breaks a node for good, and why. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  setTime: 'a jump of the clock stalls every timer',
  setSNTP: 'a jump of the clock stalls every timer',
  enableBLE: 'it deletes the saved code and reboots',
  enableWifi: 'it deletes the saved code and reboots',
}

export const NAME_RULES: readonly NameRule[] = [
  {
    name: 'forbidden call',
    finds: (node) => {
      const name = calledName(node)
      const why = name !== undefined && Object.hasOwn(FORBIDDEN, name) && FORBIDDEN[name]
      return why ? `${name}: ${why}` : false
    },
  },
  {
    name: 'missing static',
    finds: (node, script) => {
      const member = globalMember(node, script)
      if (member === undefined) return false
      const isMissing = MISSING_STATICS.get(member.object)?.has(member.property)
      return isMissing ? `${member.object}.${member.property}` : false
    },
  },
  {
    name: 'Math.round',
    finds: (node, script) => {
      const member = globalMember(node, script)
      const isRound = member?.object === 'Math' && member.property === 'round'
      return isRound ? 'rounds -1.5 to -2: write Math.floor(x + 0.5)' : false
    },
  },
  {
    name: 'prototype of a built-in',
    finds: (node, script) => {
      if (node.type !== 'MemberExpression') return false
      const member = globalMember(node.object, script)
      return member?.property === 'prototype' && BUILT_INS.has(member.object)
    },
  },
  {
    name: 'missing method',
    finds: (node, script) => {
      if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false
      const name = calledName(node)
      if (name === undefined || script.ownProperties.has(name)) return false
      // Object.keys and the like are statics.
      if (globalMember(node.callee, script) !== undefined) return false
      return MISSING_METHODS.has(name) || NEWER_METHODS.has(name) ? name : false
    },
  },
  {
    name: 'JSON with a second argument',
    finds: (node, script) => {
      if (node.type !== 'CallExpression' || node.arguments.length < 2) return false
      return globalMember(node.callee, script)?.object === 'JSON'
    },
  },
]

export function scriptNames(
  nodes: readonly AnyNode[],
  references: readonly Reference[],
): ScriptNames {
  const globals = new Set(
    references.filter(({ declaration }) => declaration === undefined).map(({ node }) => node),
  )
  const ownProperties = new Set<string>()
  for (const node of nodes) {
    const name = madeProperty(node)
    if (name !== undefined) ownProperties.add(name)
  }
  return { isGlobal: (node) => globals.has(node), ownProperties }
}

function madeProperty(node: AnyNode): string | undefined {
  if (node.type === 'Property' || node.type === 'MethodDefinition') {
    return node.key.type === 'Identifier' ? node.key.name : undefined
  }
  return node.type === 'AssignmentExpression' ? memberName(node.left) : undefined
}

function memberName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression' || node.computed) return undefined
  return node.property.type === 'Identifier' ? node.property.name : undefined
}

function calledName(node: AnyNode): string | undefined {
  if (node.type !== 'CallExpression') return undefined
  return node.callee.type === 'Identifier' ? node.callee.name : memberName(node.callee)
}

/** `object.property` of a capitalised global such as Math. */
function globalMember(
  node: AnyNode,
  script: ScriptNames,
): { object: string; property: string } | undefined {
  const property = memberName(node)
  if (property === undefined || node.type !== 'MemberExpression') return undefined
  const { object } = node
  if (object.type !== 'Identifier' || !script.isGlobal(object)) return undefined
  return BUILT_INS.has(object.name) ? { object: object.name, property } : undefined
}
