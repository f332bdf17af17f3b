import type { Sample } from '../../shared/wire/frame.js'

/*
 * Takes the place of shared/wire/check.ts in a station's script: what that checks for strangers the journal and the
 * packing make sure of. `refuse` stays for the one thing that can happen, a frame that needs too many bytes.
 */

export function refuse(code: string): void {
  throw { code }
}

export function checkHeader(): void {}

export function checkTimes(times: Uint32Array, samples: Sample[]): void {
  for (let n = 0; n < samples.length; n++) times[n] = (samples[n] as Sample).time
}

/** Whether a sample lacks a channel. */
export function checkValues(rows: Sample['values'][]): boolean {
  return rows.some((values) => values.indexOf(null) >= 0)
}
