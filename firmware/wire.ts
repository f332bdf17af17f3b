import { encodeFrame, samplesThatAlwaysFit } from '../shared/wire/encode.js'

global.encodeFrame = encodeFrame
global.samplesThatAlwaysFit = samplesThatAlwaysFit
