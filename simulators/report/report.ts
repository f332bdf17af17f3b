import { writeFile } from 'node:fs/promises'
import type { Balance } from '../fleet/balance.js'
import type { ServiceClient } from '../service-client.js'
import { reportPage } from './page.js'
import type { ReportRun } from './run.js'
import { readSeries } from './series.js'

/** Where the facts of a run are. */
export interface ReportSources {
  /** The ledger, `truth.csv`, closed. */
  truth: string
  balance: Balance
  /** Asked for what is stored; it must still run. */
  service: ServiceClient
}

/** Writes one page on what was true, what is stored and what became of everything. */
export async function writeReport(
  path: string,
  run: ReportRun,
  { truth, balance, service }: ReportSources,
): Promise<void> {
  const series = await readSeries(truth, service, run)
  await writeFile(path, reportPage({ run, balance, series }))
}
