/**
 * Every way in which bytes can fail to be a frame, or a frame to be encoded. A name is stored with a
 * rejected frame, so it is never reused for something else. FRAME.md says when each is given.
 */
export const WIRE_ERROR_CODES = [
  'truncated',
  'too-long',
  'unknown-version',
  'bad-number',
  'no-samples',
  'too-many-samples',
  'bad-channels',
  'unknown-set',
  'unknown-quantity',
  'bad-interval',
  'bad-time',
  'bad-value',
  'empty-sample',
  'trailing-bytes',
  'bad-trailer',
  'not-canonical',
] as const

export type WireErrorCode = (typeof WIRE_ERROR_CODES)[number]

/** Thrown by the decoder. The encoder throws a plain Error with the same `code`, see `isWireError`. */
export class WireError extends Error {
  readonly code: WireErrorCode

  constructor(code: WireErrorCode, message: string) {
    super(message)
    this.name = 'WireError'
    this.code = code
  }
}

/** True for what decoder and encoder throw on purpose. The encoder's errors have no class: the board has none. */
export function isWireError(error: unknown): error is Error & { code: WireErrorCode } {
  return (
    error instanceof Error &&
    'code' in error &&
    WIRE_ERROR_CODES.some((code) => code === error.code)
  )
}
