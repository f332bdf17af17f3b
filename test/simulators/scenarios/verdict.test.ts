import * as assert from 'uvu/assert'
import { encodeFrame } from '../../../shared/wire/encode.js'
import { Account, digestOf } from '../../../simulators/scenarios/account.js'
import { compare, type Seen, told } from '../../../simulators/scenarios/outcome.js'
import { parseScenario } from '../../../simulators/scenarios/scenario.js'
import { judge, type StoredReading } from '../../../simulators/scenarios/verdict.js'
import { suite } from '../../suite.js'

const OXYGEN = 3

function frame(seq: number, { undated = false, value = 600 + seq } = {}): Uint8Array {
  const channels = [{ quantity: OXYGEN, position: 0 }]
  const samples = [{ time: 1_750_000_000 + seq * 60, values: [value] }]
  return encodeFrame({ boot: 1, seq, undated, channels, samples })
}

function row(seq: number, changes: Partial<StoredReading> = {}): StoredReading {
  const time = 1_750_000_000 + seq * 60
  return { quantity: OXYGEN, position: 0, time, value: 600 + seq, ...changes }
}

/** A node that made these frames and was told that it may forget them. */
function account(...frames: Uint8Array[]): Account {
  const made = new Account('lake-1')
  for (const bytes of frames) {
    made.made(bytes)
    made.acknowledged(bytes)
  }
  return made
}

const none = new Set<string>()
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const NOTHING = { missing: 0, twice: 0, unsent: 0, lost: 0 }

suite('what nodes were told against what is stored', (test) => {
  test('each acknowledged reading stored once is nothing wrong', () => {
    const kept = { readings: [row(0), row(1)], rejected: none }
    assert.equal(judge(account(frame(0), frame(1)), kept), NOTHING)
  })

  test('an acknowledged reading without a row is missing, as one with another value', () => {
    const kept = { readings: [row(1, { value: 7 })], rejected: none }
    assert.equal(judge(account(frame(0), frame(1)), kept), { ...NOTHING, missing: 2, unsent: 1 })
  })

  test('a frame that is kept as rejected is not missing', () => {
    const bytes = frame(0)
    const rejected = new Set([hex(bytes)])
    assert.equal(judge(account(bytes), { readings: [], rejected }), NOTHING)
  })

  test('bytes that are no frame must be kept when they were acknowledged', () => {
    const noise = Uint8Array.of(1, 2, 3)
    assert.is(judge(account(noise), { readings: [], rejected: none }).missing, 1)
    const rejected = new Set([hex(noise)])
    assert.equal(judge(account(noise), { readings: [], rejected }), NOTHING)
  })

  test('a reading stored twice is seen, as is one that nobody sent', () => {
    const kept = { readings: [row(0), row(0), row(5)], rejected: none }
    assert.equal(judge(account(frame(0)), kept), { ...NOTHING, twice: 1, unsent: 1 })
  })

  test('what was sent and not acknowledged may be stored, and is lost all the same', () => {
    const made = new Account('lake-1')
    made.made(frame(0))
    assert.equal(judge(made, { readings: [row(0)], rejected: none }), { ...NOTHING, lost: 1 })
  })

  test('a number that no frame had is a lost frame', () => {
    const kept = { readings: [row(0), row(3)], rejected: none }
    assert.equal(judge(account(frame(0), frame(3)), kept), { ...NOTHING, lost: 2 })
  })

  test('an undated frame is stored at whatever time the service found', () => {
    const made = account(frame(0, { undated: true }))
    const kept = { readings: [row(77, { value: 600 })], rejected: none }
    assert.equal(judge(made, kept), NOTHING)
    assert.is(judge(made, { readings: [], rejected: none }).missing, 1)
  })

  test('the digest knows other bytes, and no order', () => {
    const [some, same, other] = [
      account(frame(0), frame(1)),
      account(frame(1), frame(0)),
      account(frame(0), frame(1, { value: 9 })),
    ]
    assert.is(digestOf([some]), digestOf([same]))
    assert.is.not(digestOf([some]), digestOf([other]))
  })
})

const METRICS = `toba_frames{outcome="received"} 10
toba_frames{outcome="stored"} 6
toba_frames{outcome="repeated"} 2
toba_frames{outcome="rejected"} 2
toba_frames{outcome="refused"} 0
toba_frames{outcome="inFlight"} 0
`
const SEEN: Seen = {
  ...NOTHING,
  rejected: { 'time-future': 2 },
  acknowledged: 10,
  connections: 3,
  broken: 1,
  acksDropped: 0,
  firmwareErrors: 0,
  metrics: METRICS + METRICS.replaceAll('toba_frames', 'toba_readings'),
}

suite('how a scenario ended', (test) => {
  const failing = (expect: object, changes: Partial<Seen> = {}) => {
    const file = JSON.stringify({ about: 'x', nodes: ['W-01'], duration: '1m', expect })
    const lines = compare(parseScenario(file, 'x').expect, { ...SEEN, ...changes })
    return lines.filter(({ isMet }) => !isMet).map(({ name }) => name)
  }
  const good = { rejected: { 'time-future': 2 }, repeated: { atLeast: 1 }, broken: { atMost: 1 } }

  test('as expected, nothing fails', () => {
    assert.equal(failing(good), [])
  })

  test('what is not as expected is named', () => {
    assert.equal(failing({ ...good, repeated: { atLeast: 3 } }), ['repeated'])
    assert.equal(failing({ ...good, broken: 2 }), ['broken'])
    assert.equal(failing(good, { missing: 1 }), ['missing'])
    assert.equal(failing(good, { firmwareErrors: 1 }), ['firmware errors'])
  })

  test('a frame rejected for a reason that nobody expected fails, as one that was expected and did not come', () => {
    assert.equal(failing({}), ['rejected time-future'])
    assert.equal(failing({ rejected: { 'time-future': 2, conflict: 1 } }), ['rejected conflict'])
  })

  test('a balance that does not hold fails, as one that cannot be read', () => {
    const leak = SEEN.metrics.replace(
      'toba_frames{outcome="stored"} 6',
      'toba_frames{outcome="stored"} 5',
    )
    assert.equal(failing(good, { metrics: leak }), ['balance of frames'])
    assert.ok(failing({ rejected: good.rejected }, { metrics: '' }).includes('balance of readings'))
  })

  test('each line says what was expected and what was seen', () => {
    const lines = told([{ name: 'lost', expected: 'at most 3', seen: 4000, isMet: false }])
    assert.equal(lines, ['FAIL  lost                     expected at most 3        seen 4,000'])
  })
})
