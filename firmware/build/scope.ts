import type { Function as AnyFunction, AnyNode, Node } from 'acorn'

/** Which name in a script means which declaration, as far as the rules of order and names need it. */

export interface Declaration {
  name: string
  /** Where the board knows it: it declares nothing before the statement that does has run. */
  readyAt: number
  scope: Scope
  /** What runs when it is called, where that can be told. */
  body?: FunctionNode | undefined
  /** Declared in the head of a loop: JavaScript makes a new one each turn, the board one for all turns. */
  isNewEachTurn?: boolean
}

export interface Scope {
  parent: Scope | undefined
  /** The function around it; the script itself has none. */
  owner: FunctionNode | undefined
  names: Map<string, Declaration>
}

export interface Reference {
  name: string
  node: AnyNode
  scope: Scope
  declaration: Declaration | undefined
  isCalled: boolean
}

export type FunctionNode = AnyNode & AnyFunction

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}

/** Every use of a name in the script. */
export function referencesIn(program: AnyNode): Reference[] {
  const references: Reference[] = []
  const top: Scope = { parent: undefined, owner: undefined, names: new Map() }
  visitInside(program, top, references)
  for (const reference of references) {
    reference.declaration = lookUp(reference.scope, reference.name)
  }
  return references
}

function lookUp(scope: Scope | undefined, name: string): Declaration | undefined {
  for (let at = scope; at !== undefined; at = at.parent) {
    const found = at.names.get(name)
    if (found !== undefined) return found
  }
  return undefined
}

function visitInside(node: AnyNode, scope: Scope, references: Reference[]): void {
  for (const child of childrenOf(node)) {
    if (child.type === 'Identifier') {
      if (!isUse(child, node)) continue
      const isCalled = isCallee(child, node)
      references.push({ name: child.name, node: child, scope, declaration: undefined, isCalled })
      continue
    }
    declare(child, node, scope)
    visitInside(child, scopeOf(child, node, scope), references)
  }
}

const OPENS_SCOPE = /^(?:BlockStatement|For.*Statement|CatchClause|SwitchStatement)$/

/** The scope for what is inside `node`. */
function scopeOf(node: AnyNode, parent: AnyNode, scope: Scope): Scope {
  if (isFunction(node)) {
    const inner = open(scope, node)
    if (node.type === 'FunctionExpression' && node.id) add(inner, node.id.name, -1)
    for (const parameter of node.params) {
      if (parameter.type === 'Identifier') add(inner, parameter.name, -1)
    }
    return inner
  }
  if (!OPENS_SCOPE.test(node.type) || isFunction(parent)) return scope
  const inner = open(scope, scope.owner)
  if (node.type === 'CatchClause' && node.param?.type === 'Identifier') {
    add(inner, node.param.name, -1)
  }
  return inner
}

function open(parent: Scope, owner: FunctionNode | undefined): Scope {
  return { parent, owner, names: new Map() }
}

function declare(node: AnyNode, parent: AnyNode, scope: Scope): void {
  if (node.type === 'VariableDeclaration') {
    const target = node.kind === 'var' ? functionScope(scope) : scope
    const isNewEachTurn = node.kind !== 'var' && isLoopHead(node, parent)
    for (const { id, init, end } of node.declarations) {
      if (id.type !== 'Identifier') continue
      const body = init && isFunction(init) ? init : undefined
      add(target, id.name, end, { body, isNewEachTurn })
    }
  } else if (node.type === 'FunctionDeclaration' && node.id) {
    add(scope, node.id.name, node.end, { body: node })
  } else if (node.type === 'ClassDeclaration' && node.id) {
    add(scope, node.id.name, node.end)
  }
}

function isLoopHead(node: AnyNode, parent: AnyNode): boolean {
  if (parent.type === 'ForStatement') return parent.init === node
  if (parent.type === 'ForOfStatement' || parent.type === 'ForInStatement') {
    return parent.left === node
  }
  return false
}

function add(
  scope: Scope,
  name: string,
  readyAt: number,
  more: Pick<Declaration, 'body' | 'isNewEachTurn'> = {},
): void {
  if (!scope.names.has(name)) scope.names.set(name, { name, readyAt, scope, ...more })
}

function functionScope(scope: Scope): Scope {
  let at = scope
  while (at.parent !== undefined && at.parent.owner === at.owner) at = at.parent
  return at
}

function isUse(node: AnyNode, parent: AnyNode): boolean {
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed
  if (parent.type === 'Property') return parent.value === node || parent.computed
  if (parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') {
    return parent.value === node || parent.computed
  }
  if (parent.type === 'VariableDeclarator') return parent.init === node
  if (parent.type === 'CatchClause') return false
  if (/^(?:LabeledStatement|BreakStatement|ContinueStatement|MetaProperty)$/.test(parent.type)) {
    return false
  }
  if (parent.type === 'ClassDeclaration' || parent.type === 'ClassExpression') {
    return parent.superClass === node
  }
  // A function's own name and its parameters are declarations.
  return !isFunction(parent) || parent.body === node
}

function isCallee(node: AnyNode, parent: AnyNode): boolean {
  return (
    (parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee === node
  )
}

export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  for (const [key, value] of Object.entries(node)) {
    if (key === 'type') continue
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) children.push(child)
    }
  }
  // Shorthand properties are one node under two names.
  return [...new Set(children)].sort((a, b) => a.start - b.start)
}

function isNode(value: unknown): value is AnyNode {
  return (
    value !== null && typeof value === 'object' && 'type' in value && 'start' in (value as Node)
  )
}
