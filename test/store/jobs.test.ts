import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import { commitFrames, type NewReading } from '../../ingest/store/batches.js'
import type { ChannelRange } from '../../ingest/store/channels.js'
import type { Database } from '../../ingest/store/database.js'
import { JobRunner } from '../../ingest/store/job-runner.js'
import { claimJob, recomputeStep } from '../../ingest/store/job-steps.js'
import { addJob, beingRecomputed, jobById, jobPage, retryJob } from '../../ingest/store/jobs.js'
import { openStore } from '../../ingest/store/open.js'
import {
  type CorrectionOf,
  RECOMPUTE_ROWS,
  type RecomputeRules,
} from '../../ingest/store/recompute.js'
import { limitsOf } from '../../shared/science/qartod/limits.js'
import { addNode } from '../ingest-fixture.js'
import { engines, type TestStore, withStore } from '../store-fixture.js'
import { suite, type Test } from '../suite.js'

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
const STEP_S = 600
const TEMPERATURE = 1
/** Two pages and a bit. */
const READINGS = 2 * RECOMPUTE_ROWS + 100
const LONG = { limitMs: 120_000 }
const log = { info() {}, warn() {} }
const clock = { now: () => Date.now() }

for (const { name, available, why } of engines()) {
  suite(`jobs: ${name}`, (test, { before, after }) => {
    if (!available) return test.skip('recompute behind', why)
    let rig: TestStore
    before(async () => {
      rig = await withStore(name)
    })
    after(() => rig.close())
    tests(test, () => rig)
  })
}

suite('jobs of a service that is killed', (test) => {
  test(
    'go on where it stopped once there is another',
    async () => {
      const rig = await withStore('embedded')
      const nodeId = (await addNode(rig.store.db, 'killed')).id
      const range = await seriesOf(rig, nodeId, 100)
      const id = await askFor(rig.store.db, range)
      await rig.store.close()

      await killInSecondPage(rig.folder)
      const store = await openStore(rig.options)
      try {
        const half = await store.db.run('read', (session) => jobById(session, id))
        assert.equal([half.state, half.readings], ['running', RECOMPUTE_ROWS])
        await new JobRunner({
          ...{ db: store.db, clock, log, retention: { framesDays: 365 } },
          rules: { limitsOf, correctionOf: plus(10) },
        }).run()

        const done = await store.db.run('read', (session) => jobById(session, id))
        assert.equal([done.state, done.readings], ['done', READINGS])
        const wrong = await store.db.query(
          'read',
          'SELECT FROM reading WHERE value IS DISTINCT FROM raw + 10',
        )
        assert.is(wrong.length, 0)
        const [sums] = await store.db.query<{ readings: number; days: number }>(
          'read',
          `SELECT (SELECT sum(value) FROM reading)::float8 AS readings,
                  (SELECT sum(sum) FROM reading_day)::float8 AS days`,
        )
        assert.is(sums?.days, sums?.readings)
      } finally {
        await store.close()
        await rig.close()
      }
    },
    LONG,
  )
})

function killInSecondPage(folder: string): Promise<void> {
  const program = fileURLToPath(new URL('job-child.ts', import.meta.url))
  const service = fork(program, [folder], { execArgv: ['--import', 'tsx'] })
  service.on('message', ({ page }: { page: number }) => {
    if (page === 2) service.kill('SIGKILL')
  })
  return new Promise((resolve, reject) => {
    service.once('exit', (_, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error('it ended by itself')),
    )
  })
}

/** A series that began so many days ago, of which the aggregates know. */
async function seriesOf({ store }: TestStore, nodeId: number, daysAgo: number) {
  const fromS = (Math.floor(Date.now() / 1000 / DAY_S) - daysAgo) * DAY_S
  const readings = Array.from(
    { length: READINGS },
    (_, index): NewReading => ({
      nodeId,
      quantityId: TEMPERATURE,
      position: 0,
      time: fromS + index * STEP_S,
      value: 2500 + (index % 5),
      raw: null,
      flag: 2,
      why: 0,
    }),
  )
  const frame = { nodeId, boot: 1, seq: 1, undated: false, bytes: Uint8Array.of(nodeId) }
  await commitFrames(store.db, [{ ...frame, receivedAt: fromS * 1000, readings }], { limitsOf })
  await store.maintain()
  const toS = fromS + READINGS * STEP_S
  return { nodeId, quantityId: TEMPERATURE, position: 0, fromS, toS }
}

