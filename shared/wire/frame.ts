/**
 * Frame v1: the words and limits that encoder and decoder share. FRAME.md is the specification.
 * This file runs on the board too, so it is written in the board's part of the language.
 */

export interface Channel {
  /** Id in the quantity registry. */
  quantity: number
  /** 0-15: which of several probes, depths, lanes or directions; 0 unless there are several. */
  position: number
}

export interface Sample {
  /** Whole seconds since 1970, or of uptime in an undated frame: 0 to 2^32 - 1. */
  time: number
  /** One entry a channel, in the channels' order: int32 in the quantity's step, or null where absent. */
  values: (number | null)[]
}

export interface Frame {
  /** Starts without a surviving clock: 0 to 2^31 - 1. */
  boot: number
  /** Number of the frame within its boot: 0 to 2^31 - 1. */
  seq: number
  /** The times are seconds of uptime of this boot. */
  undated: boolean
  /** 1 to 64, strictly ascending by quantity, then position. */
  channels: Channel[]
  /** 1 to 255, strictly increasing in time, none without any value. */
  samples: Sample[]
}

export const VERSION = 1
export const MAX_FRAME_BYTES = 1024
export const MAX_SAMPLES = 255
export const MAX_CHANNELS = 64
export const MAX_POSITION = 15
export const TRAILER_BYTES = 8

/** Largest number that a varint carries. */
export const MAX_VARINT = 0x7fffffff
/** Longest interval in seconds that the header can name; longer ones are sent as irregular times. */
export const MAX_INTERVAL_S = 0x3fffffff

/** Bits of the first byte, below the version in its upper half. */
export const FLAG_UNDATED = 8
export const FLAG_TRAILER = 4
export const FLAG_IRREGULAR = 2
export const FLAG_GAPS = 1

export const FIRST_SET = 128

/** Parameter of the exponential Golomb code of a channel's first value. */
export const FIRST_VALUE_K = 9
/** A model is six bits: 4 x k + 2 if exponential Golomb + 1 if second differences. */
export const MODEL_BITS = 6
export const MAX_K = 15
/** Model number of a channel whose value never changes. */
export const MODEL_CONSTANT = 63
