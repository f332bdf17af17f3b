import { type AnyNode, parse } from 'acorn'
import { fullAncestor } from 'acorn-walk'
import { NAME_RULES, type ScriptNames, scriptNames } from './names.js'
import { Order } from './order.js'
import { referencesIn } from './scope.js'
import { SYNTAX_RULES } from './syntax.js'

/**
 * Reads a built script as the board would and finds what the board's interpreter does not understand or gets
 * wrong without a word. The types keep most of it out of the source; the bundler and the minifier write the
 * rest themselves.
 */

export interface Problem {
  rule: string
  /** What exactly, where the rule's name does not say it. */
  detail?: string
  /** Where in the script. */
  at: number
}

interface Visited {
  node: AnyNode
  ancestors: readonly AnyNode[]
}

/** @param globals the names that the board has. */
export function checkScript(code: string, globals: ReadonlySet<string>): Problem[] {
  const program = parse(code, { ecmaVersion: 'latest', allowReserved: true })
  const visited: Visited[] = []
  fullAncestor(program, (node, _state, ancestors) => {
    visited.push({ node: node as AnyNode, ancestors: ancestors.slice(0, -1) as AnyNode[] })
  })
  const references = referencesIn(program)
  const order = new Order(program, references)
  const names = scriptNames(
    visited.map(({ node }) => node),
    references,
  )
  const problems: Problem[] = [
    ...notAscii(code),
    ...visited.flatMap((found) => problemsOf(found, code, names)),
    ...references
      .filter(({ name, declaration }) => declaration === undefined && !globals.has(name))
      .map(({ name, node }) => ({ rule: 'unknown global', detail: name, at: node.start })),
    ...order
      .usedTooEarly()
      .map(({ name, node }) => ({ rule: 'use before definition', detail: name, at: node.start })),
    ...order.loopClosures().map(({ name, node }) => ({
      rule: 'closure over the variable of a loop',
      detail: name,
      at: node.start,
    })),
  ]
  return problems.sort((a, b) => a.at - b.at)
}

function problemsOf({ node, ancestors }: Visited, code: string, names: ScriptNames): Problem[] {
  const problems: Problem[] = []
  const add = (rule: string, found: boolean | string) => {
    if (found === false) return
    problems.push({ rule, at: node.start, ...(found === true ? {} : { detail: found }) })
  }
  for (const rule of SYNTAX_RULES) add(rule.name, rule.finds(node, ancestors, code))
  for (const rule of NAME_RULES) add(rule.name, rule.finds(node, names))
  return problems
}

/** Boards have no Unicode: neither the script nor a string in it may need it. Bytes in strings are `\xNN`. */
function notAscii(code: string): Problem[] {
  return [...code.matchAll(/[^\0-\x7f]|\\u(?!00)[0-9a-fA-F]{4}|\\u\{/g)].map(
    ({ 0: found, index }) => ({
      rule: 'not ASCII',
      detail: found,
      at: index,
    }),
  )
}
