import { type AnyNode, parse } from 'acorn'
import { full } from 'acorn-walk'
import { applyEdits, type Edit } from './edits.js'

/** Functions of the board that need no `this` and are there from the first line of a script on. */
const FUNCTIONS = new Set(
  ['setTimeout', 'digitalWrite', 'Uint8Array', 'Uint32Array', 'console.log', 'JSON.parse'].concat(
    ['floor', 'max', 'min', 'abs'].map((name) => `Math.${name}`),
    ['Object.assign', 'String.fromCharCode'],
  ),
)
/** Bytes of a short name, on average. */
const SHORT = 1.5
/** A name in the pool is two variables on the board: not for fewer bytes than this. */
const LEAST_GAIN = 8

type Use = Omit<Edit, 'text'>

/** What a script says often, said once: names of properties, the board's functions, and `undefined`. */
export function pool(code: string): string {
  const properties = new Map<string, Use[]>()
  const functions = new Map<string, Use[]>()
  const texts = new Map<string, Use[]>()
  full(parse(code, { ecmaVersion: 2019 }), (found) => {
    const node = found as AnyNode
    const name = functionName(node)
    if (name !== undefined) add(functions, name, node)
    else if (node.type === 'Literal' && typeof node.value === 'string') add(texts, node.value, node)
    else if (node.type === 'MemberExpression' && node.property.type === 'Identifier') {
      if (node.computed) return
      // From the dot: the object may end within brackets.
      const start = code.lastIndexOf('.', node.property.start)
      add(properties, node.property.name, { start, end: node.end })
    }
  })
  const edits: Edit[] = []
  const declared: string[] = []
  const take = (value: string, uses: Use[], asText: (short: string) => string) => {
    const short = `$${declared.length}`
    const before = uses.reduce((sum, { start, end }) => sum + end - start, 0)
    const after = uses.length * (asText('').length + SHORT)
    const declaring = SHORT + value.length + ',='.length
    if (before - after - declaring < LEAST_GAIN) return undefined
    declared.push(`${short}=${value}`)
    for (const { start, end } of uses) edits.push({ start, end, text: asText(short) })
    return short
  }
  for (const [name, uses] of functions) take(name, uses, (short) => short)
  for (const [name, uses] of properties) {
    const short = take(`"${name}"`, uses, (short) => `[${short}]`)
    if (short === undefined) continue
    // A text that is said elsewhere, too; what stands before it may be a word.
    for (const { start, end } of texts.get(name) ?? [])
      edits.push({ start, end, text: ` ${short}` })
  }
  const pooled = applyEdits(code, edits)
  return `let $undefined${declared.map((one) => `,${one}`).join('')};${pooled.replaceAll('void 0', '$undefined')}`
}

function add(uses: Map<string, Use[]>, name: string, { start, end }: Use): void {
  uses.set(name, [...(uses.get(name) ?? []), { start, end }])
}

function functionName(node: AnyNode): string | undefined {
  let name = node.type === 'Identifier' ? node.name : undefined
  if (node.type === 'MemberExpression' && !node.computed && node.object.type === 'Identifier') {
    if (node.property.type === 'Identifier') name = `${node.object.name}.${node.property.name}`
  }
  return name !== undefined && FUNCTIONS.has(name) ? name : undefined
}
