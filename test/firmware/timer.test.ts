import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { bundle, runBundle, Timers } from './link-rig.js'

const ENTRY = `
import { start, stop, within } from './timer.js'
Object.assign(global, { start, stop, within })`

interface TimerModule {
  start(timer: { id: number | undefined }, seconds: number, act: () => void): void
  stop(timer: { id: number | undefined }): void
  within(seconds: number, late: string, done: (result: string) => void): (result: string) => void
}

async function timerRig() {
  const timers = new Timers()
  const module = runBundle(await bundle(ENTRY), timers, {}) as unknown as TimerModule
  return { timers, ...module }
}

suite('a timer', (test) => {
  test('that has fired stops no other one, although the board gives its id again', async () => {
    const { timers, start, stop } = await timerRig()
    const first = { id: undefined }
    const second: { id: number | undefined } = { id: undefined }
    const fired: string[] = []
    start(first, 1, () => fired.push('first'))
    timers.run(2)
    start(second, 1, () => fired.push('second'))
    assert.is(second.id, 1)
    stop(first)
    timers.run(2)
    assert.equal(fired, ['first', 'second'])
  })

  test('that is started again does not fire for the first time', async () => {
    const { timers, start, stop } = await timerRig()
    const timer = { id: undefined }
    const fired: string[] = []
    start(timer, 1, () => fired.push('early'))
    start(timer, 2, () => fired.push('late'))
    timers.run(5)
    assert.equal(fired, ['late'])
    start(timer, 1, () => fired.push('never'))
    stop(timer)
    stop(timer)
    timers.run(5)
    assert.equal(fired, ['late'])
  })

  test('gives a callback its limit, and lets it count once', async () => {
    const { timers, within } = await timerRig()
    const told: string[] = []
    const inTime = within(5, 'too late', (result) => told.push(result))
    inTime('answer')
    inTime('again')
    timers.run(10)
    const late = within(5, 'too late', (result) => told.push(result))
    timers.run(10)
    late('answer')
    assert.equal(told, ['answer', 'too late'])
  })
})
