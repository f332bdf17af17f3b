import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where a browser usually is; CHROMIUM names another one. */
const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Path of a Chromium, or undefined: the tests that need one are then skipped by name. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM
  return named === undefined || named === '' ? USUAL.find((path) => existsSync(path)) : named
}

export const NO_CHROMIUM = 'no Chromium found; name one with CHROMIUM=/path/to/chromium'

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    // The sandbox needs rights that containers and root do not have; the page under test is our own.
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}
