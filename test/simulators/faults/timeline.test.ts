import * as assert from 'uvu/assert'
import { type FaultTarget, faultSchema } from '../../../simulators/faults/kinds.js'
import { FaultProxy } from '../../../simulators/faults/proxy.js'
import { realTimer } from '../../../simulators/faults/real-timer.js'
import { Timeline } from '../../../simulators/faults/timeline.js'
import { suite } from '../../suite.js'

/** A node that writes down what befalls it. */
function target() {
  const told: string[] = []
  const link = new FaultProxy({ host: '127.0.0.1', port: 1 }, realTimer(1))
  link.cut = () => void told.push('cut')
  link.reset = () => void told.push('reset')
  link.impose = (conditions) => {
    told.push(JSON.stringify(conditions))
    return () => void told.push('over')
  }
  const to: FaultTarget = {
    link,
    leapClock: (by) => void told.push(`clock ${by}`),
    misbehave: (mischief) => {
      told.push(JSON.stringify(mischief))
      return () => void told.push('good')
    },
  }
  return { to, told }
}

function play(fault: object, minutes: readonly number[]) {
  const { to, told } = target()
  const timeline = new Timeline([{ fault: faultSchema.parse(fault), targets: [to] }])
  const seen = minutes.map((minute) => {
    timeline.advance(minute * 60_000)
    return told.splice(0)
  })
  const finish = () => {
    timeline.finish()
    return told.splice(0)
  }
  return { seen, finish }
}

suite('the times of faults', (test) => {
  test('a fault begins at its time and ends after its duration, once', () => {
    const { seen, finish } = play({ kind: 'stall', at: '5m', for: '3m' }, [4.9, 5, 7.9, 8, 20])

    assert.equal(seen, [[], ['{"isStalled":true}'], [], ['over'], []])
    assert.equal(finish(), [])
  })

  test('what lasts at the end of the scenario ends with it, and what has not begun never does', () => {
    const { finish } = play({ kind: 'cut', at: '5m', for: '3m' }, [6])
    assert.equal(finish(), ['over'])
    const { finish: early } = play({ kind: 'cut', at: '5m', for: '3m' }, [1])
    assert.equal(early(), [])
  })

  test('a storm comes again and again', () => {
    const storm = { kind: 'reconnect-storm', at: '1m', for: '1m', every: '20s' }
    assert.equal(play(storm, [0.9, 1, 3]).seen, [[], ['reset'], ['reset', 'reset']])
  })

  test('a clock leaps back after its time, and stays wrong without one', () => {
    const leap = { kind: 'clock', at: '1m', by: '-10m' }
    assert.equal(play({ ...leap, for: '1m' }, [1, 2]).seen, [['clock -600'], ['clock 600']])
    const { seen, finish } = play(leap, [1, 20])
    assert.equal([seen, finish()], [[['clock -600'], []], []])
  })

  test('the service’s own link leaves dead sockets and breaks them when it is back', () => {
    const { seen } = play({ kind: 'service-link', at: '1m', for: '1m' }, [1, 2])
    assert.equal(seen, [['{"isStalled":true,"isRefusing":true}'], ['reset', 'over']])
  })

  test('nodes are told to misbehave, and to stop it', () => {
    const { seen } = play({ kind: 'flood', at: '1m', for: '1m', frames: 9 }, [1, 2])
    assert.equal(seen, [['{"extraFrames":9}'], ['good']])
  })
})
