import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { checkFrame, FUTURE_LIMIT_S, frameSchema, PAST_LIMIT_S } from '../../shared/schema/frame.js'
import type { Frame } from '../../shared/wire/frame.js'
import { suite } from '../suite.js'

const NOW_S = Date.UTC(2026, 6, 1) / 1000
const QUANTITIES = [1, 2, 3, 4, 5]

function frame(changes: Partial<Frame> = {}, timeS = NOW_S): Frame {
  return {
    boot: 1,
    seq: 2,
    undated: false,
    channels: QUANTITIES.map((quantity) => ({ quantity, position: 0 })),
    samples: [{ time: timeS, values: [2582, 750, null, 1200, 30] }],
    ...changes,
  }
}

suite('frame schema', (test) => {
  test('a frame from the wire passes', () => {
    assert.is(checkFrame(frame(), NOW_S), undefined)
  })

  test('a value outside its plausible range is no schema error', () => {
    const samples = [{ time: NOW_S, values: [-999_900, 2 ** 31 - 1, -(2 ** 31), 799_900, 0] }]

    assert.is(checkFrame(frame({ samples }), NOW_S), undefined)
  })

  test('time is accepted from 2015 to five minutes ahead, and named beyond', () => {
    const at = (timeS: number) => checkFrame(frame({}, timeS), NOW_S)?.reason

    assert.equal(
      [
        at(PAST_LIMIT_S),
        at(PAST_LIMIT_S - 1),
        at(0),
        at(NOW_S + FUTURE_LIMIT_S),
        at(NOW_S + FUTURE_LIMIT_S + 1),
        at(Date.UTC(2099, 0, 1) / 1000),
      ],
      [undefined, 'time-past', 'time-past', undefined, 'time-future', 'time-future'],
    )
    assert.is(PAST_LIMIT_S, Date.UTC(2015, 0, 1) / 1000)
    assert.is(FUTURE_LIMIT_S, 300)
  })

  test('one sample outside the window is enough', () => {
    const samples = [
      { time: NOW_S - 60, values: [1, 2, 3, 4, 5] },
      { time: NOW_S + 3600, values: [1, 2, 3, 4, 5] },
    ]

    const problem = checkFrame(frame({ samples }), NOW_S)

    assert.is(problem?.reason, 'time-future')
    assert.is(problem?.detail, 'measured 2026-07-01T01:00:00Z, 3600 s ahead of the server')
  })

  test('an undated frame is not asked for its time', () => {
    assert.is(checkFrame(frame({ undated: true }, 60), NOW_S), undefined)
  })

  test('what no decoder makes is named: structure, quantity, length', () => {
    const reason = (changes: Partial<Frame>) =>
      checkFrame(frame(changes), NOW_S)?.detail ?? 'passed'

    assert.match(reason({ boot: -1 }), /boot/)
    assert.match(reason({ seq: 2 ** 31 }), /seq/)
    assert.match(reason({ channels: [] }), /channels/)
    assert.match(reason({ samples: [] }), /samples/)
    assert.match(reason({ samples: [{ time: NOW_S, values: [0.5, 1, 2, 3, 4] }] }), /values/)
    assert.match(reason({ samples: [{ time: NOW_S, values: [2 ** 31, 1, 2, 3, 4] }] }), /values/)
    assert.match(reason({ samples: [{ time: NOW_S, values: [1] }] }), /1 values for 5 channels/)
    assert.match(reason({ channels: [{ quantity: 99, position: 0 }] }), /unknown quantity 99/)
    assert.match(reason({ channels: [{ quantity: 1, position: 16 }] }), /position/)
  })

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        frameSchema.safeParse(anything)
      }),
    )
  })

  test('is cheap enough for the hot path', () => {
    const samples = Array.from({ length: 12 }, (_, index) => ({
      time: NOW_S - 3600 + index * 300,
      values: [2582 + index, 750, 700, 1200, 30],
    }))
    const sixty = frame({ samples })
    const rounds = Array.from({ length: 15 }, () => {
      const start = performance.now()
      for (let at = 0; at < 500; at++) checkFrame(sixty, NOW_S)
      return ((performance.now() - start) / 500) * 1000
    })

    // 6–8 µs on an idle core; the best of many rounds, so that a busy machine does not decide.
    const bestUs = Math.min(...rounds)
    assert.ok(bestUs < 25, `${bestUs.toFixed(1)} µs`)
  })
})
