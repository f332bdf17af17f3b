import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { StoreOptions } from '../../../ingest/store/open.js'

/** Each part of the measurement runs in a process of its own, told by a job and answering with one report. */

/** Every way runs this long before it is measured: code gets compiled, connections get their plans. */
export const WARM_UP_S = 2

export interface StorePlace {
  folder: string
  databaseUrl: string | undefined
}

/** In the child: what it was told. */
export function readJob<T extends object>(): T & StorePlace {
  return JSON.parse(process.argv[2] ?? '{}')
}

/** In the child: its result; the process then ends. */
export function report(result: object): void {
  process.send?.(result, () => process.exit(0))
}

export function quietOptions({ folder, databaseUrl }: StorePlace): StoreOptions {
  const ignore = () => {}
  return {
    folder,
    databaseUrl,
    kind: 'simulated',
    clock: { now: () => Date.now() },
    log: { info: ignore, warn: ignore, error: ignore },
  }
}

/** Runs `part` (a file beside this one) with a job and gives its report. */
export async function runPart<R>(part: string, job: object): Promise<R> {
  const path = fileURLToPath(new URL(`${part}.ts`, import.meta.url))
  const child = fork(path, [JSON.stringify(job)], { execArgv: ['--import', 'tsx'] })
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${part} ended with code ${code} and no report`)
  })
  exited.catch(() => {}) // the report comes first when all is well
  const [result] = await Promise.race([once(child, 'message'), exited])
  await once(child, 'exit').catch(() => {})
  return result as R
}
