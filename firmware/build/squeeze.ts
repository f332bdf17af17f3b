import { type AnyNode, type FunctionDeclaration, type Node, parse } from 'acorn'
import { full } from 'acorn-walk'
import { transform } from 'esbuild'
import { minify } from 'terser'
import { blocks } from './blocks.js'
import { pool } from './pool.js'
import { terse } from './terse.js'
import { unfold } from './unfold.js'

/** What `shrink` made in as few bytes as there are. */

/** All letters of a name; E is the board's. */
const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDFGHIJKLMNOPQRSTUVWXYZ$_']
const NOT_A_NAME = new Set(['do', 'if', 'in', 'of'])

/** A station's script. Every name of it is global, so nothing else may stand beside it. */
export async function squeeze(code: string): Promise<string> {
  const { code: short } = await transform(pool(terse(blocks(unfold(withArrows(code))))), {
    minifySyntax: true,
    minifyWhitespace: true,
    charset: 'ascii',
    target: 'es2019',
  })
  return rename(short, namesByUse(short))
}

/** Short names for what is the script's own; for its global ones those that are given. */
export async function rename(code: string, names: Record<string, string> = {}): Promise<string> {
  const renamed = await minify(code, {
    ecma: 2018,
    compress: false,
    mangle: { toplevel: true },
    format: { ascii_only: true },
    nameCache: { vars: { props: names } },
  })
  if (renamed.code === undefined) throw new Error('the minifier gave nothing')
  return renamed.code
}

/** The shortest names for the global ones that are used most; the minifier would go by the order of their declaration. */
function namesByUse(code: string): Record<string, string> {
  const program = parse(code, { ecmaVersion: 2019 })
  const uses = new Map<string, number>()
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration') continue
    for (const { id } of statement.declarations) if (id.type === 'Identifier') uses.set(id.name, 1)
  }
  full(program, (found) => {
    const node = found as AnyNode
    const count = node.type === 'Identifier' ? uses.get(node.name) : undefined
    if (node.type === 'Identifier' && count !== undefined) uses.set(node.name, count + 1)
  })
  const pairs = LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
  const names = [...LETTERS, ...pairs.filter((name) => !NOT_A_NAME.has(name))]
  const globals = [...uses].sort(([, a], [, b]) => b - a).map(([name]) => name)
  return Object.fromEntries(globals.map((name, n) => [`$${name}`, names[n] ?? name]))
}

/**
 * The script's own functions as arrow functions in one declaration, nine bytes less each. The board hoists no
 * function, so the order is right already.
 */
function withArrows(code: string): string {
  const { body } = parse(code, { ecmaVersion: 2019 })
  const text = ({ start, end }: Node) => code.slice(start, end)
  let isDeclaring = false
  let script = ''
  for (const statement of body) {
    let declared: string | undefined
    if (statement.type === 'FunctionDeclaration') declared = arrowOf(statement, text)
    else if (statement.type === 'VariableDeclaration' && statement.kind !== 'const') {
      declared = statement.declarations.map(text).join(',')
    }
    // A script for the board runs in one mode whatever it says.
    else if (statement.type === 'ExpressionStatement' && statement.directive) continue
    if (declared === undefined) script += `${isDeclaring ? ';' : ''}${text(statement)}`
    else script += `${isDeclaring ? ',' : 'let '}${declared}`
    isDeclaring = declared !== undefined
  }
  return script
}

function arrowOf({ id, params, body }: FunctionDeclaration, text: (node: Node) => string): string {
  const [only] = body.body
  let result = text(body)
  if (body.body.length === 1 && only?.type === 'ReturnStatement' && only.argument) {
    const { argument } = only
    const needsBrackets =
      argument.type === 'ObjectExpression' || argument.type === 'SequenceExpression'
    result = needsBrackets ? `(${text(argument)})` : text(argument)
  }
  const list = params.map(text).join(',')
  return `${id.name}=${params.length === 1 ? list : `(${list})`}=>${result}`
}
