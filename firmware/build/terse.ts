import { type AnyNode, type Literal, parse } from 'acorn'
import { ancestor, base, simple } from 'acorn-walk'
import { applyEdits, type Edit } from './edits.js'
import { isFunction } from './scope.js'

/**
 * Says in fewer bytes what means the same in a script whose types are checked: `==` for `===` beside a number or a
 * text, which the compiler lets nobody compare with anything else; 1 and 0 for true and false where nobody
 * compares them; `return f()` for `return void f()`, which is the minifier's `f(); return`, in a function that gives
 * nothing anywhere, so that nobody looks; no radix of 10, as nothing that is parsed begins with 0x.
 */
export function terse(code: string): string {
  const edits: Edit[] = []
  ancestor(parse(code, { ecmaVersion: 2019 }), {
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
