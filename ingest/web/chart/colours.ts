/** The colours of a chart, as the style sheet has them right now. */
export interface Colours {
  ink: string
  inkSoft: string
  line: string
  surface: string
  accent: string
  band: string
  check: string
  failed: string
}

/** Canvas knows no custom properties: each is resolved through an element, in the scheme that is drawn. */
export function readColours(container: HTMLElement): Colours {
  const probe = document.createElement('span')
  container.append(probe)
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`
    return getComputedStyle(probe).color
  }
  const colours: Colours = {
    ink: read('ink'),
    inkSoft: read('ink-soft'),
    line: read('line'),
    surface: read('surface'),
    accent: read('accent'),
    band: read('band'),
    check: read('check'),
    failed: read('failed'),
  }
  probe.remove()
  return colours
}
