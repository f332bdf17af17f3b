/** A line of a hex dump: where it starts, and its bytes in groups of eight. */
export interface HexLine {
  offset: string
  bytes: string
}

/** "0a1b…" as lines of `width` bytes. Offsets are hexadecimal too, as in every other dump. */
export function hexLines(hex: string, width: 8 | 16): HexLine[] {
  const bytes = hex.match(/../g) ?? []
  const lines: HexLine[] = []
  for (let start = 0; start < bytes.length; start += width) {
    const line = bytes.slice(start, start + width)
    const halves = [line.slice(0, 8), line.slice(8)].filter((half) => half.length > 0)
    lines.push({
      offset: start.toString(16).padStart(4, '0'),
      bytes: halves.map((half) => half.join(' ')).join('  '),
    })
  }
  return lines
}
