import * as assert from 'uvu/assert'
import { commitFrames } from '../../ingest/store/batches.js'
import { storedCorrection } from '../../ingest/store/corrections.js'
import { JobRunner } from '../../ingest/store/job-runner.js'
import { nodeIdentity } from '../../ingest/store/nodes.js'
import { RECOMPUTE_ROWS } from '../../ingest/store/recompute.js'
import type { Job, JobsAnswer } from '../../shared/schema/job.js'
import type { MarkAnswer, MarksAnswer, PreviewAnswer } from '../../shared/schema/mark.js'
import type { MonthAnswer } from '../../shared/schema/month.js'
import type { Problem } from '../../shared/schema/problem.js'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { suite } from '../suite.js'
import { type Browser, makeAccount, NOW_MS, place, type Rig, rig, signIn } from './rig.js'

const NOW_S = NOW_MS / 1000
const DAY_S = 86_400
const STEP_S = 600
/** 2026-06-01T00:00:00Z, seven in the morning in Jakarta. */
const START_S = Date.UTC(2026, 5, 1) / 1000
const TEMPERATURE = 1
const iso = (timeS: number) => new Date(timeS * 1000).toISOString().replace('.000', '')
/** From reading to reading of a series, the last one not included. */
const between = (from: number, to: number) => ({
  from: iso(START_S + from * STEP_S),
  to: iso(START_S + to * STEP_S),
})

