import { localDay } from '../local-time.js'

/** A standard is good to the end of the local day that its label names. */
export function isExpired(expiresOn: string, atMs: number): boolean {
  return expiresOn < localDay(atMs)
}
