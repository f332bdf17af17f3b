import * as assert from 'uvu/assert'
import type { AuditEntry } from '../../shared/schema/account.js'
import type { WaterStatusAnswer } from '../../shared/schema/water-status.js'
import { suite } from '../suite.js'
import { aSite, made, place, type Rig, rig, storeReadings } from './rig.js'

const entry = {
  ...{ depthM: 0.3, sampler: 'R. Siahaan', laboratory: 'UPT Lab DLH', method: 'SNI' },
  accreditation: 'LP-195-IDN',
}

suite('water status', (test, { before, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
  })
  after(() => api.close())

  const site = (name: string, more: object = {}) => made(api, 'sites', { ...aSite, name, ...more })
  const status = async (name: string, query = '') =>
    (
      await api.app.inject({ url: `/api/v1/sites/${name}/water-status${query}` })
    ).json<WaterStatusAnswer>()
  /** What the laboratory found on a day, as parameter, result and unit. */
  async function sampled(
    name: string,
    day: string,
    found: readonly (readonly [string, string | number, string])[],
    more: object = {},
  ): Promise<void> {
    for (const [parameter, result, unit] of found) {
      const sample = { ...entry, site: name, takenAt: `${day}T09:30:00+07:00`, ...more }
      await made(api, 'laboratory/results', { ...sample, parameter, result, unit })
    }
  }

  test('each parameter of the laboratory has a verdict of its own, with limit and source', async () => {
    await site('verdicts')
    await sampled('verdicts', '2026-03-02', [['Total P', 0.005, 'mg/L']])
    await sampled('verdicts', '2026-06-02', [
      ['Total P', '0,17', 'mg/L'],
      ['BOD5', '<2', 'mg/L'],
      ['TN', '<0.7', 'mg/L'],
      ['Kekeruhan', 2, 'NTU'],
    ])

    const { standard, laboratory } = await status('verdicts')
    const told = Object.fromEntries(
      laboratory.parameters.map(({ result, verdict }) => [
        result.parameter,
        verdict.isComputable ? verdict.value.text.id : verdict.reason.id.split(':')[0],
      ]),
    )

    assert.equal(
      [standard.text.id, laboratory.samplings, laboratory.depthM],
      ['danau kelas 1', 2, 0.3],
    )
    assert.equal(told, {
      total_phosphorus: 'tidak memenuhi baku mutu',
      bod5: 'memenuhi baku mutu',
      total_nitrogen: 'tidak dinilai',
      turbidity: 'tidak diatur dalam PP 22/2021 Lampiran VI untuk kelas ini; hanya indikator',
    })
    const [phosphorus] = laboratory.parameters
    assert.is(phosphorus?.result.sampler, null)
    assert.equal(
      [phosphorus?.verdict.source.confidence, phosphorus?.verdict.source.checked],
      ['high', '2026-11-24'],
    )
  })

  test('the class is that of the site, or the one that is asked for', async () => {
    await site('classed', { waterClass: 'Kelas II' })
    await sampled('classed', '2026-06-02', [['COD', 20, 'mg/L']])
    const kept = async (query = '') => {
      const { laboratory } = await status('classed', query)
      const verdict = laboratory.parameters[0]?.verdict
      return verdict?.isComputable && verdict.value.isKept
    }

    assert.equal([await kept(), await kept('?class=1')], [true, false])
    assert.is((await status('classed', '?water=river')).standard.text.id, 'sungai kelas 2')
  })

  test('the pollution index is that of the newest sampling, with the oxygen its water could hold', async () => {
    await site('polluted', { waterClass: 'II', elevationM: 905 })
    await sampled('polluted', '2026-05-02', [['pH', 4, '']])
    await sampled('polluted', '2026-06-02', [
      ['Suhu', 26, '°C'],
      ['pH', 7.9, ''],
      ['DO', 6.8, 'mg/L'],
      ['TDS', 110, 'mg/L'],
      ['TSS', 6, 'mg/L'],
    ])

    const { pollutionIndex } = (await status('polluted')).laboratory

    // The worked case of the decree's formula in the domain facts: class II at 26 °C and 905 m.
    assert.ok(pollutionIndex.isComputable)
    assert.is(pollutionIndex.value.index.toFixed(3), '0.220')
    assert.is(pollutionIndex.value.status.id, 'memenuhi baku mutu')
    assert.match(pollutionIndex.value.text.id, /^4 dari \d+ parameter$/)
  })

  test('without the water’s temperature oxygen stops the index, and a limit never becomes a number', async () => {
    await site('stopped')
    await sampled('stopped', '2026-06-02', [['DO', 6.8, 'mg/L']])
    await site('limited')
    await sampled('limited', '2026-06-02', [
      ['pH', 7, ''],
      ['BOD5', '<2', 'mg/L'],
    ])
    await site('flattered')
    await sampled('flattered', '2026-06-02', [
      ['pH', 7, ''],
      ['Fecal coliform', '>1600', 'MPN/100 mL'],
    ])

    const index = async (name: string) => (await status(name)).laboratory.pollutionIndex
    const [stopped, limited, flattered] = [
      await index('stopped'),
      await index('limited'),
      await index('flattered'),
    ]
    assert.match(stopped.isComputable ? '' : stopped.reason.id, 'oksigen jenuh tidak diketahui')
    assert.equal(limited.isComputable && [limited.value.used, limited.value.leftOut.length], [
      ['ph'],
      1,
    ])
    assert.match(flattered.isComputable ? '' : flattered.reason.id, 'dapat terlalu baik')
  })

  test('STORET takes all samplings of one depth, and one alone gives no class', async () => {
    await site('series')
    await sampled('series', '2026-01-02', [['Total P', 0.05, 'mg/L']])
    const one = (await status('series')).laboratory.storet
    await sampled('series', '2026-03-02', [['Total P', 0.08, 'mg/L']])
    await sampled('series', '2026-05-02', [['Total P', 0.04, 'mg/L']])
    await sampled('series', '2026-05-02', [['Total P', 0.001, 'mg/L']], { depthM: 40 })

    const { storet, samplings } = (await status('series')).laboratory

    assert.is(one.isComputable, false)
    assert.is(samplings, 3)
    assert.equal(storet.isComputable && [storet.value.total, storet.value.class], [-10, 'B'])
  })

  test('the trophic state is of means, indicative where they are not of a year', async () => {
    await site('trophic')
    await sampled('trophic', '2026-06-02', [
      ['Kecerahan', 4, 'm'],
      ['Klorofil-a', 7.3, 'µg/L'],
      ['Total P', 24, 'µg/L'],
    ])
    await site('trophic-limit')
    await sampled('trophic-limit', '2026-06-02', [['Total P', '<10', 'µg/L']])

    const { carlson, lakeTrophic } = (await status('trophic')).laboratory
    const limit = (await status('trophic-limit')).laboratory

    assert.ok(carlson.isComputable && lakeTrophic.isComputable)
    assert.equal(
      [
        carlson.value.secchi?.toFixed(2),
        carlson.value.chlorophyll?.toFixed(2),
        carlson.value.phosphorus?.toFixed(2),
      ],
      ['40.02', '50.10', '49.98'],
    )
    assert.equal(
      [lakeTrophic.value.worst, lakeTrophic.value.text.id],
      ['eutrof', 'indikatif: bukan rata-rata setahun'],
    )
    assert.equal([limit.carlson.isComputable, limit.lakeTrophic.isComputable], [false, false])
  })

  test('temperature is not judged until an officer says what is natural', async () => {
    await site('warm')
    await sampled('warm', '2026-06-02', [['Suhu', 29.5, '°C']])
    const told = async () => {
      const verdict = (await status('warm')).laboratory.parameters[0]?.verdict
      return verdict?.isComputable ? verdict.value.isKept : verdict?.reason.id
    }
    const url = 'sites/warm/natural-temperature'

    assert.is(await told(), 'tidak dinilai: suhu alami belum diisi petugas')
    await made(api, url, { tempC: 26, basis: 'rata-rata 2017, LIPI' }, 'PUT')
    assert.is(await told(), false)
    await made(api, url, { tempC: 27, basis: 'rata-rata 2020' }, 'PUT')
    assert.is(await told(), true)
    assert.is((await status('warm')).naturalTemperature?.basis, 'rata-rata 2020')
    await api.operator({ method: 'DELETE', url: `/api/v1/${url}` })
    assert.match(String(await told()), 'tidak dinilai')

    const audit = await api.operator({ url: '/api/v1/audit?subject=warm' })
    const { entries } = audit.json<{ entries: AuditEntry[] }>()
    assert.equal(
      entries.flatMap(({ action, detail }) =>
        action === 'site.natural-temperature' ? [detail.tempC] : [],
      ),
      [null, 27, 26],
    )
  })

  test('sensors give an indication of some parameters and no status, from means of whole days', async () => {
    await site('sensed')
    const from = '2026-06-01T00:00:00Z'
    for (const [quantity, values] of [
      ['water_temperature', [2600, 2600]],
      ['ph', [790, 810]],
      ['dissolved_oxygen', [680, 500]],
      ['total_dissolved_solids', [110, 110]],
    ] as const) {
      await place(api, 'sensed-1', 'sensed', { quantity, from, depthM: 1 })
      // Local noon of 28 and 29 June; of the 30th only seven hours more than it are over.
      await storeReadings(api, 'sensed-1', quantity, [
        [Date.UTC(2026, 5, 28, 5) / 1000, values[0]],
        [Date.UTC(2026, 5, 28, 6) / 1000, 9999, 4],
        [Date.UTC(2026, 5, 29, 5) / 1000, values[1]],
        [Date.UTC(2026, 5, 30, 18) / 1000, values[0]],
      ])
    }

    const { sensors, laboratory } = await status('sensed')

    const index = sensors.pollutionIndex
    assert.is(sensors.days, 2)
    assert.ok(index.isComputable)
    assert.match(index.value.text.id, /^indikatif, 2 dari 30 parameter, bukan status mutu air$/)
    const texts = sensors.parameters.map(({ parameter, value, verdict }) => [
      parameter,
      value,
      verdict.isComputable ? verdict.value.text.id : verdict.reason.id,
    ])
    assert.equal(texts, [
      ['water_temperature', 26, 'tidak dinilai: suhu alami belum diisi petugas'],
      ['ph', 8.1, 'di dalam batas (indikatif)'],
      ['dissolved_oxygen', 5, 'di luar batas (indikatif)'],
      ['total_dissolved_solids', 110, 'tidak dinilai: perkiraan sensor, bukan hasil laboratorium'],
    ])
    assert.match(
      sensors.storet.isComputable ? sensors.storet.value.text.id : '',
      'bukan status mutu air',
    )
    assert.equal([laboratory.samplings, laboratory.pollutionIndex.isComputable], [0, false])
  })

  test('a withdrawn result says nothing, and a site without anything gives reasons and no zeros', async () => {
    await site('empty')
    const { id } = await made<{ id: number }>(api, 'laboratory/results', {
      ...{
        ...entry,
        site: 'empty',
        takenAt: '2026-06-02T02:30:00Z',
        parameter: 'pH',
        result: 7,
        unit: '',
      },
    })
    await made(api, `laboratory/results/${id}/withdraw`, { reason: 'botol tertukar' })

    const { laboratory, sensors } = await status('empty')

    assert.equal([laboratory.samplings, laboratory.depthM, laboratory.parameters], [0, null, []])
    for (const result of [
      ...[laboratory.pollutionIndex, laboratory.storet, laboratory.carlson],
      ...[laboratory.lakeTrophic, sensors.pollutionIndex, sensors.storet],
    ]) {
      assert.ok(!result.isComputable && result.reason.id !== '')
    }
    const nowhere = await api.app.inject({ url: '/api/v1/sites/no-such-site/water-status' })
    assert.is(nowhere.statusCode, 404)
  })
})