function askFor(db: Database, range: ChannelRange): Promise<number> {
  return db.transaction('write', (session) =>
    addJob(session, {
      kind: 'recompute',
      subject: `node ${range.nodeId}`,
      actor: 'an-officer',
      reason: 'a test',
      at: new Date(),
      ranges: [range],
    }),
  )
}

const plus =
  (steps: number): CorrectionOf =>
  async () =>
  (raw) =>
    raw + steps

function tests(test: Test, rig: () => TestStore): void {
  const db = () => rig().store.db
  const rulesOf = (correctionOf: CorrectionOf): RecomputeRules => ({ limitsOf, correctionOf })
  const runnerWith = (correctionOf: CorrectionOf, now = clock) =>
    new JobRunner({
      db: db(),
      clock: now,
      log,
      rules: rulesOf(correctionOf),
      retention: { framesDays: 365 },
    })
  let nodes = 0

  const seriesFrom = async (daysAgo: number) =>
    seriesOf(rig(), (await addNode(db(), `job-${nodes++}`)).id, daysAgo)
  const ask = (range: ChannelRange) => askFor(db(), range)
  const job = (id: number) => db().run('read', (session) => jobById(session, id))
  const sumOf = async (table: string, value: string, { nodeId }: ChannelRange) => {
    const rows = await db().query<{ sum: number }>(
      'read',
      `SELECT sum(${value})::float8 AS sum FROM ${table} WHERE node_id = $1`,
      [nodeId],
    )
    return rows[0]?.sum
  }

  test(
    'change old readings and then the hours and days over them, far behind the window too',
    async () => {
      const range = await seriesFrom(200)
      const before = (await sumOf('reading', 'value', range)) ?? 0
      const id = await ask(range)
      assert.is((await job(id)).state, 'queued')

      await runnerWith(plus(10)).run()

      const { state, readings, changed, progress, failure } = await job(id)
      assert.equal(
        { state, readings, changed, progress, failure },
        { state: 'done', readings: READINGS, changed: READINGS, progress: 1, failure: null },
      )
      const after = before + 10 * READINGS
      assert.is(await sumOf('reading', 'value', range), after)
      assert.is(await sumOf('reading_hour', 'sum', range), after)
      assert.is(await sumOf('reading_day', 'sum', range), after)
    },
    LONG,
  )

  test(
    'leave readings and buckets outside their range alone',
    async () => {
      const range = await seriesFrom(150)
      const before = (await sumOf('reading_day', 'sum', range)) ?? 0
      const half = { ...range, fromS: range.fromS + 3 * DAY_S, toS: range.fromS + 4 * DAY_S }

      await ask(half)
      await runnerWith(plus(10)).run()

      const inHalf = DAY_S / STEP_S
      assert.is(await sumOf('reading', 'value', range), before + 10 * inHalf)
      assert.is(await sumOf('reading_day', 'sum', range), before + 10 * inHalf)
    },
    LONG,
  )

  test(
    'go on where a killed service has left them, and no other service takes them before',
    async () => {
      const range = await seriesFrom(120)
      const id = await ask(range)
      const seen: number[] = []
      const watched: CorrectionOf = async (_, { fromS }) => {
        seen.push(fromS)
        return (raw) => raw + 10
      }
      // What a service has done until it is killed.
      const dead = db().engine === 'embedded' ? 'embedded' : 'a dead service'
      await claimJob(db(), dead, new Date())
      await recomputeStep(db(), { id, worker: dead }, rulesOf(watched))

      if (db().engine === 'server') {
        await runnerWith(watched).run()
        assert.is((await job(id)).state, 'running', 'it is another service’s')
        assert.is(seen.length, 1)
        await db().query('write', `UPDATE job SET lease_until = now() - interval '1 s'`)
      }
      await runnerWith(watched).run()

      const pageS = RECOMPUTE_ROWS * STEP_S
      assert.equal(
        seen.map((fromS) => fromS - range.fromS),
        [0, pageS, 2 * pageS],
      )
      const { state, readings } = await job(id)
      assert.equal({ state, readings }, { state: 'done', readings: READINGS })
      assert.is(await sumOf('reading_day', 'sum', range), await sumOf('reading', 'value', range))
    },
    LONG,
  )

  test(
    'are done once where two services share a store',
    async () => {
      const range = await seriesFrom(40)
      const pages = new Map<number, number>()
      const watched: CorrectionOf = async (_, { fromS }) => {
        pages.set(fromS, (pages.get(fromS) ?? 0) + 1)
        return (raw) => raw + 10
      }
      const ids = [await ask(range), await ask({ ...range, toS: range.fromS + DAY_S })]

      await Promise.all([runnerWith(watched).run(), runnerWith(watched).run()])
      await runnerWith(watched).run()

      for (const id of ids) assert.is((await job(id)).state, 'done')
      // The first page is the second job's too.
      assert.equal([...pages.values()], [2, 1, 1])
    },
    LONG,
  )

  test(
    'that fail say why, keep what they have done, and can be asked again',
    async () => {
      const range = await seriesFrom(30)
      const id = await ask(range)
      let isBroken = true
      const broken: CorrectionOf = async (_, { fromS }) => {
        if (isBroken && fromS > range.fromS) throw new AppError('STORE_REFUSED', 'no such probe')
        return (raw) => raw + 10
      }

      await runnerWith(broken).run()

      const failed = await job(id)
      assert.is(failed.state, 'failed')
      assert.is(failed.failure, 'no such probe')
      assert.is(failed.readings, RECOMPUTE_ROWS)
      isBroken = false
      await runnerWith(broken).run()
      assert.is((await job(id)).state, 'failed', 'nobody has asked')

      await db().transaction('write', (session) => retryJob(session, id))
      await runnerWith(broken).run()

      const { state, failure, readings } = await job(id)
      assert.equal(
        { state, failure, readings },
        { state: 'done', failure: null, readings: READINGS },
      )
      const error = await db()
        .transaction('write', (session) => retryJob(session, id))
        .catch((thrown) => thrown)
      assert.is(error.code, 'CONFLICT')
    },
    LONG,
  )

  test(
    'wait while the store is busy',
    async () => {
      const range = await seriesFrom(30)
      const id = await ask(range)
      let isBusy = true
      const busy: CorrectionOf = async () => {
        if (isBusy) throw new AppError('STORE_BUSY', 'away', { temporary: true })
        return undefined
      }
      const runner = runnerWith(busy)

      await runner.run()
      assert.is((await job(id)).state, 'running')
      isBusy = false
      await runner.run()

      assert.is((await job(id)).state, 'done')
    },
    LONG,
  )

  test(
    'that are stopped end after the page in hand, and are anybody’s then',
    async () => {
      const range = await seriesFrom(30)
      const id = await ask(range)
      let stopping: Promise<void> | undefined
      const runner: JobRunner = runnerWith(async () => {
        stopping ??= runner.stop()
        return undefined
      })

      await runner.run()
      await stopping

      assert.is((await job(id)).readings, RECOMPUTE_ROWS)
      await runnerWith(plus(0)).run()
      assert.is((await job(id)).state, 'done')
    },
    LONG,
  )

  test('are told of a series only within their range and until they end', async () => {
    const range = await seriesFrom(30)
    const at = (fromS: number, toS: number, quantityId = TEMPERATURE) => ({
      ...range,
      quantityId,
      from: new Date(fromS * 1000),
      to: new Date(toS * 1000),
    })
    const asked = [
      at(range.fromS, range.fromS + 1),
      at(range.fromS - HOUR_S, range.fromS),
      at(range.toS, range.toS + HOUR_S),
      at(range.fromS, range.toS, 2),
    ]
    const id = await ask(range)

    assert.equal([...(await beingRecomputed(db(), asked))], [0])
    const [newest] = await jobPage(db(), { unfinished: true, limit: 5 })
    assert.is(newest?.id, id)
    await runnerWith(plus(0)).run()

    assert.is((await beingRecomputed(db(), asked)).size, 0)
    assert.equal(await jobPage(db(), { unfinished: true, limit: 5 }), [])
  })
}
