/**
 * What is wrong with a regular expression on the board. Its matcher knows single characters, classes and the
 * greedy `*` and `+` of those, groups without more, and alternatives of the whole expression; anything else
 * matches something different or nothing, mostly without an error.
 */
export function regexProblem(pattern: string, flags: string): string | undefined {
  if (/[^gi]/.test(flags)) return `the flag ${flags.replace(/[gi]/g, '')}`
  const atoms: string[] = pattern.match(ATOM) ?? []
  if (atoms.includes('|')) {
    if (atoms.includes('(')) return 'a group together with |'
    if (atoms.includes('^')) return '^ together with |'
  }
  let depth = 0
  for (const [index, atom] of atoms.entries()) {
    const before = atoms[index - 1] ?? ''
    if (atom === '(' && depth > 0) return 'a group within a group'
    if (atom === '(') depth++
    if (atom === ')') depth--
    const problem = atomProblem(atom, before)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** A class, an escape, a counted repeat, or one character. */
const ATOM = /\[(?:\\.|[^\]\\])*\]|\\(?:x..|u....|c.|.)|\{\d+,?\d*\}|[\s\S]/g
/** At the end of the text the matcher takes these for a match, so with `+` they match nothing too. */
const ANY_BUT = /^(?:\.|\[\^|\[.*\\[DSW]|\\[DSW])/

function atomProblem(atom: string, before: string): string | undefined {
  if (atom === '?') return before === '(' ? 'a group with a question mark' : `${before}?`
  if (atom.startsWith('{') && atom !== '{') return `the counted repeat ${atom}`
  if (atom.startsWith('\\') && /^\\[^dDsSwWfnrtv0x\W]/.test(atom)) return `the escape ${atom}`
  if (atom.startsWith('[') && /(?:^|[^\\])\/|\\[^dDsSwWfnrtvbx0\W]/.test(atom)) {
    return `the class ${atom}`
  }
  if (atom !== '*' && atom !== '+') return undefined
  if (before === ')') return 'a repeated group'
  return atom === '+' && ANY_BUT.test(before) ? `${before}+, which matches nothing too` : undefined
}
