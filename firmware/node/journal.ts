import {
  append,
  eachRecord,
  FILE_BYTES,
  isDone,
  type Log,
  needsFile,
  open,
  openLog,
  PER_FILE,
  put,
  take,
  trim,
} from './records.js'

/*
 * The journal (`j`): every sample as it was taken, one record each, before anything else happens to it. Bodies:
 *
 *   0, then the six numbers of the state
 *   1 + stream, uptime, then a channel and a value for each reading of a sample
 *
 * all as `put` writes them; a channel is 16 x quantity + position, a value is in steps, zigzag. Each file begins with
 * the state, so that it can be read without the one before.
 */

export const READINGS = 0
export const HEALTH = 1

/** What must survive deep sleep and a power cut: `state` by these. */
export const BOOT = 0
/** Board clock at the start of this boot, seconds. */
export const START = 1
/** Unix seconds at uptime 0; 0 while unknown. */
export const OFFSET = 2
/** Uptime at which the next session is due. */
export const SESSION = 3
/** Sessions that failed in a row. */
export const FAILURES = 4
/** Samples for which the node stays urgent; 0 when calm. */
export const URGENT = 5

export let state: number[] = [0, 0, 0, 0, 0, 0]

export interface Taken {
  stream: number
  uptime: number
  channels: number[]
  values: number[]
  /** Place behind it. */
  next: number
}

let log: Log
/** The state as it was written last. */
let saved = ''

/**
 * Reads on from `place` until `visit` returns true. It gets the state in force, and the sample; none where the record
 * is a state itself.
 */
export function readJournal(
  place: number,
  visit: (state: number[], sample?: Taken) => boolean | undefined,
): void {
  let inForce = [0, 0, 0, 0, 0, 0]
  // From the head of the file: the state in force there comes before the place.
  eachRecord(log, place - (place % PER_FILE), (body, here, next) => {
    open(body)
    const stream = take() - 1
    if (stream < 0) {
      inForce = inForce.map(take)
      return visit(inForce)
    }
    if (here < place) return false
    const sample: Taken = { stream, uptime: take(), channels: [], values: [], next }
    while (!isDone()) {
      sample.channels.push(take())
      const value = take()
      sample.values.push(value % 2 ? -(value + 1) / 2 : value / 2)
    }
    return visit(inForce, sample)
  })
}

function stateBody(): string {
  return put(0) + state.map(put).join('')
}

/** Where it is another one than before. */
export function saveState(): void {
  const body = stateBody()
  if (body === saved) return
  append(log, body)
  saved = body
}

/** Keeps a sample. Throws when Storage refuses it. */
export function keepSample(
  stream: number,
  uptime: number,
  channels: number[],
  values: number[],
): void {
  const body =
    put(1 + stream) +
    put(uptime) +
    channels
      .map((channel, n) => {
        const value = values[n] as number
        return put(channel) + put(value < 0 ? -2 * value - 1 : 2 * value)
      })
      .join('')
  if (needsFile(log, body.length)) log.end = FILE_BYTES
  if (!(log.end % FILE_BYTES)) {
    saved = ''
    saveState()
  }
  append(log, body)
}

/** Place behind the last record. */
export function journalEnd(): number {
  return Math.max(0, log.last * PER_FILE + log.end)
}

/** Takes up `state` where the journal left it; false when there is none. `visit` gets the last samples. */
export function openJournal(visit: (state: number[], sample: Taken) => void): boolean {
  log = openLog('j')
  let isFound = false
  let hasReadings = false
  const look = (file: number) => {
    readJournal(file * PER_FILE, (inForce, sample) => {
      if (sample) {
        hasReadings = hasReadings || sample.stream === READINGS
        visit(inForce, sample)
      } else {
        state = inForce.slice()
        saved = stateBody()
        isFound = true
      }
      return false
    })
  }
  look(log.last)
  // That file was just begun.
  if (!hasReadings) look(log.last - 1)
  return isFound
}

/** Nothing before `place` is needed any more, but for the last two files, which tell how things were. */
export function trimJournal(place: number): void {
  trim(log, place)
}
