import type { Realm } from './realm.js'

/**
 * What Espruino has of the language, asked from interpreter 2v29 itself (`typeof` of every built-in that V8
 * has); everything else is taken out of the realm. Syntax is not restricted here: the firmware's build reads
 * its own output for that. `Symbol` and the like go as names only, since the engine's own `for … of` and
 * `replace` rest on what is behind them.
 */
const GLOBALS =
  'Object Function Array String Number Boolean RegExp Error TypeError SyntaxError ReferenceError Date Math ' +
  'JSON Promise ArrayBuffer DataView Uint8Array Uint8ClampedArray Int8Array Uint16Array Int16Array ' +
  'Uint32Array Int32Array Float32Array Float64Array NaN Infinity undefined isNaN isFinite parseInt ' +
  'parseFloat eval encodeURIComponent decodeURIComponent globalThis'

const STATICS: Record<string, string> = {
  Object:
    'assign getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames create defineProperties ' +
    'defineProperty getPrototypeOf setPrototypeOf keys entries fromEntries values',
  Array: 'isArray',
  Number: 'MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY',
  String: 'fromCharCode',
  Date: 'now parse',
  Promise: 'all resolve reject',
  JSON: 'parse stringify',
  Math:
    'abs acos asin atan atan2 ceil cos exp floor log max min pow random round sign sin sqrt tan E LN10 LN2 ' +
    'LOG10E LOG2E PI SQRT1_2 SQRT2',
}

const TYPED_METHODS =
  'buffer byteLength byteOffset length every fill filter find findIndex forEach includes indexOf join map ' +
  'reverse reduce set slice some sort subarray toString'

const METHODS: Record<string, string> = {
  Object: 'hasOwnProperty toString valueOf __proto__',
  Function: 'apply bind call toString length',
  Array:
    'length concat fill find findIndex pop push reverse shift unshift slice sort splice includes indexOf ' +
    'join forEach filter map every some reduce toString',
  Number: 'toFixed toString valueOf',
  Boolean: 'toString valueOf',
  String:
    'length charAt charCodeAt concat endsWith includes indexOf lastIndexOf match padEnd padStart repeat ' +
    'replace replaceAll slice split substr substring startsWith toString trim toLowerCase toUpperCase valueOf',
  Date:
    'toString toISOString toUTCString getDate setDate getDay getFullYear setFullYear getHours setHours ' +
    'getMilliseconds setMilliseconds getMinutes setMinutes getMonth setMonth getSeconds setSeconds getTime ' +
    'setTime getTimezoneOffset valueOf toJSON',
  // The getters of the flags stay: `replace` and `match` of the engine read them.
  RegExp:
    'exec source toString test flags global ignoreCase multiline sticky unicode unicodeSets hasIndices dotAll',
  Promise: 'then catch',
  Error: 'message toString',
  TypeError: 'message',
  SyntaxError: 'message',
  ReferenceError: 'message',
  ArrayBuffer: 'byteLength',
  DataView:
    'buffer byteLength byteOffset getInt8 setInt8 getUint8 setUint8 getInt16 setInt16 getUint16 setUint16 ' +
    'getInt32 setInt32 getUint32 setUint32 getFloat32 setFloat32 getFloat64 setFloat64',
}

/** Leaves of a fresh realm what Espruino has, and bends what it does differently. */
export function restrictLanguage(realm: Realm): void {
  const classes = new Map(GLOBALS.split(' ').map((name) => [name, realm.class(name)]))
  keepOnly(realm.globals, GLOBALS)
  keepOnly(Object.getPrototypeOf(classes.get('Uint8Array')), 'prototype name length')
  keepOnly(Object.getPrototypeOf(classes.get('Uint8Array')?.prototype), TYPED_METHODS)
  for (const [name, value] of classes) {
    if (typeof value !== 'function' && STATICS[name] === undefined) continue
    keepOnly(value, `${STATICS[name] ?? ''} prototype name length`)
    const methods = METHODS[name]
    if (methods !== undefined) keepOnly(value.prototype as object, `${methods} constructor`)
    else if (name.endsWith('Array')) keepOnly(value.prototype as object, 'constructor')
  }
  bend(realm)
}

function keepOnly(target: object, names: string): void {
  const kept = new Set(names.split(' '))
  for (const name of Object.getOwnPropertyNames(target)) {
    if (!kept.has(name)) Reflect.deleteProperty(target, name)
  }
}

/**
 * Where the same name does something else. Not bent, since V8 cannot: numbers print with 11 digits there
 * (`'' + 1 / 3` is 0.33333333333), `a.length = 0` throws, keys that are numbers do not come first, built-in
 * methods are no values of the prototype, JSON.parse overlooks what follows the value.
 */
function bend(realm: Realm): void {
  // Halves go away from zero.
  hide(realm.class('Math'), 'round', (x: number) =>
    x < 0 ? -Math.floor(0.5 - x) : Math.floor(x + 0.5),
  )
  // Strings are bytes.
  hide(realm.class('String'), 'fromCharCode', (...codes: number[]) =>
    String.fromCharCode(...codes.map((code) => code & 0xff)),
  )
  // Replacer and reviver are ignored without a word.
  hide(realm.class('JSON'), 'parse', (text: unknown) => realm.parse(String(text)))
  hide(realm.class('JSON'), 'stringify', (value: unknown) => realm.stringify(value))
  // Not under Error, without a name.
  for (const name of ['TypeError', 'SyntaxError', 'ReferenceError']) {
    const prototype = realm.prototype(name)
    Object.setPrototypeOf(prototype, realm.prototype('Object'))
    hide(prototype, 'toString', function (this: { message: string }) {
      return `${name}: ${this.message}`
    })
  }
  // Typed arrays give plain arrays.
  const typed = Object.getPrototypeOf(realm.prototype('Uint8Array')) as object
  for (const name of ['slice', 'filter'] as const) {
    const method = realm.prototype('Array')[name] as (...args: unknown[]) => unknown
    hide(typed, name, function (this: unknown, ...args: unknown[]) {
      return Reflect.apply(method, this, args)
    })
  }
}

/** Defines what no `for … in` shows. */
export function hide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  })
}
