/** A stretch of a script, and what stands there instead. */
export interface Edit {
  start: number
  end: number
  text: string
}

/** `code` with all edits made; they must not overlap. */
export function applyEdits(code: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((made, { start, end, text }) => made.slice(0, start) + text + made.slice(end), code)
}
