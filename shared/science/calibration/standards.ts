/** Asia/Jakarta is UTC+7 the year round. */
const LOCAL_MS = 7 * 3_600_000

/** The local day of a moment, YYYY-MM-DD. */
export function localDay(atMs: number): string {
  return new Date(atMs + LOCAL_MS).toISOString().slice(0, 10)
}

/** A standard is good to the end of the local day that its label names. */
export function isExpired(expiresOn: string, atMs: number): boolean {
  return expiresOn < localDay(atMs)
}
