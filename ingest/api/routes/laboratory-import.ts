import type { FastifyRequest } from 'fastify'
import {
  type LabImportAnswer,
  labImportAnswerSchema,
  labImportQuerySchema,
  MOST_ERRORS,
} from '../../../shared/schema/laboratory.js'
import type { Cell } from '../../../shared/science/laboratory/columns.js'
import {
  type LabResult,
  type LabTable,
  type RowError,
  readLabTable,
} from '../../../shared/science/laboratory/rows.js'
import { AppError } from '../../errors.js'
import { writeAudit } from '../../store/audit.js'
import { type Reader, reader, type Session } from '../../store/database.js'
import { insertResults, sitesByName, standing } from '../../store/laboratory.js'
import { audited, OFFICE_ROLES } from '../access.js'
import { iso } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'
import { labName } from '../laboratory-answers.js'
import { readCsv } from '../tables/read-csv.js'
import { readXlsx } from '../tables/read-xlsx.js'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** A year of thirty parameters at a dozen sites, twice a month, is 8,640 rows and 1 MB. */
const MOST_BYTES = 2 * 1024 * 1024
const MOST_ROWS = 10_000
const DESCRIPTION =
  'The body is the file: `text/csv` or an XLSX workbook (its first sheet), at most 2 MB and 10,000 rows. Column names ' +
  'are Indonesian or English: lokasi/site, kedalaman/depth, tanggal/date, jam/time, petugas/sampler, ' +
  'laboratorium/laboratory, akreditasi/accreditation, metode/method, parameter, hasil/result, satuan/unit, ' +
  'catatan/note. Dates are dd/mm/yyyy, in WIB where no zone is said. A sample, parameter and laboratory that is there ' +
  'already is an error of its row. With `all` a file with an error stores nothing and is refused.'

type Row = LabTable['results'][number]

export function laboratoryImportRoute(parent: Api, deps: ApiDeps): void {
  const { db } = deps.store
  // Only here is such a body read at all.
  parent.register(async (app: Api) => {
    for (const type of ['text/csv', XLSX]) {
      const options = { parseAs: 'buffer', bodyLimit: MOST_BYTES } as const
      app.addContentTypeParser(type, options, (_request, body, done) => done(null, body))
    }
    app.post(
      '/api/v1/laboratory/imports',
      {
        bodyLimit: MOST_BYTES,
        config: { access: OFFICE_ROLES, rateLimit: { max: 30, timeWindow: 60_000 } },
        schema: {
          tags: ['laboratory'],
          summary: 'Read a file of laboratory results: what is wrong with it, or store it',
          description: DESCRIPTION,
          consumes: ['text/csv', XLSX],
          querystring: labImportQuerySchema,
          response: { 200: labImportAnswerSchema },
        },
      },
      async (request): Promise<LabImportAnswer> => {
        const { mode } = request.query
        const nowMs = deps.clock.now()
        const table = await tableOf(request)
        const read = readLabTable(table, { sites: await sitesByName(reader(db)), nowMs })
        if ('error' in read) throw new AppError('INVALID', `${read.error.id} (${read.error.en})`)
        if (mode === 'preview') {
          const checked = await db.run('read', (session) => withoutRepeats(session, read))
          return answer(mode, checked, 0)
        }
        const stored = await db.transaction('write', async (session) => {
          const checked = await withoutRepeats(session, read)
          refuseIfWrong(mode, checked)
          await store(session, request, checked)
          return checked
        })
        return answer(mode, stored, stored.results.length)
      },
    )
  })

  async function store(
    session: Session,
    request: FastifyRequest<{ Querystring: { file?: string | undefined } }>,
    { results }: LabTable,
  ): Promise<void> {
    if (results.length === 0) return
    const entry = { at: new Date(deps.clock.now()), by: request.actor.name }
    const ids = await insertResults(
      session,
      results.map(({ result }) => result),
      entry,
    )
    const detail = { file: request.query.file, stored: ids.length, first: ids[0], last: ids.at(-1) }
    const audit = { action: 'laboratory.import', subject: 'laboratory', detail }
    await writeAudit(session, audited(request, deps, audit))
  }
}

async function tableOf(request: FastifyRequest): Promise<Cell[][]> {
  const { body } = request
  if (!Buffer.isBuffer(body)) throw new AppError('INVALID', 'send the file itself as the body')
  const isXlsx = request.headers['content-type']?.startsWith(XLSX) ?? false
  const table = isXlsx ? await readXlsx(body) : readCsv(body)
  if (table.length > MOST_ROWS) {
    throw new AppError('TOO_LARGE', `the file has more than ${MOST_ROWS} rows`)
  }
  return table
}

/** A result that is there already, or twice in the file, becomes an error of its row. */
async function withoutRepeats(
  session: Reader,
  { results, errors, ignoredColumns }: LabTable,
): Promise<LabTable> {
  const there = await standing(
    session,
    results.map(({ result }) => result),
  )
  const seen = new Map<string, Row>()
  const fresh: Row[] = []
  const repeats: RowError[] = []
  for (const [index, row] of results.entries()) {
    const stored = there[index]
    const above = seen.get(keyOf(row.result))
    if (stored !== undefined) repeats.push(repeated(row, `nomor ${stored.id}`, stored.reported))
    else if (above !== undefined)
      repeats.push(repeated(row, `baris ${above.row}`, above.result.reported))
    else {
      seen.set(keyOf(row.result), row)
      fresh.push(row)
    }
  }
  const all = [...errors, ...repeats].sort((a, b) => a.row - b.row)
  return { results: fresh, errors: all, ignoredColumns }
}

function keyOf({ site, takenAtMs, depthM, parameter, laboratory }: LabResult): string {
  return JSON.stringify([site, takenAtMs, depthM, parameter, laboratory.toLowerCase()])
}

function repeated({ row, result }: Row, which: string, reported: string): RowError {
  const english = which.replace('nomor', 'number').replace('baris', 'row')
  return {
    row,
    column: '',
    found: result.reported,
    wrong: {
      id: `sampel, parameter dan laboratorium ini sudah ada (${which}: ${reported})`,
      en: `this sample, parameter and laboratory are there already (${english}: ${reported})`,
    },
    expected: {
      id: 'setiap hasil satu kali; hasil yang salah dikoreksi, bukan diimpor lagi',
      en: 'every result once; a wrong one is corrected, not imported again',
    },
  }
}

function refuseIfWrong(mode: LabImportAnswer['mode'], { errors }: LabTable): void {
  if (mode !== 'all' || errors.length === 0) return
  const rows = new Set(errors.map(({ row }) => row))
  throw new AppError(
    'INVALID',
    `${rows.size} rows have errors, so nothing was stored: a preview lists them, and \`good\` stores the others`,
  )
}

function answer(mode: LabImportAnswer['mode'], table: LabTable, stored: number): LabImportAnswer {
  const { results, errors, ignoredColumns } = table
  return {
    mode,
    rows: results.length + new Set(errors.map(({ row }) => row)).size,
    good: results.length,
    stored,
    ignoredColumns,
    errorCount: errors.length,
    errors: errors.slice(0, MOST_ERRORS),
    results: results.map(({ row, result }) => ({
      row,
      site: result.site,
      takenAt: iso(result.takenAtMs),
      depthM: result.depthM,
      parameter: result.parameter,
      name: labName(result.parameter),
      value: result.value,
      bound: result.bound,
      unit: result.unit,
      reported: result.reported,
      laboratory: result.laboratory,
    })),
  }
}
