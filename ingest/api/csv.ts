/** RFC 4180: lines end with CR LF, and a field with a quote, comma or line break stands in quotes. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  return `${fields.map(csvField).join(',')}\r\n`
}

function csvField(field: string | number | null): string {
  if (field === null) return ''
  if (typeof field === 'number') return String(field)
  // A spreadsheet runs a text that begins like a formula (OWASP, CSV injection); numbers are no texts here.
  const harmless = /^[=+\-@\t\r]/.test(field) ? `'${field}` : field
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
