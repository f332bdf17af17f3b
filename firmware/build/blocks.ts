import {
  type AnyNode,
  type BlockStatement,
  type Expression,
  type ExpressionStatement,
  type Identifier,
  parse,
} from 'acorn'
import { ancestor, base, full, fullAncestor, simple } from 'acorn-walk'
import { applyEdits, type Edit } from './edits.js'
import { isFunction } from './scope.js'

/**
 * Makes a block of a function that is called where it stands and whose result nobody looks at: what is left of
 * a function that is used once. On the board a block costs less than a call, too.
 */
export function blocks(code: string): string {
  let script = code
  // One after the other: what an edit moves may hold the next one.
  for (let edits = firstEdits(script); edits.length > 0; edits = firstEdits(script)) {
    script = applyEdits(script, edits)
  }
  return script
}

interface Called {
  node: Expression
  /** What must be so, or must not, for it to be called. */
  guard: string
  body: BlockStatement
  params: Identifier[]
  args: Expression[]
}

function firstEdits(code: string): Edit[] {
  let edits: Edit[] = []
  ancestor(parse(code, { ecmaVersion: 2019 }), {
    ExpressionStatement: (node, _state, ancestors) => {
      if (edits.length > 0) return
      const around = ancestors.at(-2)?.type
      edits = editsFor(node, code, around === 'BlockStatement' || around === 'Program')
    },
  })
  return edits
}

function editsFor(statement: ExpressionStatement, code: string, isInBlock: boolean): Edit[] {
  const { expression } = statement
  const parts = expression.type === 'SequenceExpression' ? expression.expressions : [expression]
  const called = parts.map((part) => calledForNothing(part, code))
  const canStand = parts.every(({ start, end }, n) => {
    const before = code.slice(parts[n - 1]?.end ?? statement.start, start)
    const after = code.slice(end, parts[n + 1]?.start ?? statement.end)
    // In no brackets of its own.
    return called[n]
      ? /^,?$/.test(before) && /^[,;]?$/.test(after)
      : /^[\w$!(]/.test(code[start] ?? '')
  })
  if (!called.some(Boolean) || !canStand) return []
  const edits = called.flatMap((call) => (call ? asBlock(call, code) : []))
  parts.slice(1).forEach((part, n) => {
    const comma = code.indexOf(',', parts[n]?.end)
    if (comma < part.start) edits.push({ start: comma, end: comma + 1, text: called[n] ? '' : ';' })
  })
  if (!isInBlock) {
    edits.push({ start: statement.start, end: statement.start, text: '{' })
    edits.push({ start: statement.end, end: statement.end, text: '}' })
  }
  return edits
}

function calledForNothing(node: Expression, code: string): Called | undefined {
  let call = node
  let guard = ''
  if (node.type === 'LogicalExpression') {
    call = node.right
    const test = code.slice(node.start, code.indexOf(node.operator, node.left.end))
    guard = node.operator === '&&' ? `if(${test})` : `if(!(${test}))`
  }
  if (call.type !== 'CallExpression') return
  const { callee } = call
  if (callee.type !== 'ArrowFunctionExpression' && callee.type !== 'FunctionExpression') return
  const { body } = callee
  const params = callee.params.filter((param) => param.type === 'Identifier')
  const args = call.arguments.filter((arg) => arg.type !== 'SpreadElement')
  const isPlain = params.length === callee.params.length && params.length === args.length
  if (
    !isPlain ||
    callee.id ||
    body.type !== 'BlockStatement' ||
    endsEarly(body) ||
    keepsScope(body)
  )
    return
  const given = namesIn(args)
  const own = new Set([...params.map(({ name }) => name), ...declaredIn(body)])
  // What is handed over would mean the block's own.
  return [...own].some((name) => given.has(name)) ? undefined : { node, guard, body, params, args }
}

function asBlock({ node, guard, body, params, args }: Called, code: string): Edit[] {
  const handed = params.map(({ name }, n) => {
    const value = code.slice(args[n]?.start, args[n]?.end)
    return `${name}=${args[n]?.type === 'SequenceExpression' ? `(${value})` : value}`
  })
  const head = handed.length > 0 ? `let ${handed.join(',')};` : ''
  return [
    { start: node.start, end: body.start + 1, text: `${guard}{${head}` },
    { start: body.end - 1, end: node.end, text: '}' },
  ]
}

/** Methods that are through with a function when they return. */
const AT_ONCE = /^(?:forEach|map|filter|reduce|some|sort)$/

/**
 * Whether a function is made in it that may be called later: it keeps the scopes around it, and on the board every
 * block is one more, which takes variables of each such function.
 */
function keepsScope(body: BlockStatement): boolean {
  let is = false
  fullAncestor(body, (node, _state, ancestors) => {
    if (isFunction(node as AnyNode) && !isThroughAtOnce(ancestors as AnyNode[])) is = true
  })
  return is
}

function isThroughAtOnce(ancestors: readonly AnyNode[]): boolean {
  const call = ancestors.at(-2)
  if (call?.type !== 'CallExpression') return false
  if (call.callee === ancestors.at(-1)) return true
  if (call.callee.type !== 'MemberExpression') return false
  return call.callee.property.type === 'Identifier' && AT_ONCE.test(call.callee.property.name)
}

/** Whether the function itself, not one inside, returns, or declares what a block would not keep to itself. */
function endsEarly(body: BlockStatement): boolean {
  let is = false
  const note = () => {
    is = true
  }
  simple(
    body,
    {
      ReturnStatement: note,
      FunctionDeclaration: note,
      VariableDeclaration: ({ kind }) => {
        is ||= kind === 'var'
      },
    },
    { ...base, Function: () => {} },
  )
  return is
}

function namesIn(nodes: readonly Expression[]): Set<string> {
  const names = new Set<string>()
  for (const node of nodes) {
    full(node, (found) => {
      if (found.type === 'Identifier') names.add((found as Identifier).name)
    })
  }
  return names
}

function declaredIn({ body }: BlockStatement): string[] {
  return body.flatMap((statement) =>
    statement.type === 'VariableDeclaration'
      ? statement.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? id.name : []))
      : [],
  )
}
