import { type Cell, createCell } from './cell.js'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'toba-theme'

/** The reader's own choice on this device; not part of the address, as it is no part of what is shown. */
export const theme: Cell<Theme> = createCell(stored())

/** True while the page is drawn dark, by choice or by the device. Charts draw again when it changes. */
export const isDark: Cell<boolean> = createCell(false)

const prefersDark = matchMedia('(prefers-color-scheme: dark)')

export function nextTheme(): void {
  const next = THEMES[(THEMES.indexOf(theme.get()) + 1) % THEMES.length] ?? 'auto'
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // Storage may be off; the choice then lasts as long as the page.
  }
  theme.set(next)
  apply()
}

export function apply(): void {
  const chosen = theme.get()
  if (chosen === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
  isDark.set(chosen === 'auto' ? prefersDark.matches : chosen === 'dark')
}

prefersDark.addEventListener('change', apply)

function stored(): Theme {
  try {
    return THEMES.find((one) => one === localStorage.getItem(KEY)) ?? 'auto'
  } catch {
    return 'auto' // storage may be off
  }
}
