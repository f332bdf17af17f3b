import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export const TRAILER_BYTES = 8

/** The key of a node's frame trailers: SHA-256('frame' + SHA-256(secret)), so it is no login. */
export function trailerKey(secretHash: Uint8Array): Buffer {
  return createHash('sha256').update('frame').update(secretHash).digest()
}

/** The first 8 bytes of HMAC-SHA-256 over all bytes of the frame that precede the trailer. */
export function signTrailer(key: Uint8Array, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, TRAILER_BYTES)
}

export function trailerVerifies(keys: readonly Uint8Array[], bytes: Uint8Array): boolean {
  const body = bytes.subarray(0, bytes.length - TRAILER_BYTES)
  const trailer = bytes.subarray(bytes.length - TRAILER_BYTES)
  return keys.some((key) => timingSafeEqual(signTrailer(key, body), trailer))
}
