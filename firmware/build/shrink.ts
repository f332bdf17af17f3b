import { minify } from 'terser'

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
