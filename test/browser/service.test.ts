import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { build } from 'vite'
import { ensureSetupSecret } from '../../ingest/api/setup.js'
import { commitFrames } from '../../ingest/store/batches.js'
import { nodeIdentity } from '../../ingest/store/nodes.js'
import { encodeFrame } from '../../shared/wire/encode.js'
import { made, place, type Rig, rig, storeReadings } from '../api/rig.js'
import { suite } from '../suite.js'
import { findChromium, launch, NO_CHROMIUM } from './chromium.js'

/** The built page on the real API and a real store: what the two have agreed on is what they do. */

const executable = findChromium()
const LIMIT = { limitMs: 120_000 }
const WAIT_MS = 20_000
/** The page asks for the last day, by its own clock. */
const NOW_S = Math.floor(Date.now() / 1000)
const OXYGEN = 3

suite('the page on the service', (test, { before, after }) => {
  if (executable === undefined) {
    test.skip('from first start to the frame behind a value', NO_CHROMIUM)
    return
  }
  let folder = ''
  let service: Rig
  let browser: Browser
  let url = ''

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'toba-page-'))
    const outDir = join(folder, 'dist')
    await build({ configFile: 'ingest/web/vite.config.ts', logLevel: 'error', build: { outDir } })
    service = await rig({ kind: 'simulated', changes: { pageFolder: outDir } })
    service.clock.nowMs = NOW_S * 1000
    url = await service.app.listen({ host: '127.0.0.1', port: 0 })
    await place(service, 'balige-1', 'balige', {
      quantity: 'dissolved_oxygen',
      from: '2026-01-01T00:00:00Z',
    })
    browser = await launch(executable)
  })

  after(async () => {
    await browser.close()
    await service.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test(
    'from first start to the frame behind a value',
    async () => {
      const faults: string[] = []
      const page = await (await browser.newContext()).newPage()
      page.setDefaultTimeout(WAIT_MS)
      listen(page, faults)
      await store(service, NOW_S - 600, 690)
      const secret = await ensureSetupSecret(service.db)
      assert.ok(secret)

      await page.goto(url)
      await page.locator('.top .simulated').waitFor()
      await page.locator('.site-line', { hasText: '6,90 mg/L' }).waitFor()
      await page.locator('.plot canvas').waitFor()

      await page.getByRole('link', { name: 'Siapkan admin' }).click()
      await page.getByLabel('Kode sekali pakai').fill(secret)
      await page.getByLabel('Nama pengguna').fill('admin')
      await page.getByLabel('Kata sandi', { exact: true }).fill('danau-toba-biru')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Keluar' }).waitFor()

      await store(service, NOW_S - 300, 341, 3, 4)
      await page.locator('.site-line', { hasText: '3,41 mg/L' }).getByText('diragukan').waitFor()
      await page.locator('.readout').getByText('lonjakan').waitFor()
      await page.getByText('diragukan (1)').waitFor()

      await page.getByRole('button', { name: 'Bingkai' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('0000').waitFor()
      assert.match((await dialog.allInnerTexts()).join(), /3,41 mg\/L/)
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: 'Keluar' }).click()
      await page.getByRole('link', { name: 'Masuk', exact: true }).waitFor()
      assert.equal(faults, [])
    },
    LIMIT,
  )

  test(
    'a month is drawn from the hours that the store keeps',
    async () => {
      const day = 86_400
      const rows = Array.from(
        { length: 2500 },
        (_, index) => [NOW_S - 29 * day + index * 900, 600 + (index % 90)] as const,
      )
      await made(service, 'sites', {
        name: 'meat',
        title: 'Meat',
        kind: 'lake',
        longitude: 99,
        latitude: 2.3,
      })
      await place(service, 'meat-1', 'meat', {
        quantity: 'dissolved_oxygen',
        from: '2026-01-01T00:00:00Z',
      })
      await storeReadings(service, 'meat-1', 'dissolved_oxygen', rows)
      const page = await (await browser.newContext()).newPage()
      page.setDefaultTimeout(WAIT_MS)

      await page.goto(`${url}/?site=meat&range=30d`)

      await page.getByText('ringkasan per jam').waitFor()
      assert.match(
        (await page.locator('.readout').allInnerTexts()).join(),
        /mg\/L[\s\S]*pengukuran/,
      )
    },
    LIMIT,
  )
})

/** One reading in a frame of its own, committed and told to the pages that listen. */
async function store(service: Rig, time: number, value: number, flag = 2, why = 0): Promise<void> {
  const nodeId = (await nodeIdentity(service.db, { name: 'balige-1' }))?.id ?? 0
  const seq = time % 1000
  const readings = [{ nodeId, quantityId: OXYGEN, position: 0, time, value, raw: null, flag, why }]
  const bytes = encodeFrame({
    boot: 1,
    seq,
    undated: false,
    channels: [{ quantity: OXYGEN, position: 0 }],
    samples: [{ time, values: [value] }],
  })
  const frame = { nodeId, boot: 1, seq, undated: false, bytes, receivedAt: time * 1000, readings }
  await commitFrames(service.db, [frame])
  service.live.publish(readings)
}

/** What the page complains about, what the policy stops, and what it asks of anybody else. */
function listen(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('request', (request) => {
    if (new URL(request.url()).hostname !== '127.0.0.1') faults.push(`asked ${request.url()}`)
  })
}
