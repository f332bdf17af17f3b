/**
 * Every way in which bytes can fail to be a frame, or a frame to be encoded. A name is stored with a
 * rejected frame, so it is never reused for something else. FRAME.md says when each is given.
 */
export type WireErrorCode =
  | 'truncated'
  | 'too-long'
  | 'unknown-version'
  | 'bad-number'
  | 'bad-time'
  | 'no-samples'
  | 'too-many-samples'
  | 'bad-interval'
  | 'bad-channels'
  | 'unknown-set'
  | 'unknown-quantity'
  | 'bad-value'
  | 'bad-model'
  | 'empty-sample'
  | 'trailing-bytes'
  | 'bad-trailer'
  | 'not-canonical'

/** Thrown by the decoder. */
export class WireError extends Error {
  readonly code: WireErrorCode

  constructor(code: WireErrorCode, message: string) {
    super(message)
    this.name = 'WireError'
    this.code = code
  }
}
