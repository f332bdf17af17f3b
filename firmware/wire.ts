import { encodeFrame, samplesThatAlwaysFit } from '../shared/wire/encode.js'

/** The board's own name for its global object. */
declare const global: {
  encodeFrame: typeof encodeFrame
  samplesThatAlwaysFit: typeof samplesThatAlwaysFit
}

global.encodeFrame = encodeFrame
global.samplesThatAlwaysFit = samplesThatAlwaysFit
