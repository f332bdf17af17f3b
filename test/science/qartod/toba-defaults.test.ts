import * as assert from 'uvu/assert'
import { TOBA_DEFAULTS } from '../../../shared/science/qartod/toba-defaults.js'
import type { Span } from '../../../shared/science/qartod/verdict.js'
import { quantityByKey } from '../../../shared/wire/quantities.js'
import { sharedJson } from '../../shared-data.js'
import { suite } from '../../suite.js'

interface Row {
  fail: Span
  suspect: Span
  climatology?: { all: Span }
  spike: Span
  roc_per_h: Span
  flat_s: Span
  flat_tol: number
}

const file = sharedJson<{ params: Record<string, Row> }>('qc_defaults_toba.json')

/** Where what really happens goes beyond the limits of the facts; the reasons are in the defaults. */
const WIDENED: Record<string, Partial<Row>> = {
  water_temperature: { climatology: { all: [22, 29.5] } },
  ph: { climatology: { all: [6.8, 8.8] } },
  dissolved_oxygen: { climatology: { all: [-0.5, 10.5] } },
  conductivity_25: { climatology: { all: [130, 220] } },
  turbidity: { roc_per_h: [400, 1000] },
  relative_humidity: { spike: [10, 20] },
  pm2_5: { suspect: [0, 1000], flat_s: [21_600, 43_200], flat_tol: 0.05 },
  pm10: { suspect: [0, 2000], flat_s: [21_600, 43_200], flat_tol: 0.05 },
}

suite('quality limits of Lake Toba', (test) => {
  if (file === undefined)
    test.skip(
      'are those of the facts, but for the ones that are said to be wider',
      'shared data is absent',
    )
  else {
    test('are those of the facts, but for the ones that are said to be wider', () => {
      for (const [key, stated] of Object.entries(file.params)) {
        const row = { ...stated, ...WIDENED[key] }
        const ours = TOBA_DEFAULTS[key]
        assert.equal(ours?.failSpan, row.fail, key)
        assert.equal(ours?.suspectSpan, row.suspect, key)
        assert.equal(ours?.climatologySpan, row.climatology?.all, key)
        assert.equal(ours?.spike, row.spike, key)
        assert.equal(ours?.ratePerHour, row.roc_per_h, key)
        assert.equal(ours?.flatS, row.flat_s, key)
        assert.is(ours?.flatTolerance, row.flat_tol, key)
      }
      assert.equal(Object.keys(TOBA_DEFAULTS), Object.keys(file.params))
    })
  }

  test('belong to quantities of the registry and lie within their plausible range', () => {
    for (const [key, { failSpan }] of Object.entries(TOBA_DEFAULTS)) {
      const quantity = quantityByKey(key)
      assert.ok(quantity && failSpan[0] >= quantity.min && failSpan[1] <= quantity.max, key)
    }
  })

  test('call no oxygen of the plausible range below the limits suspect for being low', () => {
    const oxygen = TOBA_DEFAULTS.dissolved_oxygen
    const lowest = quantityByKey('dissolved_oxygen')?.min

    assert.equal(
      [oxygen?.failSpan[0], oxygen?.suspectSpan[0], oxygen?.climatologySpan?.[0]],
      [lowest, lowest, lowest],
    )
  })
})
