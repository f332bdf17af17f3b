import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What built-ins the board lacks, by name. The names of those it has are declared in espruino.d.ts. */

const DECLARATIONS = fileURLToPath(new URL('../espruino.d.ts', import.meta.url))

/** The globals that espruino.d.ts declares, and the two that the language brings. */
export function declaredGlobals(): ReadonlySet<string> {
  const text = readFileSync(DECLARATIONS, 'utf8')
  const names = [...text.matchAll(/^declare (?:const|function) (\w+)/gm)].map(([, name]) => name)
  // Declared for the compiler's sake only.
  const known = names.filter((name) => name !== undefined && name !== 'Symbol') as string[]
  return new Set([...known, 'undefined', 'arguments'])
}

/** Every property that espruino.d.ts gives something of the board's: what begins a line, or follows `{` or `;`. */
export function declaredNames(): string[] {
  const text = readFileSync(DECLARATIONS, 'utf8')
  const properties = text.matchAll(/(?:^ +|[{;] *)(?:readonly )?([A-Za-z_]\w*)\??\s*[(:<]/gm)
  return [...new Set([...properties].map(([, name]) => name ?? ''))]
}

const words = (text: string) => text.split(/\s+/)

export const MISSING_STATICS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    Object: words(
      'freeze getOwnPropertySymbols hasOwn is isExtensible isFrozen isSealed preventExtensions seal',
    ),
    Array: words('from of'),
    String: words('fromCodePoint raw'),
    Number: words(
      'EPSILON MAX_SAFE_INTEGER MIN_SAFE_INTEGER isFinite isInteger isNaN isSafeInteger parseFloat parseInt',
    ),
    Math: words(
      'acosh asinh atanh cbrt clz32 cosh expm1 fround hypot imul log10 log1p log2 sinh tanh trunc',
    ),
    Date: ['UTC'],
    Error: ['captureStackTrace', 'stackTraceLimit'],
    Promise: words('allSettled any race'),
    ArrayBuffer: ['isView'],
    Uint8Array: words('BYTES_PER_ELEMENT from of'),
  }).map(([name, missing]) => [name, new Set(missing)]),
)

/** Methods that no built-in of the board has, whatever it is called on. */
export const MISSING_METHODS: ReadonlySet<string> = new Set(
  words(
    `at codePointAt copyWithin entries finally findLast findLastIndex flat flatMap isPrototypeOf keys localeCompare
    matchAll normalize propertyIsEnumerable reduceRight toLocaleLowerCase toLocaleString
    toLocaleUpperCase toReversed toSorted toSpliced trimEnd trimStart values with
    getBigInt64 getBigUint64 setBigInt64 setBigUint64`,
  ),
)

/** Methods that came after release 2v29, so the interpreter of today has them and a board does not. */
export const NEWER_METHODS: ReadonlySet<string> = new Set(
  words(
    `getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth
    getUTCSeconds`,
  ),
)

export const BUILT_INS: ReadonlySet<string> = new Set(
  words(
    `Object Function Array String Number Boolean Math JSON Date RegExp Error TypeError SyntaxError
    ReferenceError InternalError Promise ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray
    Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array`,
  ),
)
