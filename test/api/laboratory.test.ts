import * as assert from 'uvu/assert'
import type { AuditEntry } from '../../shared/schema/account.js'
import type {
  LabComparison,
  LabImportAnswer,
  LabResultAnswer,
} from '../../shared/schema/laboratory.js'
import { suite } from '../suite.js'
import { type XlsxCell, xlsx } from '../xlsx.js'
import { aSite, made, makeAccount, place, type Rig, rig, signIn, storeReadings } from './rig.js'

const TAKEN_S = Date.UTC(2026, 5, 24, 2, 30) / 1000
const HEAD = [
  ...['Lokasi', 'Kedalaman (m)', 'Tanggal', 'Jam (WIB)', 'Petugas', 'Laboratorium'],
  ...['Akreditasi', 'Metode', 'Parameter', 'Hasil', 'Satuan'],
]
const entry = {
  ...{ site: 'lab-site', takenAt: '2026-06-24T09:30:00+07:00', depthM: 1, sampler: 'R. Siahaan' },
  ...{ laboratory: 'UPT Lab DLH', accreditation: 'LP-195-IDN', method: 'SNI 6989.72:2009' },
  ...{ parameter: 'dissolved_oxygen', result: '6,5', unit: 'mg/L' },
}
type Detail = LabResultAnswer & { comparison: LabComparison; earlier: LabResultAnswer[] }

