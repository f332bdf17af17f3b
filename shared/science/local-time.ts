/** Time as people live it here, Asia/Jakarta (WIB): UTC+7 the year round, and has been since 1964. */
export const LOCAL_OFFSET_MS = 7 * 3_600_000

/** "2026-07-01 07:00", of unix milliseconds. */
export function localTime(timeMs: number): string {
  return new Date(timeMs + LOCAL_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ')
}

/** "2026-07-01" */
export function localDay(timeMs: number): string {
  return localTime(timeMs).slice(0, 10)
}
