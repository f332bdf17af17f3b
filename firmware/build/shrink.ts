import { type FunctionDeclaration, type Node, parse } from 'acorn'
import { transform } from 'esbuild'
import { minify } from 'terser'
import { pool } from './pool.js'

/** A script made smaller for the board, in bytes and in variables. */

/**
 * Inlines constants and functions that are used once: on the board each would be several variables. `at` in
 * the result's map is before `squeeze`.
 */
export async function shrink(code: string, map: string): Promise<{ code: string; map: string }> {
  const shrunk = await minify(code, {
    ecma: 2018,
    toplevel: true,
    mangle: false,
    compress: {
      passes: 5,
      pure_getters: true,
      keep_fargs: false,
      // The board reads a string wrongly that begins a statement behind a block that was not run.
      lhs_constants: false,
      unsafe_arrows: true,
      // Calls of a local function are what the board does anyway; hoisting is what it cannot.
      hoist_funs: false,
      // Inlining with variables would declare them behind their use.
      inline: 1,
    },
    format: { ascii_only: true },
    sourceMap: { content: map },
  })
  if (shrunk.code === undefined || typeof shrunk.map !== 'string') {
    throw new Error('the minifier gave nothing')
  }
  return { code: shrunk.code, map: shrunk.map }
}

/**
 * What `shrink` made of a station in as few bytes as there are: functions as arrows, a pool of names, and short
 * ones. All are global, so nothing else may stand beside it.
 */
export async function squeeze(code: string): Promise<string> {
  const { code: terse } = await transform(pool(withArrows(code)), {
    minifySyntax: true,
    minifyWhitespace: true,
    charset: 'ascii',
    target: 'es2019',
  })
  return rename(terse)
}

/** Short names for what is the script's own. */
export async function rename(code: string): Promise<string> {
  const renamed = await minify(code, {
    ecma: 2018,
    compress: false,
    mangle: { toplevel: true },
    format: { ascii_only: true },
  })
  if (renamed.code === undefined) throw new Error('the minifier gave nothing')
  return renamed.code
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
