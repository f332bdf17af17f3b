import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { writeReport } from '../../../simulators/report/report.js'
import type { ReportRun } from '../../../simulators/report/run.js'
import { readSeries } from '../../../simulators/report/series.js'
import type { ServiceClient } from '../../../simulators/service-client.js'
import { suite } from '../../suite.js'
import { site } from '../world/world-rig.js'

const START_MS = Date.UTC(2026, 5, 1)
const iso = (minutes: number) => new Date(START_MS + minutes * 60_000).toISOString()

const run: ReportRun = {
  command: 'npm run simulate -- --out "<b>&"',
  seed: 7,
  speed: 60,
  startMs: START_MS,
  endMs: START_MS + 3_600_000,
  nodes: [{ site: { ...site('W-02'), title: 'Pea <script>alert(1)</script>' }, name: 'sim-pea' }],
  marks: [
    {
      kind: 'fault',
      name: 'stuck',
      about: 'the value stays <i>what it was</i>',
      sites: ['W-02'],
      quantity: 'ph',
      fromMs: START_MS + 1_800_000,
      untilMs: Number.POSITIVE_INFINITY,
    },
  ],
}

const outcomes = { received: 5, stored: 4, repeated: 1, rejected: 0, refused: 0, inFlight: 0 }
const balance = {
  ...{ samples: 6, frames: 5, readings: 5, acknowledged: 5 },
  service: { frames: outcomes, readings: { ...outcomes, rejected: 42 } },
}

const TRUTH = [
  'time,site,node,quantity,true,sensed,sent',
  `${iso(0)},W-02,sim-pea,ph,7.5,7.51,7.51`,
  `${iso(10)},W-02,sim-pea,ph,7.5,7.52,7.52`,
  `${iso(20)},W-02,sim-pea,ph,7.5,7.53,7.53`,
  `${iso(30)},W-02,sim-pea,ph,7.5,,`,
  ',W-02,sim-pea,ph,,,7.49',
  `${iso(20)},W-02,sim-pea,battery_voltage,,,12.6`,
]

const series = {
  ...{ site: 'tambunan', node: 'sim-pea', simulated: true, quantity: 'ph', position: 0 },
  ...{ depthM: 1, directionDeg: null, unit: '[pH]', summary: 'mean' },
  readings: [
    { time: iso(0), value: 7.51, flag: 1, why: [] },
    { time: iso(10), value: 7.52, flag: 3, why: ['spike'] },
  ],
}

const service: ServiceClient = {
  get: async (path, schema) => {
    assert.match(path, 'node=sim-pea')
    return schema.parse({
      ...{ store: 'simulated', from: iso(-60), to: iso(120), resolution: 'raw', series: [series] },
    })
  },
  put: () => Promise.reject(new Error('nothing is written')),
  post: () => Promise.reject(new Error('nothing is written')),
  patch: () => Promise.reject(new Error('nothing is written')),
  text: () => Promise.reject(new Error('nothing else is asked')),
}

suite('the report of a run', (test, hooks) => {
  let folder = ''
  let truth = ''
  hooks.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-report-'))
    truth = join(folder, 'truth.csv')
    await writeFile(truth, `${TRUTH.join('\n')}\n`)
  })
  hooks.after(() => rm(folder, { recursive: true, force: true }))

  async function page(): Promise<string> {
    const path = join(folder, 'out.html')
    await writeReport(path, run, { truth, balance, service })
    return readFile(path, 'utf8')
  }

  test('what was sent with a date and is not stored is missing, nothing else', async () => {
    const [ph, ...more] = await readSeries(truth, service, run)

    assert.equal(more, [])
    assert.equal(ph?.missing, [{ timeMs: START_MS + 1_200_000, value: 7.53 }])
    assert.is(ph?.sent, 4)
    assert.is(ph?.undated, 1)
    assert.is(ph?.truth.length, 4)
    assert.is(ph?.stored.length, 2)
  })

  test('flags and losses have a shape of their own in the chart', async () => {
    const text = await page()

    assert.is(text.match(/<use class="suspect"[^>]*%/g)?.length, 1)
    assert.is(text.match(/<use class="missing"[^>]*%/g)?.length, 1)
    assert.not.match(text, /<use class="fail"[^>]*%/)
    assert.match(text, 'spike 1')
    assert.match(text, '1 MISSING')
  })

  test('it says seed, command, what was asked for and what became of all', async () => {
    const text = await page()

    assert.match(text, 'seed 7')
    assert.match(text, 'npm run simulate -- --out')
    assert.match(text, '<rect class="fault" x="50%"')
    assert.match(text, '<td class="bad">42</td>')
  })

  test('no text becomes markup, and nothing is fetched from anywhere', async () => {
    const text = await page()

    assert.not.match(text, '<script')
    assert.not.match(text, '<i>')
    assert.not.match(text, '<b>&')
    assert.match(text, 'Pea &lt;script&gt;')
    assert.not.match(text, /(?:src|href)="(?!#)/)
    assert.not.match(text, /url\(|@import|https?:/)
  })
})
