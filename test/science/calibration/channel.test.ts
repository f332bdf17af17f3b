import * as assert from 'uvu/assert'
import { WHY } from '../../../shared/schema/flags.js'
import {
  type ChannelHistory,
  type ChannelVisit,
  changedSpan,
  channelCorrection,
  correctedValue,
  NOTHING_CORRECTED,
} from '../../../shared/science/calibration/channel.js'
import { exceeds, RECORD_CRITERIA } from '../../../shared/science/calibration/criteria.js'
import { foulingError, recordErrors } from '../../../shared/science/calibration/errors.js'
import { correctedSteps } from '../../../shared/science/calibration/steps.js'
import { quantityByKey } from '../../../shared/wire/quantities.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'

const beside = (sensor: number, reference: number) => ({ sensor, reference })
/** Conductivity: 165 where the meter says 180; cleaned 176 where the water has become 181; 190 in a standard of 200. */
const CONDUCTIVITY = {
  asFound: beside(165, 180),
  afterCleaning: beside(176, 181),
  standards: [{ reference: 200, raw: 190 }],
}

suite('the errors that a visit finds', (test) => {
  test('fouling is what cleaning changed, less what the water changed meanwhile', () => {
    assert.is(answerOf(foulingError(CONDUCTIVITY)), 10)
    assert.match(
      reasonOf(foulingError({ ...CONDUCTIVITY, asFound: null })).en,
      /as found and after/,
    )
  })

  test('drift is told apart from fouling, and both together decide', () => {
    const errors = recordErrors('conductivity_25', CONDUCTIVITY)

    assert.is(errors?.fouling, 10)
    assert.equal(errors?.drift, { gain: 1, offset: 10 })
    assert.is(errors?.combined, 20)
    assert.ok(errors?.isCorrected)
  })

  test('errors of opposite signs do not excuse each other', () => {
    const check = {
      asFound: beside(7, 7.15),
      afterCleaning: beside(7.15, 7.15),
      standards: [{ reference: 7, raw: 7.15 }],
    }
    const errors = recordErrors('ph', check)

    near(errors?.combined ?? 0, 0.3)
    assert.ok(errors?.isCorrected)
  })

  test('at the criterion nothing is corrected, above it everything is', () => {
    const found = (error: number) =>
      recordErrors('ph', {
        asFound: beside(7.1, 7.3),
        afterCleaning: beside(7.1 + error, 7.3),
        standards: [],
      })?.isCorrected

    assert.is(found(0.2), false)
    assert.is(found(0.21), true)
  })

  test('without criteria, or without measurements, there is no correction', () => {
    assert.is(recordErrors('chlorophyll_a', CONDUCTIVITY)?.isCorrected, false)
    assert.is(
      recordErrors('ph', { asFound: beside(7, 8), afterCleaning: null, standards: [] }),
      undefined,
    )
  })

  test('of an absolute and a relative criterion the larger counts', () => {
    const { correctAbove } = RECORD_CRITERIA.conductivity_25 ?? {}
    assert.ok(correctAbove)
    // 3 % of 100 is less than 5, 3 % of 1000 more.
    assert.not(exceeds(5, 100, correctAbove))
    assert.ok(exceeds(5.1, 100, correctAbove))
    assert.not(exceeds(-30, 1000, correctAbove))
    assert.ok(exceeds(-30.1, 1000, correctAbove))
  })
})

const history = (changes: Partial<ChannelHistory>): ChannelHistory => ({
  quantityKey: 'conductivity_25',
  calibrations: [],
  installedS: [],
  visits: [],
  maintenance: [],
  ...changes,
})
const visit = (startedS: number, check: ChannelVisit['check'] = null): ChannelVisit => ({
  startedS,
  endedS: startedS + 10,
  check,
})
const EVER = Number.POSITIVE_INFINITY

