import {
  type AnyNode,
  type ArrowFunctionExpression,
  type CallExpression,
  type Expression,
  parse,
} from 'acorn'
import { ancestor, full } from 'acorn-walk'
import { applyEdits, type Edit } from './edits.js'

/**
 * Takes apart what the minifier makes of a function that is used once, an arrow function that is called where it
 * stands: it need not hand over a variable under the name that it has there, and an expression needs no function.
 */
export function unfold(code: string): string {
  const program = parse(code, { ecmaVersion: 2019 })
  const assigned = assignedNames(program)
  const edits: Edit[] = []
  ancestor(program, {
    CallExpression: (node, _state, ancestors) => {
      const call = calledArrow(node)
      if (call === undefined) return
      const { callee, args } = call
      const kept = callee.params.map((param, n) => {
        const arg = args[n]
        if (param.type !== 'Identifier' || arg?.type !== 'Identifier') return true
        return arg.name !== param.name || assigned.has(param.name)
      })
      const body = kept.includes(true) ? undefined : onlyExpression(callee, isUnused(ancestors))
      if (body !== undefined) {
        edits.push({ start: node.start, end: body.start, text: '(' })
        edits.push({ start: body.end, end: node.end, text: ')' })
      } else if (kept.includes(false)) {
        const params = callee.params.filter((_, n) => kept[n])
        const list = params.map(({ start, end }) => code.slice(start, end)).join(',')
        const arrow = code.lastIndexOf('=>', callee.body.start)
        edits.push({ start: callee.start, end: arrow, text: `(${list})` })
        edits.push(...withoutArguments(args, kept))
      }
    },
  })
  return applyEdits(code, edits)
}

/** A name that is assigned anywhere may mean something else by the time it is read. */
function assignedNames(program: AnyNode): Set<string> {
  const names = new Set<string>()
  full(program, (found) => {
    const node = found as AnyNode
    const target =
      node.type === 'AssignmentExpression'
        ? node.left
        : node.type === 'UpdateExpression'
          ? node.argument
          : undefined
    if (target?.type === 'Identifier') names.add(target.name)
  })
  return names
}

function calledArrow(
  node: CallExpression,
): { callee: ArrowFunctionExpression; args: Expression[] } | undefined {
  const { callee } = node
  const args = node.arguments.filter((arg) => arg.type !== 'SpreadElement')
  if (callee.type !== 'ArrowFunctionExpression') return undefined
  return args.length === callee.params.length ? { callee, args } : undefined
}

/** Nobody looks at what the call gives. */
function isUnused(ancestors: readonly AnyNode[]): boolean {
  const node = ancestors.at(-1)
  const parent = ancestors.at(-2)
  if (parent?.type === 'SequenceExpression') return parent.expressions.at(-1) !== node
  return parent?.type === 'ExpressionStatement'
}

function onlyExpression(
  { body }: ArrowFunctionExpression,
  isUnused: boolean,
): Expression | undefined {
  if (body.type !== 'BlockStatement') return body
  const [only] = body.body
  if (body.body.length !== 1 || only === undefined) return undefined
  if (only.type === 'ExpressionStatement' && isUnused) return only.expression
  return undefined
}

function withoutArguments(args: readonly Expression[], kept: readonly boolean[]): Edit[] {
  const last = kept.lastIndexOf(true)
  const edits: Edit[] = []
  args.forEach((arg, n) => {
    const next = args[n + 1]
    if (!kept[n] && n < last && next) edits.push({ start: arg.start, end: next.start, text: '' })
  })
  const start = last < 0 ? args[0]?.start : args[last]?.end
  const end = args.at(-1)?.end
  if (start !== undefined && end !== undefined && end > start) edits.push({ start, end, text: '' })
  return edits
}
