import { type Cell, createCell } from './cell.js'
import { formatView, parseView, type View } from './view.js'

/** The view in the address bar. Going somewhere is a new entry; a correction replaces the present one. */
export const view: Cell<View> = createCell(parseView(location.search))

export function hrefOf(change: Partial<View>): string {
  return formatView({ ...view.get(), ...change })
}

export function go(change: Partial<View>, how: 'push' | 'replace' = 'push'): void {
  const next = { ...view.get(), ...change }
  if (how === 'push') history.pushState(null, '', formatView(next))
  else history.replaceState(null, '', formatView(next))
  view.set(next)
}

addEventListener('popstate', () => view.set(parseView(location.search)))