suite('marks', (test, { before, after }) => {
  let api: Rig
  let officer: Browser
  let sites = 0
  before(async () => {
    api = await rig()
    await makeAccount(api, 'an-officer', 'officer')
    officer = await signIn(api, 'an-officer')
  })
  after(() => api.close())

  /** A site with good readings of water temperature from START_S on, at each depth. */
  async function aSite(count: number, depths: readonly number[] = [1]): Promise<string> {
    const name = `marked-${sites++}`
    for (const [position, depthM] of depths.entries()) {
      const placement = { quantity: 'water_temperature', position, depthM }
      await place(api, name, name, { ...placement, from: iso(START_S) })
      await store(name, position, 0, count)
    }
    return name
  }

  async function store(node: string, position: number, from: number, to: number): Promise<void> {
    const nodeId = (await nodeIdentity(api.db, { name: node }))?.id ?? 0
    const readings = Array.from({ length: to - from }, (_, index) => ({
      ...{ nodeId, quantityId: TEMPERATURE, position, raw: null, flag: 2, why: 0 },
      time: START_S + (from + index) * STEP_S,
      value: 2500 + ((from + index) % 5),
    }))
    for (let start = 0; start < readings.length; start += 5000) {
      const some = readings.slice(start, start + 5000)
      const frame = { nodeId, boot: 1, seq: from + start, undated: false, bytes: new Uint8Array() }
      await commitFrames(api.db, [{ ...frame, receivedAt: NOW_MS, readings: some }], { limitsOf })
    }
  }

  const post = (url: string, payload: object) =>
    officer.inject({ method: 'POST', url: `/api/v1/${url}`, payload })
  async function said<Body>(url: string, payload: object): Promise<Body> {
    const answer = await post(url, payload)
    if (answer.statusCode >= 300) throw new Error(answer.body)
    return answer.json<Body>()
  }
  const flag = (site: string, range: { from: string; to: string }, rest: object = {}) =>
    said<MarkAnswer>('marks', {
      ...{ site, quantity: 'water_temperature', ...range, flag: 4, reason: 'di atas perahu' },
      ...rest,
    })
  const undo = (id: number) => said<MarkAnswer>(`marks/${id}/undo`, { reason: 'salah situs' })
  async function told<Body>(url: string): Promise<Body> {
    const answer = await officer.inject({ url: `/api/v1/${url}` })
    if (answer.statusCode !== 200) throw new Error(answer.body)
    return answer.json<Body>()
  }
  const readings = (site: string) =>
    told<ReadingsAnswer>(`readings?site=${site}&from=${iso(START_S)}&resolution=raw`)
  const marksOf = (query: string) =>
    told<MarksAnswer>(`marks?${query}&from=${iso(START_S)}&to=${iso(NOW_S)}`)
  async function flags(site: string, at = 0): Promise<string[]> {
    const { series } = await readings(site)
    return (series[at]?.readings ?? []).map(({ flag, why }) => [flag, ...why].join(' '))
  }
  const audit = async (subject: string) => {
    const answer = await api.operator({ url: `/api/v1/audit?subject=${subject}` })
    return answer.json<{
      entries: { action: string; actor: string; detail: Record<string, unknown> }[]
    }>().entries
  }
  const runJobs = () =>
    new JobRunner({
      db: api.db,
      clock: { now: () => api.clock.nowMs },
      log: { info() {}, warn() {} },
      rules: { limitsOf, correctionOf: storedCorrection },
      retention: { framesDays: 365 },
    }).run()

  test('nothing is flagged or taken back in an approved month before it is reopened', async () => {
    const site = await aSite(10)
    const { mark } = await flag(site, between(0, 2))
    const june = `sites/${site}/months/2026-06`
    const { now } = await told<MonthAnswer>(june)
    await said(`${june}/approve`, { hash: now.hash })

    const range = { site, quantity: 'water_temperature', ...between(2, 4) }
    const flagging = await post('marks', { ...range, flag: 4, reason: 'lagi' })
    const undoing = await post(`marks/${mark.id}/undo`, { reason: 'bukan' })
    const after = await told<MonthAnswer>(june)

    assert.equal([flagging.statusCode, undoing.statusCode], [423, 423])
    assert.is(flagging.json<Problem>().code, 'LOCKED')
    assert.match(flagging.json<Problem>().detail, `POST /api/v1/${june}/reopen`)
    assert.equal(after.differences, [])
    await said(`${june}/reopen`, { reason: 'x' })
    await flag(site, between(2, 4))
  })

  test('a range is flagged by hand with who, why and when, and the audit has it', async () => {
    const site = await aSite(6)

    const { mark, job, readings, changed } = await flag(site, between(1, 3))

    assert.equal({ job, readings, changed }, { job: null, readings: 2, changed: 2 })
    assert.equal(await flags(site), ['1', '4 manual', '4 manual', '1', '1', '1'])
    assert.equal((await marksOf(`site=${site}`)).marks, [mark])
    const { id, madeAt, channels, ...rest } = mark
    assert.equal(rest, {
      ...{ site, node: null, quantity: 'water_temperature', ...between(1, 3), flag: 4 },
      ...{ reason: 'di atas perahu', by: 'an-officer', undone: null },
    })
    assert.equal(channels, [{ node: site, position: 0, ...between(1, 3) }])
    const [entry] = await audit(site)
    assert.equal([entry?.action, entry?.actor], ['mark.flag', 'an-officer'])
    assert.is(entry?.detail.reason, 'di atas perahu')
  })

  test('undoing one gives back exactly what was there, and stays to be seen', async () => {
    const site = await aSite(6)
    const before = await readings(site)
    const { mark } = await flag(site, between(1, 3))

    const { changed } = await undo(mark.id)

    assert.is(changed, 2)
    assert.equal(await readings(site), before)
    const [seen] = (await marksOf(`site=${site}`)).marks
    assert.equal(
      [seen?.undone?.by, seen?.undone?.reason, seen?.flag],
      ['an-officer', 'salah situs', 4],
    )
    assert.equal((await audit(site)).map(({ action }) => action).slice(0, 2), [
      'mark.undo',
      'mark.flag',
    ])
    const again = await post(`marks/${mark.id}/undo`, { reason: 'sekali lagi' })
    assert.is(again.statusCode, 409)
    assert.is(again.json<Problem>().code, 'CONFLICT')
  })

  test('the newest standing one wins where they overlap', async () => {
    const site = await aSite(6)
    const { mark: first } = await flag(site, between(0, 4), { flag: 4 })
    const { mark: second } = await flag(site, between(2, 6), { flag: 3 })
    assert.equal(await flags(site), [
      ...['4 manual', '4 manual', '3 manual', '3 manual', '3 manual', '3 manual'],
    ])

    await undo(first.id)
    assert.equal(await flags(site), ['1', '1', '3 manual', '3 manual', '3 manual', '3 manual'])
    await undo(second.id)
    assert.equal(await flags(site), ['1', '1', '1', '1', '1', '1'])
  })

  test('a preview counts what would change, and changes nothing', async () => {
    const site = await aSite(3 * 144)
    await flag(site, between(0, 10), { flag: 3 })
    const before = await readings(site)
    // Until 19:00 UTC: past midnight in Jakarta.
    const range = between(0, 114)

    const preview = await said<PreviewAnswer>('marks/preview', {
      ...{ site, quantity: 'water_temperature', ...range, flag: 3 },
    })

    assert.equal(preview, {
      readings: 114,
      changes: [
        { from: 1, to: 3, readings: 104 },
        { from: 3, to: 3, readings: 10 },
      ],
      byHand: 10,
      // The first ten readings keep their flag: 01:40 is the first that changes, 18:50 the last.
      hours: { count: 18, from: '2026-06-01T01:00:00Z', to: '2026-06-01T19:00:00Z' },
      days: { count: 2, from: '2026-05-31T17:00:00Z', to: '2026-06-02T17:00:00Z' },
      channels: [{ node: site, position: 0, ...range }],
      job: false,
    })
    assert.equal(await readings(site), before)
    assert.is((await marksOf(`site=${site}`)).marks.length, 1)
  })

  test('a comment changes no reading and is listed', async () => {
    const site = await aSite(4)
    const before = await readings(site)

    const { mark, changed } = await flag(site, between(1, 3), { flag: null })

    assert.is(changed, 0)
    assert.equal(await readings(site), before)
    assert.equal((await marksOf(`site=${site}`)).marks, [mark])
    assert.is((await audit(site))[0]?.action, 'mark.comment')
    const { mark: withdrawn } = await undo(mark.id)
    assert.is(withdrawn.undone?.by, 'an-officer')
  })

  test('what arrives late in a flagged range is flagged as the officer said', async () => {
    const site = await aSite(2)
    await flag(site, between(1, 5))

    await store(site, 0, 4, 6)
    await store(site, 0, 2, 4)

    assert.equal(await flags(site), ['1', '4 manual', '4 manual', '4 manual', '4 manual', '1'])
  })

  test('a depth, a position or a placement is flagged alone', async () => {
    const site = await aSite(3, [1, 20])

    await flag(site, between(0, 1), { depthM: 20 })
    await flag(site, between(1, 2), { position: 0 })

    assert.equal(await flags(site, 0), ['1', '4 manual', '1'])
    assert.equal(await flags(site, 1), ['4 manual', '1', '1'])
    const other = await aSite(3)
    await api.operator({
      ...{ method: 'PATCH', url: `/api/v1/placements/${await placementOf(other)}` },
      payload: { to: iso(START_S + STEP_S) },
    })
    await flag(other, between(0, 3))
    assert.equal(await flags(other), ['4 manual'])
    const ofNode = await told<ReadingsAnswer>(
      `readings?node=${other}&from=${iso(START_S)}&resolution=raw`,
    )
    assert.equal(
      ofNode.series[0]?.readings?.map(({ flag }) => flag),
      [4, 1, 1],
    )
  })

  const placementOf = async (site: string) =>
    (await told<{ placements: { id: number }[] }>(`placements?site=${site}`)).placements[0]?.id

  test('a node’s channel is flagged, and its site tells of it', async () => {
    const site = await aSite(3)

    const { mark } = await flag(site, between(0, 1), { site: undefined, node: site })

    assert.equal([mark.site, mark.node], [null, site])
    assert.equal(await flags(site), ['4 manual', '1', '1'])
    assert.equal((await marksOf(`site=${site}`)).marks, [mark])
    assert.equal((await marksOf(`node=${site}&quantity=water_temperature`)).marks, [mark])
    assert.equal((await marksOf(`node=${site}&quantity=ph`)).marks, [])
  })

  test('more than a page is a job, and the series says so until it is done', async () => {
    const count = RECOMPUTE_ROWS + 500
    const site = await aSite(count)
    const asked = api.asked.length

    const { job, readings: looked } = await flag(site, between(0, count))

    assert.is(job?.state, 'queued')
    assert.is(looked, null)
    assert.ok(api.asked.length > asked, 'the runner is told')
    assert.is((await readings(site)).series[0]?.recomputing, true)
    const csv = await officer.inject({
      url: `/api/v1/readings?site=${site}&from=${iso(START_S)}&resolution=raw&format=csv`,
    })
    assert.match(csv.body, /# sedang dihitung ulang/)
    const elsewhere = `readings?site=${site}&from=${iso(START_S + count * STEP_S)}&resolution=raw`
    assert.is((await told<ReadingsAnswer>(elsewhere)).series[0]?.recomputing, undefined)
    assert.equal((await told<JobsAnswer>('jobs?unfinished=true')).jobs, [job])

    await runJobs()

    const done = await told<Job>(`jobs/${job?.id}`)
    assert.equal(
      [done.state, done.readings, done.changed, done.progress, done.subject, done.actor],
      ['done', count, count, 1, site, 'an-officer'],
    )
    assert.is((await readings(site)).series[0]?.recomputing, undefined)
    assert.equal([...new Set(await flags(site))], ['4 manual'])
    const days = await told<ReadingsAnswer>(
      `readings?site=${site}&from=${iso(START_S - DAY_S)}&resolution=day`,
    )
    assert.is(
      days.series[0]?.buckets?.reduce((sum, { nUsed }) => sum + nUsed, 0),
      0,
    )
    const retry = await post(`jobs/${job?.id}/retry`, {})
    assert.is(retry.statusCode, 409)
  })

  test('a failed job is let go on, and the audit has it', async () => {
    const count = RECOMPUTE_ROWS + 500
    const site = await aSite(count)
    const { job } = await flag(site, between(0, count))
    await api.db.query('write', `UPDATE job SET state = 'failed', failure = 'x' WHERE id = $1`, [
      job?.id,
    ])
    assert.is((await readings(site)).series[0]?.recomputing, undefined)

    const again = await said<Job>(`jobs/${job?.id}/retry`, {})

    assert.equal([again.state, again.failure], ['queued', null])
    assert.is((await audit(site))[0]?.action, 'job.retry')
    await runJobs()
    assert.equal([...new Set(await flags(site))], ['4 manual'])
  })

  test('what cannot be meant is refused with its reason, and nothing is marked', async () => {
    const site = await aSite(3)
    const whole = {
      ...{ site, quantity: 'water_temperature', ...between(0, 3), flag: 4 },
      reason: 'di atas perahu',
    }
    const { reason: _, ...wordless } = whole
    const years = iso(START_S - 4000 * DAY_S)
    const cases: [payload: object, status: number, code: string, detail: RegExp][] = [
      [wordless, 400, 'INVALID', /reason/],
      [{ ...whole, reason: '  x ' }, 400, 'INVALID', /reason/],
      [{ ...whole, flag: 2 }, 400, 'INVALID', /flag/],
      [{ ...whole, node: site }, 400, 'INVALID', /either a site or a node/],
      [{ ...whole, site: undefined }, 400, 'INVALID', /either a site or a node/],
      [{ ...whole, site: undefined, node: site, depthM: 1 }, 400, 'INVALID', /depth/],
      [{ ...whole, ...between(3, 3) }, 400, 'INVALID', /must be before/],
      [{ ...whole, to: iso(NOW_S + 1) }, 400, 'INVALID', /ahead of now/],
      [{ ...whole, from: years }, 413, 'TOO_LARGE', /3653 days/],
      [{ ...whole, site: 'no-such-site' }, 404, 'NOT_FOUND', /no site named/],
      [{ ...whole, quantity: 'ph' }, 404, 'NOT_FOUND', /had no ph/],
      [{ ...whole, depthM: 50 }, 404, 'NOT_FOUND', /at that depth/],
    ]
    for (const [payload, status, code, detail] of cases) {
      const answer = await post('marks', payload)
      const problem = answer.json<Problem>()
      assert.equal([answer.statusCode, problem.code], [status, code], JSON.stringify(payload))
      assert.match(problem.detail, detail)
    }
    assert.equal((await marksOf(`site=${site}`)).marks, [])
    assert.equal(
      await audit(site),
      (await audit(site)).filter(({ action }) => !/mark/.test(action)),
    )
    for (const url of ['marks/999999/undo', 'jobs/999999/retry']) {
      assert.is((await post(url, { reason: 'tidak ada' })).statusCode, 404, url)
    }
    assert.is((await officer.inject({ url: '/api/v1/jobs/999999' })).statusCode, 404)
  })

  test('a month that a job still changes is not approved', async () => {
    const site = await aSite(RECOMPUTE_ROWS + 1)
    await flag(site, between(0, RECOMPUTE_ROWS + 1))
    const june = `sites/${site}/months/2026-06`
    const { now } = await told<MonthAnswer>(june)

    const early = await post(`${june}/approve`, { hash: now.hash })

    assert.is(early.statusCode, 409)
    assert.match(
      early.json<Problem>().detail,
      /^job \d+ \(queued\) recomputes 2026-06 of .*: wait for it$/,
    )
  })
})
