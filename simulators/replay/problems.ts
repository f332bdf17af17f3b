/** What in a file could not be sent, by kind, with the lines where it is. */

export const PROBLEMS = {
  'unreadable-time': 'the time cannot be read',
  'skipped-time': 'the time does not exist: the clock of the zone skipped it',
  'repeated-time': 'the same time as an earlier row',
  'backwards-time': 'the time is before an earlier row',
  'wrong-cells': 'more or fewer cells than the header',
  'no-number': 'a cell is no number; the rest of its row is sent',
  'too-large': 'a number does not fit the wire; the rest of its row is sent',
  'no-value': 'no cell of the row holds a value',
} as const

export type ProblemKind = keyof typeof PROBLEMS

/** Enough to find the place in the file; the count is complete. */
const LINES_SHOWN = 5

export class Problems {
  readonly #counts = new Map<ProblemKind, { count: number; where: string[] }>()

  /** @param line as an editor counts, from 1. */
  add(kind: ProblemKind, line: number, detail?: string): void {
    const entry = this.#counts.get(kind) ?? { count: 0, where: [] }
    entry.count++
    if (entry.where.length < LINES_SHOWN) {
      entry.where.push(detail === undefined ? `line ${line}` : `line ${line} (${detail})`)
    }
    this.#counts.set(kind, entry)
  }

  get counts(): Partial<Record<ProblemKind, number>> {
    return Object.fromEntries([...this.#counts].map(([kind, { count }]) => [kind, count]))
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, { count }) => sum + count, 0)
  }

  /** One line a kind, for people. */
  lines(): string[] {
    return [...this.#counts].map(([kind, { count, where }]) => {
      const more = count > where.length ? ` and ${count - where.length} more` : ''
      return `${count} × ${PROBLEMS[kind]}: ${where.join(', ')}${more}`
    })
  }
}
