import {
  type AnyNode,
  type ArrowFunctionExpression,
  type Expression,
  type Literal,
  type MemberExpression,
  type Program,
  parse,
} from 'acorn'
import { ancestor, base, simple } from 'acorn-walk'
import { applyEdits, type Edit } from './edits.js'
import { isFunction, referencesIn } from './scope.js'

/**
 * Says in fewer bytes what means the same in a script whose types are checked: `==` for `===` beside a number or a
 * text, which the compiler lets nobody compare with anything else; 1 and 0 for true and false where nobody
 * compares them; `return f()` for `return void f()`, which is the minifier's `f(); return`, in a function that gives
 * nothing anywhere, so that nobody looks; `x => f()` for `x => { f() }` where nobody looks either; `+=` where a
 * variable's element is added to; no radix of 10, as nothing that is parsed begins with 0x.
 */
export function terse(code: string): string {
  const edits: Edit[] = []
  const program = parse(code, { ecmaVersion: 2019 })
  const unread = unreadArrows(program)
  ancestor(program, {
    ArrowFunctionExpression: (node) => {
      const only = unread.has(node) ? onlyExpression(node) : undefined
      if (only === undefined) return
      edits.push({ start: node.body.start, end: only.start, text: '' })
      edits.push({ start: only.end, end: node.body.end, text: '' })
    },
    AssignmentExpression: ({ left, operator, right }) => {
      if (operator !== '=' || left.type !== 'MemberExpression' || !isStill(left)) return
      if (right.type !== 'BinaryExpression' || !/^[-+]$/.test(right.operator)) return
      if (code.slice(left.start, left.end) !== code.slice(right.left.start, right.left.end)) return
      const end = code.indexOf(right.operator, right.left.end) + 1
      edits.push({ start: left.end, end, text: `${right.operator}=` })
    },
    BinaryExpression: (node) => {
      const { left, right, operator } = node
      if (operator !== '===' && operator !== '!==') return
      if (!isPlain(left) && !isPlain(right)) return
      const between = code.slice(left.end, right.start)
      edits.push({
        start: left.end,
        end: right.start,
        text: between.replace(/==$|==(?=\s*$)/, '='),
      })
    },
    CallExpression: ({ callee, arguments: [text, radix] }) => {
      const isParse = callee.type === 'Identifier' && callee.name === 'parseInt'
      if (!isParse || text === undefined || radix?.type !== 'Literal' || radix.value !== 10) return
      edits.push({ start: text.end, end: radix.end, text: '' })
    },
    UnaryExpression: (node, _state, ancestors) => {
      const { operator, argument } = node
      if (operator === 'void' && argument.type === 'CallExpression' && givesNothing(ancestors)) {
        edits.push({ start: node.start, end: argument.start, text: '' })
      }
      if (operator !== '!' || argument.type !== 'Literal') return
      const parent = ancestors.at(-2)
      if (parent?.type === 'BinaryExpression') return
      edits.push({ start: node.start, end: node.end, text: argument.value === 0 ? ' 1' : ' 0' })
    },
  })
  return applyEdits(code, edits)
}

/** A number, or a text that is nothing's other form, as '' is of 0. */
function isPlain(node: AnyNode): node is Literal {
  if (node.type !== 'Literal') return false
  return typeof node.value === 'number' || (typeof node.value === 'string' && node.value !== '')
}

/** Whether the last of `ancestors` is what a function returns that returns nothing else but `void` of something. */
function givesNothing(ancestors: readonly AnyNode[]): boolean {
  const around = ancestors.findLast(isFunction)
  if (ancestors.at(-2)?.type !== 'ReturnStatement' || around === undefined) return false
  let isSo = true
  simple(
    around.body,
    {
      ReturnStatement: ({ argument }) => {
        const isVoid = argument?.type === 'UnaryExpression' && argument.operator === 'void'
        isSo &&= argument == null || isVoid
      },
    },
    { ...base, Function: () => {} },
  )
  return isSo
}

/** Of a variable, by a number: said twice it means the same. */
function isStill({ object, property }: MemberExpression): boolean {
  return object.type === 'Identifier' && property.type === 'Literal'
}

/** The expression that is all of a function, but for several with commas, which brackets would have to hold. */
function onlyExpression({ body }: ArrowFunctionExpression): Expression | undefined {
  if (body.type !== 'BlockStatement' || body.body.length !== 1) return undefined
  const [only] = body.body
  if (only?.type !== 'ExpressionStatement') return undefined
  return only.expression.type === 'SequenceExpression' ? undefined : only.expression
}

/** Whose result nobody looks at: a list's `forEach` or a timeout calls it, or only statements do. */
function unreadArrows(program: Program): Set<AnyNode> {
  const unread = new Set<AnyNode>()
  const read = new Set<AnyNode>()
  const uses = new Map<AnyNode, AnyNode | undefined>()
  for (const { node, declaration } of referencesIn(program)) uses.set(node, declaration?.body)
  ancestor(program, {
    Identifier: (node, _state, ancestors) => {
      const body = uses.get(node)
      if (body !== undefined) (isDropped(ancestors) ? unread : read).add(body)
    },
    CallExpression: ({ callee, arguments: [first] }) => {
      const isLoop =
        callee.type === 'MemberExpression' &&
        callee.property.type === 'Identifier' &&
        callee.property.name === 'forEach'
      const isTimeout = callee.type === 'Identifier' && callee.name === 'setTimeout'
      if (first && (isLoop || isTimeout)) unread.add(first)
    },
  })
  for (const body of read) unread.delete(body)
  return unread
}

/** Whether the last of `ancestors` is called, and what it gives is not looked at. */
function isDropped(ancestors: readonly AnyNode[]): boolean {
  const call = ancestors.at(-2)
  if (call?.type !== 'CallExpression' || call.callee !== ancestors.at(-1)) return false
  let at: AnyNode = call
  for (const around of ancestors.slice(0, -2).reverse()) {
    const isLast = around.type === 'SequenceExpression' && around.expressions.at(-1) === at
    const isBranch =
      (around.type === 'ConditionalExpression' && around.test !== at) ||
      (around.type === 'LogicalExpression' && around.right === at)
    if (!isLast && !isBranch) {
      return around.type === 'ExpressionStatement' || around.type === 'SequenceExpression'
    }
    at = around
  }
  return false
}
