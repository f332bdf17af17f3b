import type { AnyNode, Class, Literal, Property, Super } from 'acorn'
import { full } from 'acorn-walk'
import { BUILT_INS } from './globals.js'
import { regexProblem } from './regex.js'
import { isFunction } from './scope.js'

/** A construct that the board's interpreter lacks or gets wrong. */
export interface SyntaxRule {
  name: string
  /** `ancestors` are the nodes around `node`, outermost first. */
  finds(node: AnyNode, ancestors: readonly AnyNode[], code: string): boolean | string
}

const LOOPS = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
])
/** Keywords that the parser takes where a class wants the name of a method. */
const METHOD_KEYWORDS =
  /^(?:break|case|catch|class|const|continue|debugger|default|delete|do|else|extends|false|finally|for|function|if|in|instanceof|let|new|null|of|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while)$/
const MAX_INTEGER = 2 ** 63

export const SYNTAX_RULES: readonly SyntaxRule[] = [
  { name: 'default parameter', finds: (node) => node.type === 'AssignmentPattern' },
  { name: 'rest parameter', finds: (node) => node.type === 'RestElement' },
  { name: 'spread', finds: (node) => node.type === 'SpreadElement' },
  {
    name: 'destructuring',
    finds: (node) => node.type === 'ObjectPattern' || node.type === 'ArrayPattern',
  },
  { name: 'computed key', finds: (node) => isMember(node) && node.computed },
  { name: 'optional chaining', finds: (node) => node.type === 'ChainExpression' },
  {
    name: 'logical assignment',
    finds: (node) =>
      node.type === 'AssignmentExpression' && /^(?:\?\?|\|\||&&)=$/.test(node.operator),
  },
  {
    name: 'exponent operator',
    finds: (node) =>
      (node.type === 'BinaryExpression' && node.operator === '**') ||
      (node.type === 'AssignmentExpression' && node.operator === '**='),
  },
  { name: 'label', finds: (node) => node.type === 'LabeledStatement' },
  { name: 'generator', finds: (node) => isFunction(node) && node.generator },
  {
    name: 'async',
    finds: (node) => (isFunction(node) && node.async) || node.type === 'AwaitExpression',
  },
  { name: 'tagged template', finds: (node) => node.type === 'TaggedTemplateExpression' },
  { name: 'new.target', finds: (node) => node.type === 'MetaProperty' },
  { name: 'with', finds: (node) => node.type === 'WithStatement' },
  { name: 'debugger', finds: (node) => node.type === 'DebuggerStatement' },
  { name: 'class field', finds: (node) => node.type === 'PropertyDefinition' },
  {
    name: 'private name',
    finds: (node) =>
      (node.type === 'MethodDefinition' && node.key.type === 'PrivateIdentifier') ||
      (node.type === 'MemberExpression' && node.property.type === 'PrivateIdentifier'),
  },
  {
    name: 'class that extends a built-in',
    finds: (node) =>
      isClass(node) &&
      node.superClass?.type === 'Identifier' &&
      BUILT_INS.has(node.superClass.name),
  },
  { name: 'static inheritance', finds: hasInheritedStatics },
  {
    name: 'method named by a keyword',
    finds: (node) =>
      node.type === 'MethodDefinition' &&
      node.key.type === 'Identifier' &&
      METHOD_KEYWORDS.test(node.key.name),
  },
  {
    name: 'super in an arrow function',
    finds: (node, ancestors) => isSuper(node) && innermostFunction(ancestors) === 'arrow',
  },
  {
    name: 'arguments in an arrow function',
    finds: (node, ancestors) =>
      node.type === 'Identifier' &&
      node.name === 'arguments' &&
      innermostFunction(ancestors) === 'arrow',
  },
  {
    name: 'getter in an object literal',
    finds: (node) => node.type === 'Property' && node.kind === 'get',
  },
  {
    name: 'default before the last case',
    finds: (node) =>
      node.type === 'SwitchStatement' &&
      node.cases.slice(0, -1).some(({ test }) => test === null || test === undefined),
  },
  {
    name: 'function declared in a loop',
    finds: (node, ancestors) => node.type === 'FunctionDeclaration' && isInLoop(ancestors),
  },
  {
    name: 'regular expression',
    finds: (node) => {
      if (node.type !== 'Literal' || !node.regex) return false
      return regexProblem(node.regex.pattern, node.regex.flags) ?? false
    },
  },
  {
    name: 'variable named of',
    finds: (node) => node.type === 'Identifier' && node.name === 'of',
  },
  { name: 'return before a line break', finds: isReturnBeforeLineBreak },
  {
    // Behind a block that it skipped the interpreter has not kept what the string says.
    name: 'statement that begins with a string behind a block',
    finds: (node, _, code) =>
      node.type === 'ExpressionStatement' &&
      /^["'`]/.test(code.slice(node.start)) &&
      code.slice(0, node.start).trimEnd().endsWith('}'),
  },
  {
    name: 'assignment to length',
    finds: (node) =>
      node.type === 'AssignmentExpression' && isMemberNamed(node.left, 'length') !== undefined,
  },
  {
    name: 'bigint',
    finds: (node) => node.type === 'Literal' && typeof node.bigint === 'string',
  },
  { name: 'integer over 2^63', finds: (node) => node.type === 'Literal' && isHugeInteger(node) },
]

function isClass(node: AnyNode): node is AnyNode & Class {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

function isSuper(node: AnyNode): node is Super {
  return node.type === 'Super'
}

function isMember(node: AnyNode): node is AnyNode & Pick<Property, 'computed'> {
  return (
    node.type === 'Property' ||
    node.type === 'MethodDefinition' ||
    node.type === 'PropertyDefinition'
  )
}

/** The object of `object.name`. */
export function isMemberNamed(node: AnyNode, name: string): AnyNode | undefined {
  if (node.type !== 'MemberExpression' || node.computed) return undefined
  return node.property.type === 'Identifier' && node.property.name === name
    ? node.object
    : undefined
}

function innermostFunction(ancestors: readonly AnyNode[]): 'arrow' | 'function' | undefined {
  const inner = ancestors.findLast(isFunction)
  if (inner === undefined) return undefined
  return inner.type === 'ArrowFunctionExpression' ? 'arrow' : 'function'
}

function isInLoop(ancestors: readonly AnyNode[]): boolean {
  const functionAt = ancestors.findLastIndex(isFunction)
  return ancestors.slice(functionAt + 1).some(({ type }) => LOOPS.has(type))
}

function hasInheritedStatics(node: AnyNode, [program]: readonly AnyNode[]): boolean {
  if (!isClass(node) || node.superClass?.type !== 'Identifier' || program === undefined)
    return false
  const parent = node.superClass.name
  let isFound = false
  full(program, (other) => {
    const found = other as AnyNode
    if (!isClass(found) || found.id?.name !== parent) return
    isFound ||= found.body.body.some((member) => 'static' in member && member.static)
  })
  return isFound
}

function isReturnBeforeLineBreak(node: AnyNode, _: readonly AnyNode[], code: string): boolean {
  if (node.type !== 'ReturnStatement' || node.argument) return false
  return (
    !code.slice(node.start, node.end).endsWith(';') && !/^[ \t]*[;}]/.test(code.slice(node.end))
  )
}

function isHugeInteger({ raw, value }: Literal): boolean {
  if (typeof value !== 'number' || value < MAX_INTEGER || raw === undefined) return false
  return /^0x/i.test(raw) || !/[.e]/i.test(raw)
}
