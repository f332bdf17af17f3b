import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { build } from 'vite'
import { builtSizes, FIRST_VIEW_LIMIT_BYTES } from '../../ingest/web/first-view.js'
import { suite } from '../suite.js'
import { findChromium, launch, NO_CHROMIUM } from './chromium.js'
import { iso } from './mock-data.js'
import {
  ACCOUNT,
  type MockService,
  PASSWORD,
  SETUP_SECRET,
  startMockService,
} from './mock-service.js'

/** The built page in a real browser, against a service made of arithmetic. */

const DESK = { viewport: { width: 1440, height: 900 } }
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const WAIT_MS = 20_000
const START_MS = Date.UTC(2026, 10, 24, 5)

const executable = findChromium()

suite('the page', (test, { before, after, beforeEach, afterEach }) => {
  let folder = ''
  let service: MockService
  let browser: Browser | undefined
  let faults: string[] = []
  let skippedMs = 0

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'toba-page-'))
    await build({
      configFile: 'ingest/web/vite.config.ts',
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true },
    })
    service = await startMockService(folder)
    if (executable !== undefined) browser = await launch(executable)
  })

  after(async () => {
    await browser?.close()
    await service.close()
    rmSync(folder, { recursive: true, force: true })
  })

  beforeEach(() => {
    faults = []
    service.reset()
  })

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close()
    assert.equal(faults, [])
  })

  async function open(address: string, options: BrowserContextOptions = DESK): Promise<Page> {
    if (browser === undefined) throw new Error(NO_CHROMIUM)
    const context = await browser.newContext(options)
    const page = await context.newPage()
    page.setDefaultTimeout(WAIT_MS)
    watch(page)
    await page.goto(service.url + address)
    return page
  }

  /** Whatever the page complains about, and whatever it asks of anybody else, fails the test. */
  function watch(page: Page): void {
    page.on('console', (message) => {
      const expected = /^Failed to load resource: .*(40\d|503|ERR_)/.test(message.text())
      if (message.type() === 'error' && !expected) faults.push(message.text())
    })
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith(service.url)) faults.push(`asked ${request.url()}`)
    })
  }

  test('weighs at most 150 kB compressed, with everything it can load', () => {
    const sizes = builtSizes(folder)
    const total = sizes.reduce((sum, file) => sum + file.compressedBytes, 0)

    assert.ok(sizes.length >= 4)
    assert.ok(total <= FIRST_VIEW_LIMIT_BYTES, `${total} bytes`)
  })

  if (executable === undefined) {
    test.skip('in a browser', NO_CHROMIUM)
    return
  }

  // Many browsers share a small machine: patience costs nothing where a test passes.
  const inBrowser = (name: string, body: () => Promise<void>) =>
    test(name, body, { limitMs: 90_000 })

  inBrowser('lists every site worst first, with value, unit, age and flag in words', async () => {
    const page = await open('')
    const lines = page.locator('.site-line')
    await lines.nth(7).waitFor()

    const titles = await page.locator('.site-line .title').allTextContents()
    const [porsea, meat] = await lines.allInnerTexts()

    assert.equal(titles.slice(0, 4), [
      'Porsea (Parparean)',
      'Meat / Tampahan',
      'Tengah danau (cekungan selatan)',
      'Sigapiton',
    ])
    assert.match(porsea ?? '', /diam[\s\S]*3 jam lalu|3 jam lalu[\s\S]*diam/)
    assert.match(porsea ?? '', /simulasi/)
    assert.match(meat ?? '', /perlu diperiksa/)
    assert.match(meat ?? '', /\d+ detik lalu/)
    assert.match(meat ?? '', /belum diperiksa/)
    assert.match(meat ?? '', /3,41 mg\/L\s+diragukan/)
    assert.match(meat ?? '', /−9\.999,00 NTU\s+gagal/)
    assert.match(await wordsOf(page.locator('.strip')), /3 dari 8 lokasi perlu perhatian/)
  })

  inBrowser('speaks English beside Indonesian, and says so to the browser', async () => {
    const page = await open('?site=meat')
    await page.getByRole('heading', { name: 'Meat / Tampahan' }).waitFor()
    assert.is(await page.locator('html').getAttribute('lang'), 'id')

    await page.getByRole('link', { name: 'English' }).click()

    await page.getByText('3 of 8 sites need attention').waitFor()
    assert.is(await page.locator('html').getAttribute('lang'), 'en')
    assert.match(page.url(), /lang=en/)
    assert.match(await wordsOf(page.locator('.site-pane')), /3\.41\s+mg\/L[\s\S]*suspect/)
    assert.match(await wordsOf(page.locator('.site-pane')), /not evaluated/)
  })

  inBrowser('the address holds site, quantity and range, and going back goes back', async () => {
    const page = await open('?site=balige&quantity=ph&range=7d')
    await page.getByRole('heading', { name: 'pH' }).waitFor()
    await page.locator('.site-line', { hasText: 'Meat' }).click()
    await page.getByRole('heading', { name: 'Meat / Tampahan' }).waitFor()
    assert.match(page.url(), /site=meat&range=7d/)

    await page.goBack()

    await page.getByRole('heading', { name: 'Balige (Lumban Silintong)' }).waitFor()
    await page.getByRole('heading', { name: 'pH' }).waitFor()
  })

  inBrowser(
    'a reading that arrives live is shown without a reload, in list, card and chart',
    async () => {
      const page = await open('?site=balige&quantity=dissolved_oxygen')
      await page.getByText('langsung', { exact: true }).waitFor()
      await page.locator('.readout .number').waitFor()

      service.send([reading(4.56)])

      await page
        .locator('.site-line', { hasText: 'Lumban Silintong' })
        .getByText('4,56 mg/L')
        .waitFor()
      await page.locator('.value', { hasText: 'Oksigen' }).getByText('4,56').waitFor()
      await page.locator('.readout').getByText('4,56 mg/L').waitFor()
    },
  )

  inBrowser('nothing jumps: not while the page loads, nor when values arrive', async () => {
    const page = await open('?site=balige&quantity=dissolved_oxygen')
    await page.addInitScript(COUNT_SHIFTS)
    await page.reload()
    await page.locator('.readout .number').waitFor()
    await page.locator('.plot canvas').waitFor()

    const loading = Number(await page.evaluate('shifted'))
    assert.ok(loading < 0.05, `${loading}`)

    service.send([reading(4.56)])
    await page.locator('.readout').getByText('4,56 mg/L').waitFor()
    const arriving = Number(await page.evaluate('shifted')) - loading
    assert.ok(arriving < 0.01, `${arriving}`)
  })

  inBrowser('a reading of an unknown channel brings the list up to date', async () => {
    service.world.isEmpty = true
    const page = await open('')
    await page.getByRole('heading', { name: 'Belum ada lokasi' }).waitFor()
    service.world.isEmpty = false

    service.send([reading(4.56)])

    await page.locator('.site-line', { hasText: 'Lumban Silintong' }).waitFor()
  })

  inBrowser(
    'a connection that falls silent is visible within ten seconds, and comes back',
    async () => {
      const page = await openWithClock('?site=balige')
      await page.getByText('langsung', { exact: true }).waitFor()
      service.world.isStuck = true

      await skip(page, 10_000)

      await page.getByText('Sambungan terputus').waitFor()
      assert.match(await wordsOf(page.locator('.strip')), /terputus/)
      assert.ok(await page.locator('.site-line').first().isVisible())

      service.world.isStuck = false
      await page.getByRole('button', { name: 'Coba sekarang' }).click()
      await page.getByText('langsung', { exact: true }).waitFor()
      assert.is(await page.getByText('Sambungan terputus').count(), 0)
    },
  )

  inBrowser('ages tick, and a value that is overdue fades and says that it is silent', async () => {
    const page = await openWithClock('?site=balige')
    const card = page.locator('.value', { hasText: 'Oksigen' })
    await card.getByText(/\d+ detik lalu/).waitFor()
    assert.is(await page.locator('.value.faded').count(), 0)

    await skip(page, 16 * 60_000)

    await card.getByText(/1[67] menit lalu/).waitFor()
    await card.getByText('diam').waitFor()
    assert.ok((await page.locator('.value.faded').count()) >= 5)
  })

  inBrowser('draws a chart whose points are read with keys and lead to their frame', async () => {
    service.world.account = ACCOUNT
    const page = await open('?site=balige&quantity=dissolved_oxygen')
    const chart = page.getByRole('slider', { name: 'Oksigen terlarut' })
    await page.locator('.plot canvas').waitFor()
    await page.locator('.readout').getByText('terakhir,').waitFor()
    assert.ok(await hasInk(page))

    await chart.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowLeft')
    const said = await chart.getAttribute('aria-valuetext')
    assert.match(said ?? '', /^\d,\d\d mg\/L, belum diperiksa, \d+ \w+ \d+ \d\d\.\d\d\.\d\d WIB$/)

    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('0000').waitFor()
    assert.match(await wordsOf(dialog), /balige-1[\s\S]*7 \/ 1204[\s\S]*4 sampel[\s\S]*mg\/L/)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  inBrowser('failed values are off until they are asked for, and the address says so', async () => {
    const page = await open('?site=balige&quantity=dissolved_oxygen')
    const toggle = page.getByLabel(/Tampilkan nilai gagal \(\d+\)/)
    await page.locator('.readout .number').waitFor()
    assert.is(await toggle.isChecked(), false)

    await toggle.check()

    assert.match(page.url(), /failed=shown/)
    await page.locator('.plot canvas').waitFor()
    await page.getByRole('slider').focus()
    await page.keyboard.press('Home')
    assert.ok(await hasInk(page))
  })

  inBrowser('a longer range is drawn as hourly summaries with their spread', async () => {
    const page = await open('?site=balige&quantity=dissolved_oxygen&range=30d')

    await page.getByText('ringkasan per jam').waitFor()
    await page.getByText('terendah–tertinggi').waitFor()
    assert.match(await wordsOf(page.locator('.readout')), /\d\d\.00–\d\d\.00 WIB[\s\S]*pengukuran/)
    assert.is(await page.getByRole('button', { name: 'Bingkai' }).count(), 0)
  })

  inBrowser('signs in with name and password, and out again', async () => {
    const page = await open('?site=balige')
    await page.getByRole('link', { name: 'Masuk', exact: true }).click()
    await page.getByLabel('Nama pengguna').fill(ACCOUNT.name)
    await page.getByLabel('Kata sandi', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')

    await page.getByText(ACCOUNT.title).waitFor()
    await page.getByRole('heading', { name: 'Balige (Lumban Silintong)' }).waitFor()

    await page.getByRole('button', { name: 'Keluar' }).click()
    await page.getByRole('link', { name: 'Masuk', exact: true }).waitFor()
  })

  inBrowser('a frame is for people with an account, and the dialog says so', async () => {
    const page = await open('?site=balige&quantity=ph')
    await page.getByRole('button', { name: 'Bingkai' }).click()

    const dialog = page.getByRole('dialog')
    await dialog.getByText('hanya untuk yang masuk dengan akun').waitFor()
    await dialog.getByRole('link', { name: 'Masuk' }).click()

    await page.getByRole('heading', { name: 'Masuk ke Command Center' }).waitFor()
    assert.match(page.url(), /site=balige&quantity=ph/)
  })

  inBrowser('a wrong password is told in words, and what was typed stays', async () => {
    const page = await open('?page=sign-in')
    await page.getByLabel('Nama pengguna').fill(ACCOUNT.name)
    await page.getByLabel('Kata sandi', { exact: true }).fill('wrong')
    await page.getByRole('button', { name: 'Masuk' }).click()

    await page.getByRole('alert').getByText('tidak cocok').waitFor()
    assert.is(await page.getByLabel('Nama pengguna').inputValue(), ACCOUNT.name)
  })

  inBrowser('the first start asks for the one-time code and makes the administrator', async () => {
    service.world.setupNeeded = true
    const page = await open('')
    await page.getByRole('link', { name: 'Siapkan admin' }).click()
    const code = page.getByLabel('Kode sekali pakai')
    await code.fill('something else')
    await page.getByLabel('Nama pengguna').fill('admin')
    await page.getByLabel('Kata sandi', { exact: true }).fill('sebuah-kata-sandi')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('Kode tidak cocok').waitFor()

    await code.fill(SETUP_SECRET)
    await page.keyboard.press('Enter')

    await page.getByRole('button', { name: 'Keluar' }).waitFor()
  })

  inBrowser('says simulasi on every screen of a simulated store', async () => {
    service.world.store = 'simulated'
    for (const address of ['', '?site=balige', '?page=sign-in']) {
      const page = await open(address, PHONE)
      await page.locator('.top .simulated', { hasText: 'simulasi' }).waitFor()
    }
  })

  inBrowser('an empty store says how to add a site or start the simulator', async () => {
    service.world.isEmpty = true
    const page = await open('?lang=en')

    await page.getByRole('heading', { name: 'No site yet' }).waitFor()
    assert.match(await wordsOf(page.locator('main')), /npm run node[\s\S]*npm run demo/)
  })

  inBrowser('a failed load says what happened and what was kept, and tries again', async () => {
    service.world.failure = 503
    const page = await open('')
    const alert = page.getByRole('alert')
    await alert.getByText('Data tidak dapat dimuat').waitFor()
    assert.match(await wordsOf(alert), /503 STORE_BUSY[\s\S]*Tidak ada yang hilang/)

    service.world.failure = undefined
    await page.getByRole('button', { name: 'Coba lagi' }).click()

    await page.locator('.site-line').first().waitFor()
  })

  inBrowser(
    'a phone shows the list, then the site in its place, with nothing cut off',
    async () => {
      for (const language of ['id', 'en']) {
        const page = await open(`?lang=${language}`, PHONE)
        await page.locator('.site-line').first().waitFor()
        assert.is(await overflow(page), 0)

        await page.locator('.site-line', { hasText: 'Meat' }).click()
        await page.getByRole('heading', { name: 'Meat / Tampahan' }).waitFor()
        assert.is(await page.locator('.list-pane').isVisible(), false)
        await page.locator('.plot canvas').waitFor()
        assert.is(await overflow(page), 0)
        assert.equal(await smallTargets(page), [])

        await page.locator('.back').click()
        await page.locator('.site-line').first().waitFor()
      }
    },
  )

  inBrowser('text stands out from its ground in light and in dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('?site=meat', { ...DESK, colorScheme })
      await page.locator('.readout .number').waitFor()

      assert.equal(await faintTexts(page), [])
    }
  })

  inBrowser('light and dark can be chosen, and the choice is kept', async () => {
    const page = await open('', { ...DESK, colorScheme: 'light' })
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const light = await ground()

    await page.getByRole('button', { name: /Tampilan: ikuti/ }).click()
    assert.is(await ground(), light)
    await page.getByRole('button', { name: 'Tampilan: terang' }).click()
    const dark = await ground()
    assert.is.not(dark, light)

    await page.reload()
    await page.getByRole('button', { name: 'Tampilan: gelap' }).waitFor()
    assert.is(await ground(), dark)
  })

  /** A page whose time can be skipped. */
  async function openWithClock(address: string): Promise<Page> {
    if (browser === undefined) throw new Error(NO_CHROMIUM)
    const page = await (await browser.newContext(DESK)).newPage()
    page.setDefaultTimeout(WAIT_MS)
    watch(page)
    await page.clock.install({ time: START_MS })
    const openedMs = Date.now()
    skippedMs = 0
    service.world.nowMs = () => START_MS + skippedMs + Date.now() - openedMs
    service.world.measuredMs = START_MS
    await page.goto(service.url + address)
    return page
  }

  /** Time passes, on the page and in the service. */
  async function skip(page: Page, ms: number): Promise<void> {
    skippedMs += ms
    await page.clock.fastForward(ms)
  }
})

