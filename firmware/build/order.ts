import type { AnyNode } from 'acorn'
import {
  childrenOf,
  type Declaration,
  type FunctionNode,
  isFunction,
  type Reference,
  type Scope,
} from './scope.js'

/** What the board gets wrong about when a name is known, and to whom. */

/** These call back before they return; whatever else gets a function may keep it. */
const CALLS_BACK_AT_ONCE = /^(?:every|filter|find|findIndex|forEach|map|reduce|replace|some|sort)$/

export class Order {
  readonly #references: readonly Reference[]
  readonly #runsAtOnce: ReadonlySet<FunctionNode>
  readonly #usedBy = new Map<FunctionNode | undefined, Reference[]>()

  constructor(program: AnyNode, references: readonly Reference[]) {
    this.#references = references
    this.#runsAtOnce = functionsThatRunAtOnce(program)
    for (const reference of references) {
      const runner = this.#runnerOf(reference.scope)
      const used = this.#usedBy.get(runner) ?? []
      used.push(reference)
      this.#usedBy.set(runner, used)
    }
  }

  /** Names that code uses, or makes a function use, before the statement that declares them has run. */
  usedTooEarly(): Reference[] {
    return this.#references.filter((reference) => {
      const runner = this.#runnerOf(reference.scope)
      return this.#reachedBy(reference).some(
        ({ scope, readyAt }) => this.#runnerOf(scope) === runner && readyAt > reference.node.start,
      )
    })
  }

  /** Closures over the variable of a loop: on the board all of them see its last value. */
  loopClosures(): Reference[] {
    return this.#references.filter(
      ({ declaration, scope }) =>
        declaration?.isNewEachTurn && this.#runnerOf(declaration.scope) !== this.#runnerOf(scope),
    )
  }

  /** The function whose call runs the code of a scope, the script itself being none. */
  #runnerOf(scope: Scope): FunctionNode | undefined {
    let at = scope
    while (at.parent !== undefined && at.owner !== undefined && this.#runsAtOnce.has(at.owner)) {
      at = at.parent
    }
    return at.owner
  }

  /** What a reference names, and, where it is a call, everything that the call uses. */
  #reachedBy({ declaration, isCalled }: Reference): Declaration[] {
    if (declaration === undefined) return []
    const reached = new Set([declaration])
    const called = isCalled ? [declaration] : []
    for (let next = called.pop(); next !== undefined; next = called.pop()) {
      for (const used of (next.body && this.#usedBy.get(next.body)) ?? []) {
        if (used.declaration === undefined) continue
        if (used.isCalled && !reached.has(used.declaration)) called.push(used.declaration)
        reached.add(used.declaration)
      }
    }
    return [...reached]
  }
}

function functionsThatRunAtOnce(program: AnyNode): ReadonlySet<FunctionNode> {
  const found = new Set<FunctionNode>()
  const visit = (node: AnyNode) => {
    if (node.type === 'CallExpression') {
      const { callee } = node
      if (isFunction(callee)) found.add(callee)
      const method = callee.type === 'MemberExpression' ? callee.property : undefined
      if (method?.type === 'Identifier' && CALLS_BACK_AT_ONCE.test(method.name)) {
        for (const argument of node.arguments) if (isFunction(argument)) found.add(argument)
      }
    }
    for (const child of childrenOf(node)) visit(child)
  }
  visit(program)
  return found
}