suite('laboratory results', (test, { before, after }) => {
  let api: Rig
  let days = 0
  before(async () => {
    api = await rig()
    await made(api, 'sites', { ...aSite, name: 'lab-site', title: 'Teluk Balige' })
    await makeAccount(api, 'petugas', 'officer')
  })
  after(() => api.close())

  /** A day of its own, so that no test finds another's samples. */
  const newDay = () => `${String(++days).padStart(2, '0')}/05/2026`
  const row = (date: string, parameter: string, result: XlsxCell, unit: string): XlsxCell[] => [
    ...['Teluk Balige', '1', date, '09.30', 'R. Siahaan', 'UPT Lab DLH', 'LP-195-IDN', 'SNI'],
    ...[parameter, result, unit],
  ]
  const csv = (...rows: XlsxCell[][]) => rows.map((cells) => cells.join(';')).join('\r\n')
  const enter = (changes: object = {}) =>
    made<LabResultAnswer>(api, 'laboratory/results', { ...entry, ...changes })
  const send = (body: string | Buffer, query = '') =>
    api.operator({
      method: 'POST',
      url: `/api/v1/laboratory/imports${query}`,
      headers: {
        'content-type':
          typeof body === 'string'
            ? 'text/csv; charset=utf-8'
            : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      },
      payload: body,
    })
  const imported = async (body: string | Buffer, query = '') =>
    (await send(body, query)).json<LabImportAnswer>()
  const detail = async (id: number) =>
    (await api.app.inject({ url: `/api/v1/laboratory/results/${id}` })).json<Detail>()
  async function count(): Promise<number> {
    const rows = await api.db.query('read', 'SELECT 1 FROM laboratory_result')
    return rows.length
  }
  async function problem(path: string, payload: object): Promise<string> {
    const answer = await api.operator({
      method: 'POST',
      url: `/api/v1/laboratory/${path}`,
      payload,
    })
    const { code, detail } = answer.json<{ code?: string; detail?: string }>()
    return `${answer.statusCode} ${code}: ${detail}`
  }

  test('an officer enters a result, and the public is not told the names of people', async () => {
    const officer = await signIn(api, 'petugas')
    const answer = await officer.inject({
      method: 'POST',
      url: '/api/v1/laboratory/results',
      payload: { ...entry, takenAt: '2026-04-01T02:30:00Z', result: '< 0,01', unit: 'mg/L' },
    })
    const told = answer.json<LabResultAnswer>()
    const list = await api.app.inject({
      url: '/api/v1/laboratory/results?site=lab-site&from=2026-04-01T00:00:00Z&to=2026-04-02T00:00:00Z',
    })
    const [shown] = list.json<{ results: LabResultAnswer[] }>().results

    assert.is(answer.statusCode, 201)
    assert.equal([told.value, told.bound, told.reported], [0.01, 'below', '< 0,01 mg/L'])
    assert.equal([told.sampler, told.enteredBy], ['R. Siahaan', 'petugas'])
    assert.equal(shown, { ...told, sampler: null, enteredBy: null })
  })

  test('an entry with errors is refused with all of them, and a repeat as a repeat', async () => {
    const wrong = await problem('results', { ...entry, result: 'ttd', accreditation: 'LP-1' })
    await enter({ takenAt: '2026-04-03T02:30:00Z' })
    const again = await problem('results', { ...entry, takenAt: '2026-04-03T09:30:00+07:00' })
    const nowhere = await problem('results', { ...entry, site: 'no-such-site' })

    assert.match(wrong, /^400 INVALID: accreditation: not a KAN number .*; result: not a number/)
    assert.match(again, /^409 CONFLICT: the same sample, parameter and laboratory/)
    assert.match(nowhere, /^400 INVALID: site: no such site/)
  })

  test('a CSV file is shown first, and stored when it is whole', async () => {
    const date = newDay()
    const file = csv(HEAD, row(date, 'BOD5', '<2,0', 'mg/L'), row(date, 'Total P', '17,5', 'µg/L'))
    const start = await count()

    const preview = await imported(file)
    const between = await count()
    const stored = await imported(file, '?mode=all&file=mei.csv')

    assert.equal([preview.mode, preview.rows, preview.good, preview.stored], ['preview', 2, 2, 0])
    assert.equal(
      preview.results.map(({ row, site, parameter, value, bound }) => [
        row,
        site,
        parameter,
        value,
        bound,
      ]),
      [
        [2, 'lab-site', 'bod5', 2, 'below'],
        [3, 'lab-site', 'total_phosphorus', 0.0175, null],
      ],
    )
    assert.is(between, start)
    assert.equal([stored.stored, await count()], [2, start + 2])
  })

  test('a workbook is read as a CSV file is', async () => {
    const date = newDay()
    const cells = row(date, 'Fecal coliform', 1600, 'MPN/100 mL')
    // 46143 is 2026-05-01.
    const dated = cells.with(2, { date: 46142 + days }).with(3, { time: 0.395833333333333 })

    const answer = await imported(xlsx([['UPT Lab DLH'], HEAD, dated]), '?mode=all')

    const [result] = answer.results
    assert.equal([answer.stored, result?.row, result?.value], [1, 3, 1600])
    assert.is(result?.takenAt, `2026-05-${date.slice(0, 2)}T02:30:00Z`)
  })

  test('a file with errors stores nothing, or the good rows where an officer says so', async () => {
    const date = newDay()
    const file = csv(
      HEAD,
      row(date, 'BOD5', '1,8', 'mg/L'),
      row(date, 'COD', 'ttd', 'mg/L'),
      row(date, 'Nitrat', '0,4', 'mg/L'),
    )
    const start = await count()

    const refused = await send(file, '?mode=all')
    const between = await count()
    const good = await imported(file, '?mode=good')

    assert.is(refused.statusCode, 400)
    assert.match(
      refused.json<{ detail: string }>().detail,
      '2 rows have errors, so nothing was stored',
    )
    assert.is(between, start)
    assert.equal([good.rows, good.good, good.stored, await count()], [3, 1, 1, start + 1])
    assert.equal(
      good.errors.map(({ row, column, found, wrong }) => [row, column, found, wrong.id]),
      [
        [3, 'Hasil', 'ttd', 'bukan angka'],
        [4, 'Parameter', 'Nitrat', 'parameter tidak dikenal'],
      ],
    )
  })

  test('the same sample twice is a repeat, in one file and in the next', async () => {
    const date = newDay()
    const line = row(date, 'BOD5', '1,8', 'mg/L')
    await imported(csv(HEAD, line), '?mode=all')
    const start = await count()

    const again = await imported(
      csv(HEAD, line, row(date, 'COD', '9', 'mg/L'), row(date, 'COD', '9', 'mg/L')),
      '?mode=good',
    )
    const refused = await send(csv(HEAD, line), '?mode=all')

    assert.equal([again.good, again.stored, await count()], [1, 1, start + 1])
    assert.match(again.errors[0]?.wrong.id ?? '', /^sampel, .* sudah ada \(nomor \d+: 1,8 mg\/L\)$/)
    assert.match(again.errors[1]?.wrong.id ?? '', /\(baris 3: 9 mg\/L\)$/)
    assert.is(refused.statusCode, 400)
  })

  test('what is no such file is refused before anything is read of it', async () => {
    const json = await api.operator({
      method: 'POST',
      url: '/api/v1/laboratory/imports',
      payload: {},
    })
    const text = await send('a;b\r\n1;2\r\n')
    const large = await send(`${csv(HEAD)}\r\n${'x'.repeat(2_100_000)}`)
    const many = await send(csv(HEAD, ...Array.from({ length: 10_001 }, () => ['x'])))
    const other = await api.operator({
      method: 'POST',
      url: '/api/v1/laboratory/results',
      headers: { 'content-type': 'text/csv' },
      payload: 'x',
    })

    assert.equal([json.statusCode, large.statusCode, many.statusCode], [400, 413, 413])
    assert.match(text.json<{ detail: string }>().detail, 'tidak ada baris judul kolom')
    assert.is(other.statusCode, 415)
  })

  test('a correction takes the place of a result, which is kept', async () => {
    const first = await enter({ takenAt: '2026-04-05T02:30:00Z' })
    const corrected = await made<LabResultAnswer>(api, `laboratory/results/${first.id}/correct`, {
      ...{ ...entry, takenAt: '2026-04-05T02:30:00Z', result: '5,6', reason: 'salah ketik' },
    })
    const again = await problem(`results/${first.id}/correct`, { ...entry, reason: 'x' })

    const { value, corrects, earlier } = await detail(corrected.id)
    assert.equal([value, corrects], [5.6, first.id])
    assert.equal(
      earlier.map(({ id, value, withdrawnReason }) => [id, value, withdrawnReason]),
      [[first.id, 6.5, 'salah ketik']],
    )
    assert.match(again, `409 CONFLICT: laboratory result ${first.id} was withdrawn: salah ketik`)
  })

  test('a correction that cannot be stored leaves the result as it was', async () => {
    const one = await enter({ takenAt: '2026-04-06T02:30:00Z' })
    const other = await enter({ takenAt: '2026-04-06T03:30:00Z' })

    const onto = await problem(`results/${one.id}/correct`, {
      ...{ ...entry, takenAt: '2026-04-06T03:30:00Z', reason: 'x' },
    })

    assert.match(onto, '409 CONFLICT')
    assert.is((await detail(one.id)).withdrawnAt, null)
    assert.is((await detail(other.id)).withdrawnAt, null)
  })

  test('a withdrawn result leaves the list, and may be entered anew', async () => {
    const takenAt = '2026-04-07T02:30:00Z'
    const { id } = await enter({ takenAt })
    await made(api, `laboratory/results/${id}/withdraw`, { reason: 'botol tertukar' })
    const url =
      '/api/v1/laboratory/results?site=lab-site&from=2026-04-07T00:00:00Z&to=2026-04-08T00:00:00Z'
    const ids = async (query = '') =>
      (await api.app.inject({ url: url + query }))
        .json<{ results: LabResultAnswer[] }>()
        .results.map((each) => each.id)

    assert.equal([await ids(), await ids('&withdrawn=true')], [[], [id]])
    const again = await enter({ takenAt })
    assert.equal(await ids(), [again.id])
    assert.match(
      await problem(`results/${id}/withdraw`, { reason: 'x' }),
      'was withdrawn: botol tertukar',
    )
  })

  test('results come in pages, in order of their time', async () => {
    const times = ['2026-04-10T03:00:00Z', '2026-04-10T01:00:00Z', '2026-04-10T02:00:00Z']
    for (const takenAt of times) await enter({ takenAt })
    const url =
      '/api/v1/laboratory/results?site=lab-site&from=2026-04-10T00:00:00Z&to=2026-04-11T00:00:00Z&limit=2'
    type Page = { results: LabResultAnswer[]; next: string | null }
    const first = (await api.app.inject({ url })).json<Page>()
    const second = (await api.app.inject({ url: `${url}&after=${first.next}` })).json<Page>()

    const seen = [...first.results, ...second.results].map(({ takenAt }) => takenAt)
    assert.equal(seen, times.toSorted())
    assert.is(second.next, null)
    const nowhere = await api.app.inject({ url: '/api/v1/laboratory/results?site=no-such-site' })
    assert.is(nowhere.statusCode, 404)
  })

  test('a result is compared with what the probe measured within 30 minutes at its depth', async () => {
    await place(api, 'lab-probe', 'lab-site', {
      ...{ quantity: 'dissolved_oxygen', from: '2026-06-01T00:00:00Z', depthM: 1.2 },
    })
    await place(api, 'lab-probe', 'lab-site', {
      ...{ quantity: 'dissolved_oxygen', from: '2026-06-01T00:00:00Z', depthM: 20, position: 1 },
    })
    await storeReadings(api, 'lab-probe', 'dissolved_oxygen', [
      [TAKEN_S - 1801, 100],
      [TAKEN_S - 1800, 660, 1],
      [TAKEN_S, 680, 2],
      [TAKEN_S + 600, 990, 3],
      [TAKEN_S + 1801, 100],
    ])
    await storeReadings(api, 'lab-probe', 'dissolved_oxygen', [[TAKEN_S, 300]], 1)

    const { id } = await enter()
    const { comparison } = await detail(id)
    assert.ok(comparison.isComputable)
    const { probe, difference, relative, ...rest } = comparison
    assert.is(probe.toFixed(6), '6.700000')
    assert.is(difference?.toFixed(6), '0.200000')
    assert.is(relative?.toFixed(6), (0.2 / 6.5).toFixed(6))
    assert.equal(rest, {
      ...{ isComputable: true, nodes: ['lab-probe'], depthM: 1.2, readings: 3 },
      flags: { 1: 1, 2: 1, 3: 1, 4: 0 },
    })
  })

  test('where there is nothing to compare with it is said why, and a limit is not subtracted', async () => {
    const compared = async (changes: object) => (await detail((await enter(changes)).id)).comparison
    const reason = async (changes: object) => {
      const found = await compared(changes)
      return found.isComputable ? 'computable' : found.reason.en
    }

    const limit = await compared({ result: '<7', laboratory: 'another' })
    assert.ok(limit.isComputable)
    assert.equal([limit.difference, limit.relative, limit.readings], [null, null, 3])
    assert.match(await reason({ depthM: 5, laboratory: 'b' }), 'at other depths')
    assert.match(await reason({ takenAt: '2026-06-20T02:30:00Z' }), 'no reading')
    assert.match(await reason({ parameter: 'COD', result: 9 }), 'no reading')
    assert.match(await reason({ parameter: 'Fe', result: 0.1 }), 'no probe measures this')
    await storeReadings(api, 'lab-probe', 'dissolved_oxygen', [[TAKEN_S + 86_400, 680, 4]])
    assert.match(await reason({ takenAt: '2026-06-25T02:30:00Z' }), 'suspect or failed')
  })

  test('what is entered, imported, corrected and withdrawn is in the audit', async () => {
    const answer = await api.operator({ url: '/api/v1/audit?limit=500' })
    const actions = new Set(
      answer.json<{ entries: AuditEntry[] }>().entries.map(({ action }) => action),
    )
    for (const action of ['enter', 'import', 'correct', 'withdraw']) {
      assert.ok(actions.has(`laboratory.${action}`), action)
    }
  })
})
