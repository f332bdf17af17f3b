/**
 * The balance of DESIGN §4.7, in frames and in readings, for the life of the process:
 * received = stored + repeated + rejected + refused + in flight.
 * A frame counts as rejected when any of its readings was, else as stored when any was new.
 */
export interface Tally {
  received: number
  stored: number
  repeated: number
  rejected: number
  refused: number
  inFlight: number
}

export interface Balance {
  frames: Tally
  readings: Tally
}

/** How many readings of one frame ended where. */
export interface Ending {
  stored: number
  repeated: number
  rejected: number
}

export class BalanceSheet {
  readonly #frames = emptyTally()
  readonly #readings = emptyTally()

  received(readings: number): void {
    this.#frames.received++
    this.#frames.inFlight++
    this.#readings.received += readings
    this.#readings.inFlight += readings
  }

  ended(ending: Ending, isRejected: boolean): void {
    this.#leave(ending.stored + ending.repeated + ending.rejected)
    this.#readings.stored += ending.stored
    this.#readings.repeated += ending.repeated
    this.#readings.rejected += ending.rejected
    if (isRejected) this.#frames.rejected++
    else if (ending.stored > 0) this.#frames.stored++
    else this.#frames.repeated++
  }

  refused(readings: number): void {
    this.#leave(readings)
    this.#frames.refused++
    this.#readings.refused += readings
  }

  get(): Balance {
    return { frames: { ...this.#frames }, readings: { ...this.#readings } }
  }

  #leave(readings: number): void {
    this.#frames.inFlight--
    this.#readings.inFlight -= readings
  }
}

function emptyTally(): Tally {
  return { received: 0, stored: 0, repeated: 0, rejected: 0, refused: 0, inFlight: 0 }
}
