import { createServer } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { recipientsOf } from '../../ingest/alarms/people.js'
import { notify, raise } from '../alarms/alarm-rows.js'
import { made, NOW_MS, place, type Rig, rig, storeReadings, tellingBy } from '../api/rig.js'
import { suite } from '../suite.js'
import { findChromium, launch, NO_CHROMIUM } from './chromium.js'

/** The pages behind messages and posters on a telephone without scripts, against the real API. */

const PHONE = {
  viewport: { width: 320, height: 640 },
  isMobile: true,
  hasTouch: true,
  javaScriptEnabled: false,
}
const FROM = '2026-01-01T00:00:00Z'
const executable = findChromium()

suite('pages for people', (test, { before, after }) => {
  let api: Rig
  let origin = ''
  let browser: Browser | undefined
  const sent: string[] = []

  before(async () => {
    if (executable === undefined) return
    // The public address must be known before the API is built.
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    api = await rig({
      kind: 'real',
      changes: {
        config: { origin, trustProxy: false },
        telling: tellingBy(async (_to, text) => void sent.push(text)),
      },
    })
    await api.app.listen({ host: '127.0.0.1', port })
    await place(api, 'balige-1', 'balige', { quantity: 'dissolved_oxygen', from: FROM, depthM: 5 })
    await storeReadings(api, 'balige-1', 'dissolved_oxygen', [
      [NOW_MS / 1000 - 10_800, 512],
      [NOW_MS / 1000 - 600, 361],
    ])
    browser = await launch(executable)
  })
  after(async () => {
    await browser?.close()
    await api?.close()
  })

  const inBrowser = (name: string, body: (page: Page) => Promise<void>) => {
    if (executable === undefined) return test.skip(name, NO_CHROMIUM)
    test(name, async () => {
      const page = await browser?.newPage(PHONE)
      if (page === undefined) throw new Error('no browser')
      const problems: string[] = []
      page.on('console', (message) => problems.push(message.text()))
      try {
        await body(page)
        assert.equal(problems, [])
      } finally {
        await page.close()
      }
    })
  }

  inBrowser('an owner subscribes by the poster’s address and stops again', async (page) => {
    await page.goto(`${origin}/s/balige`)
    await fits(page)
    await page.fill('#address', '0812 3456 7890')
    await page.click('button[value=start]')
    assert.match(await text(page), /Periksa pesan Anda/)
    await page.goto(linkIn(sent[0]))
    await fits(page)
    await page.click('button')
    assert.match(await text(page), /Anda akan dikabari/)

    await page.goto(`${origin}/s/balige?en`)
    await page.fill('#address', '+62 812 3456 7890')
    await page.click('button[value=stop]')
    assert.match(await text(page), /Look at your messages/)
    await page.goto(linkIn(sent[1]))
    await fits(page)
    await page.click('button')
    assert.match(await text(page), /tidak menerima kabar dari lokasi ini lagi/)
  })

  inBrowser('an officer acknowledges by the link, in either language', async (page) => {
    const link = await alarmLink()

    await page.goto(link)
    await fits(page)
    assert.match(await text(page), /Balige[\s\S]*3,61 mg\/L[\s\S]*Turun 1,5 mg\/L/)
    await page.click('text=English')
    await fits(page)
    await page.fill('#note', 'The boat has left')
    await page.click('form button')

    assert.match(await text(page), /Thank you[\s\S]*Acknowledged by Rina[\s\S]*The boat has left/)
    assert.is(await page.locator('form').count(), 0)
  })

  inBrowser('the poster fits a sheet of paper and shows the code', async (page) => {
    await page.goto(`${origin}/s/balige/qr`)
    await fits(page)

    const code = await page.locator('svg').boundingBox()
    await page.emulateMedia({ media: 'print' })

    assert.ok((code?.width ?? 0) > 200)
    assert.is(await page.locator('header').isVisible(), false)
  })

  /** Nothing is wider than the telephone, and whatever is pressed is as high as a finger. */
  async function fits(page: Page): Promise<void> {
    const width = await page.locator('html').evaluate((root) => root.scrollWidth)
    assert.is(width, PHONE.viewport.width)
    for (const target of await page
      .locator('button, input:not([type=radio]), label.choice')
      .all()) {
      const { height = 0 } = (await target.boundingBox()) ?? {}
      assert.ok(height >= 44, `${height} px`)
    }
  }

  function text(page: Page): Promise<string> {
    return page.locator('main').innerText()
  }

  function linkIn(message: string | undefined): string {
    return /http\S+/.exec(message ?? '')?.[0] ?? ''
  }

  async function alarmLink(): Promise<string> {
    const contacts = [{ channel: 'email', address: 'rina@toba.example', language: 'id' }]
    const { id } = await made<{ id: number }>(api, 'people', { title: 'Rina', contacts })
    const at = (ms: number) => new Date(ms).toISOString()
    await made(api, 'duties', { person: id, from: at(NOW_MS - 1), to: at(NOW_MS + 1) })
    const alarmId = await raise(api.db, { site: 'balige', node: 'balige-1', raisedMs: NOW_MS })
    const raised = await notify(api.db, alarmId, { transition: 'raised', atMs: NOW_MS })
    const [told] = await recipientsOf({ db: api.db, kind: 'real', origin }, raised, NOW_MS)
    return told?.link ?? ''
  }
})

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
