import * as assert from 'uvu/assert'
import type { Lane } from '../../ingest/store/database.js'
import { createScheduler } from '../../ingest/store/scheduler.js'
import { suite } from '../suite.js'

/** A scheduler with a clock in hand; every job notes its name and ends when told to. */
function rig() {
  let nowMs = 0
  const scheduler = createScheduler(() => nowMs)
  const started: string[] = []
  const ends: (() => void)[] = []
  const done: Promise<void>[] = []
  return {
    started,
    wait: (ms: number) => {
      nowMs += ms
    },
    add: (lane: Lane, name: string) => {
      const job = scheduler.schedule(lane, () => {
        started.push(name)
        return new Promise<void>((resolve) => ends.push(resolve))
      })
      done.push(job)
    },
    endOne: async () => {
      ends.shift()?.()
      // The scheduler goes on in the microtasks after the job's own.
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

suite('store: scheduler', (test) => {
  test('starts no second job before the first has settled', async () => {
    const { add, started, endOne } = rig()
    add('write', 'first')
    add('write', 'second')
    assert.equal(started, ['first'])

    await endOne()

    assert.equal(started, ['first', 'second'])
  })

  test('starts writes first, then reads, then maintenance', async () => {
    const { add, started, endOne } = rig()
    add('read', 'running')
    add('maintenance', 'maintenance')
    add('read', 'read')
    add('write', 'write 1')
    add('write', 'write 2')

    for (let i = 0; i < 5; i++) await endOne()

    assert.equal(started, ['running', 'write 1', 'write 2', 'read', 'maintenance'])
  })

  test('lets a read that has waited a second pass one write, never two reads in a row', async () => {
    const { add, started, endOne, wait } = rig()
    add('write', 'running')
    add('read', 'read 1')
    add('read', 'read 2')
    wait(1001)
    for (const name of ['write 1', 'write 2', 'write 3']) add('write', name)

    for (let i = 0; i < 6; i++) await endOne()

    assert.equal(started, ['running', 'read 1', 'write 1', 'read 2', 'write 2', 'write 3'])
  })

  test('goes on after a job that failed', async () => {
    const scheduler = createScheduler(() => 0)

    const failed = scheduler.schedule('write', () => Promise.reject(new Error('no')))
    const next = scheduler.schedule('write', () => Promise.resolve('yes'))

    assert.is(await failed.catch((error) => error.message), 'no')
    assert.is(await next, 'yes')
  })
})
