import * as assert from 'uvu/assert'
import { unionisedAmmonia } from '../../../shared/science/water/ammonia.js'
import { conductivityAt25 } from '../../../shared/science/water/conductivity.js'
import { oxygenPercent, oxygenSaturation } from '../../../shared/science/water/oxygen.js'
import { LAKE_TOBA_ALTITUDE_M, pressureAtAltitude } from '../../../shared/science/water/pressure.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'
import { answerOf, near, reasonOf } from '../answers.js'

interface Vectors {
  pressure_altitude: { h_m: number; P_atm: number; P_hPa: number; P_mmHg: number }[]
  do_saturation: { t_C: number; h_m: number; S: number; DOsat_mgL: number }[]
  do_percent: { do_mgL: number; t_C: number; h_m: number; pct: number }[]
  sc25: { ec_uScm: number; t_C: number; alpha: number; sc25: number }[]
  unionised_ammonia: {
    pH: number
    t_C: number
    fraction: number
    TAN_mgL: number
    NH3N_mgL: number
  }[]
}

const vectors = sharedJson<{ vectors: Vectors }>('formula_vectors.json')?.vectors
const hPaAt = (altitudeM: number) => answerOf(pressureAtAltitude(altitudeM)).hPa

suite('worked values of the lake formulas', (test) => {
  if (vectors === undefined) {
    test.skip('are met', 'shared data is absent')
    return
  }

  test('air pressure at an altitude', () => {
    for (const { h_m, ...expected } of vectors.pressure_altitude) {
      const { atm, hPa, mmHg } = answerOf(pressureAtAltitude(h_m))
      near(atm, expected.P_atm)
      near(hPa, expected.P_hPa)
      near(mmHg, expected.P_mmHg)
    }
  })

  test('oxygen saturation by temperature, altitude and salinity', () => {
    for (const { t_C, h_m, S, DOsat_mgL } of vectors.do_saturation) {
      const conditions = { waterTempC: t_C, pressureHpa: hPaAt(h_m), salinity: S }
      // The worked values are rounded to four places, and the vapour shows in the last.
      const difference = Math.abs(answerOf(oxygenSaturation(conditions)) - DOsat_mgL)
      assert.ok(difference < 6e-5, `${t_C} °C, ${h_m} m`)
    }
  })

  test('percentage of saturation', () => {
    for (const { do_mgL, t_C, h_m, pct } of vectors.do_percent) {
      near(answerOf(oxygenPercent(do_mgL, { waterTempC: t_C, pressureHpa: hPaAt(h_m) })), pct)
    }
  })

  test('conductivity at 25 °C', () => {
    for (const { ec_uScm, t_C, alpha, sc25 } of vectors.sc25) {
      const raw = { conductivityUsCm: ec_uScm, waterTempC: t_C, perDegree: alpha }
      near(answerOf(conductivityAt25(raw)), sc25)
    }
  })

  test('un-ionised ammonia', () => {
    for (const { pH, t_C, fraction, TAN_mgL, NH3N_mgL } of vectors.unionised_ammonia) {
      const value = answerOf(unionisedAmmonia({ totalMgL: TAN_mgL, ph: pH, waterTempC: t_C }))
      near(value.fraction, fraction)
      near(value.nh3MgL, NH3N_mgL)
    }
  })
})

suite('lake formulas', (test) => {
  test('class 1 asks for five sixths of what the water of Lake Toba can hold', () => {
    const pressureHpa = hPaAt(LAKE_TOBA_ALTITUDE_M)

    const percent = answerOf(oxygenPercent(6, { waterTempC: 26, pressureHpa }))
    assert.ok(percent > 82 && percent < 84)
  })

  test('a missing input is named and never counted as a zero', () => {
    const result = oxygenPercent(null, { waterTempC: Number.NaN, pressureHpa: 909 })

    assert.equal(reasonOf(result), {
      id: 'belum ada nilai: Suhu air, Oksigen terlarut',
      en: 'no value yet: Water temperature, Dissolved oxygen',
    })
    assert.equal(
      result.inputs.map(({ key, value }) => [key, value]),
      [
        ['water_temperature', Number.NaN],
        ['air_pressure', 909],
        ['salinity', 0],
        ['dissolved_oxygen', null],
      ],
    )
  })

  test('outside its range a formula gives no number', () => {
    assert.equal(reasonOf(oxygenSaturation({ waterTempC: 41, pressureHpa: 909 })), {
      id: 'Suhu air di luar rentang rumus (0–40 °C)',
      en: "Water temperature is outside the formula's range (0–40 °C)",
    })
    assert.match(reasonOf(pressureAtAltitude(12_000)).en, 'altitude is outside')
    const raw = { conductivityUsCm: 170, waterTempC: -6 }
    assert.match(reasonOf(conductivityAt25(raw)).en, 'outside')
    assert.match(reasonOf(unionisedAmmonia({ totalMgL: 1, ph: 15, waterTempC: 20 })).en, 'pH')
  })

  test('the ends of a range belong to it', () => {
    assert.ok(oxygenSaturation({ waterTempC: 0, pressureHpa: 1013.25 }).isComputable)
    assert.ok(oxygenSaturation({ waterTempC: 40, pressureHpa: 1013.25 }).isComputable)
  })

  test('every answer says its source, its confidence and the day it was checked', () => {
    for (const result of [
      pressureAtAltitude(905),
      oxygenSaturation({ waterTempC: 26, pressureHpa: null }),
      conductivityAt25({ conductivityUsCm: 170, waterTempC: 25 }),
      unionisedAmmonia({ totalMgL: 1, ph: 8, waterTempC: 25 }),
    ]) {
      assert.ok(result.source.title)
      assert.is(result.source.confidence, 'high')
      assert.match(result.source.checked, /^\d{4}-\d\d-\d\d$/)
    }
  })

  test('a probe with a drifted zero is below saturation, not at nothing', () => {
    const percent = answerOf(oxygenPercent(-0.1, { waterTempC: 26, pressureHpa: 909 }))
    assert.ok(percent < 0)
  })
})