suite('the value of a raw reading', (test) => {
  const values = (changes: Partial<ChannelHistory>, raw: number, ...times: number[]) => {
    const correction = channelCorrection(history(changes))
    return times.map((timeS) => correctedValue(correction, raw, timeS).value)
  }

  test('is calibrated by what held at its own time', () => {
    const calibrations = [
      { fromS: 100, toS: 200, gain: 2, offset: 1 },
      { fromS: 200, toS: EVER, gain: 1, offset: -3 },
    ]

    assert.equal(values({ calibrations }, 10, 99, 100, 199, 200, 1e9), [10, 21, 21, 7, 7])
  })

  test('takes an even share of fouling and drift between two visits', () => {
    const visits = [visit(0), visit(110, CONDUCTIVITY)]

    // From the end of the one at 10 to the beginning of the other at 110; 165 + 10 + 10 at its end.
    assert.equal(values({ visits }, 165, 9, 10, 60, 109, 110), [165, 165, 175, 184.8, 165])
  })

  test('drift begins anew with a calibration, fouling does not', () => {
    const visits = [visit(0), visit(110, CONDUCTIVITY)]
    const calibrations = [{ fromS: 60, toS: EVER, gain: 1, offset: 0 }]

    // At 60 half the fouling and no drift; at 85 three quarters and a half.
    assert.equal(values({ visits, calibrations }, 165, 60, 85), [170, 177.5])
  })

  test('drift in two standards depends on the value', () => {
    const standards = [
      { reference: 100, raw: 90 },
      { reference: 1000, raw: 900 },
    ]
    const check = { asFound: beside(450, 500), afterCleaning: beside(450, 500), standards }

    const [before] = values({ visits: [visit(0), visit(110, check)] }, 450, 60)
    near(before ?? 0, 475)
  })

  test('is not corrected where nobody knows since when the sensor was wrong', () => {
    const only = [visit(110, CONDUCTIVITY)]

    assert.equal(values({ visits: only }, 165, 60), [165])
    assert.equal(values({ visits: only, installedS: [10] }, 165, 60), [175])
  })

  test('needs no more than is allowed, or stays as it is and is told', () => {
    const check = {
      asFound: beside(6, 9),
      afterCleaning: beside(7.5, 9),
      standards: [{ reference: 9, raw: 7.5 }],
    }
    const correction = channelCorrection(
      history({ quantityKey: 'dissolved_oxygen', visits: [visit(-10), visit(90, check)] }),
    )

    // 3 mg/L in 90 s: 2 mg/L, the most that is allowed, are reached after 60 s.
    assert.equal(correctedValue(correction, 6, 60), {
      value: 8,
      isBeyond: false,
      isMaintained: false,
    })
    assert.equal(correctedValue(correction, 6, 61), {
      value: 6,
      isBeyond: true,
      isMaintained: false,
    })
  })

  test('is found by the calibration that held before the visit, not the one made at it', () => {
    const calibrations = [
      { fromS: 0, toS: 100, gain: 1, offset: 50 },
      { fromS: 100, toS: EVER, gain: 1, offset: 0 },
    ]
    const check = {
      asFound: beside(120, 170),
      afterCleaning: null,
      standards: [{ raw: 120, reference: 180 }],
    }
    const visits = [visit(-10), visit(100, check)]

    // 120 counts as 170, so the drift is 10 of 180 and not 60.
    assert.equal(values({ calibrations, visits }, 120, 50, 100), [175, 120])
  })
})

suite('a raw reading in steps', (test) => {
  const ph = quantityByKey('ph')
  if (ph === undefined) throw new Error('no pH')
  const at = (changes: Partial<ChannelHistory>, raw: number, timeS: number) =>
    correctedSteps(ph, channelCorrection(history(changes)), { raw, timeS })

  test('is exact to the decimal, so that half a step is half a step', () => {
    const by = (gain: number, offset: number) => ({
      calibrations: [{ fromS: 0, toS: EVER, gain, offset }],
    })

    assert.equal(at(by(1, 0.005), 700, 1), { steps: 700.5, why: 0 })
    assert.equal(at(by(1.005, 0), 100, 1), { steps: 100.5, why: 0 })
    assert.equal(at(by(1, -7.005), 0, 1), { steps: -700.5, why: 0 })
    assert.equal(at({}, 712, 1), { steps: 712, why: 0 })
  })

  test('of a time of maintenance fails, whatever it is', () => {
    const changes = { maintenance: [{ fromS: 10, toS: 20 }] }
    const why = [9, 10, 19, 20].map((timeS) => at(changes, 700, timeS).why)

    assert.equal(why, [0, WHY.maintenance, WHY.maintenance, 0])
  })
})

suite('what a change changes', (test) => {
  const one = { fromS: 100, toS: EVER, gain: 1, offset: 1 }

  test('is nothing between equals, and the whole of a new calibration', () => {
    const before = channelCorrection(history({ calibrations: [one] }))

    assert.is(changedSpan(before, channelCorrection(history({ calibrations: [one] }))), undefined)
    assert.equal(changedSpan(NOTHING_CORRECTED, before), { fromS: 100, toS: EVER })
    const ended = [
      { ...one, toS: 300 },
      { ...one, fromS: 300, offset: 2 },
    ]
    assert.equal(changedSpan(before, channelCorrection(history({ calibrations: ended }))), {
      fromS: 300,
      toS: EVER,
    })
  })

  test('reaches back to the visit before, where a visit found an error', () => {
    const visits = [visit(0), visit(110, CONDUCTIVITY)]
    const before = channelCorrection(history({ visits: visits.slice(0, 1) }))

    assert.equal(changedSpan(before, channelCorrection(history({ visits }))), {
      fromS: 10,
      toS: 110,
    })
  })
})