/** Adds up the layout shifts of a page, as Web Vitals do; up to 0.1 counts as good there. */
const COUNT_SHIFTS = `
  shifted = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shifted += entry.value
  }).observe({ type: 'layout-shift', buffered: true })`

/** Everything that is to be read in it. */
async function wordsOf(locator: Locator): Promise<string> {
  return (await locator.allInnerTexts()).join('\n')
}

function reading(value: number) {
  return {
    node: 'balige-1',
    quantity: 'dissolved_oxygen',
    position: 0,
    time: iso(Math.floor(Date.now() / 1000) * 1000),
    value,
    unit: 'mg/L',
    flag: 2 as const,
    why: [],
  }
}

/** Pixels that the page is wider than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)')
}

/** True when something of the line's colour has been drawn. */
function hasInk(page: Page): Promise<boolean> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector('.plot canvas')
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let coloured = 0
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] > 0 && Math.abs(data[i] - data[i + 2]) > 60) coloured++
    }
    return coloured > 200
  })()`)
}

/** Links and buttons that a thumb would miss: less than 44 px high or wide. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('a, button, summary, label')]
    .filter((one) => one.checkVisibility())
    .map((one) => ({ name: one.textContent, box: one.getBoundingClientRect() }))
    .filter(({ box }) => box.top >= 0 && (box.height < 43.5 || box.width < 43.5))
    .map(({ name, box }) => name + ' ' + box.width + 'x' + box.height)`)
}

/** Texts under the contrast of WCAG 2.2 AA, 4.5:1, against the nearest painted ground behind them. */
function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number)
    const luminance = (colour) => {
      const [r, g, b] = channels(colour).map((value) => {
        const share = value / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor
        if (colour.startsWith('rgb(')) return colour
      }
      return 'rgb(255, 255, 255)'
    }
    const faint = []
    for (const element of document.querySelectorAll('body *')) {
      const text = [...element.childNodes].filter((node) => node.nodeType === 3)
        .map((node) => node.textContent.trim()).join('')
      if (text === '' || !element.checkVisibility()) continue
      const [a, b] = [getComputedStyle(element).color, ground(element)].map(luminance)
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      if (contrast < 4.5) faint.push(text + ' ' + contrast.toFixed(2))
    }
    return faint
  })()`)
}
