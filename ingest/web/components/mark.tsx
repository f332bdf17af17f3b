import type { Flag } from '../../../shared/schema/flags.js'
import { FLAG_TEXT } from '../../../shared/schema/flags.js'
import type { SiteState } from '../state.js'
import type { Language } from '../words/language.js'
import { siteStates } from '../words/words.js'

/** Shape, word and colour of a state; never one of them alone. The shapes are read at a glance and in grey. */

type Drawn = SiteState | 'suspect' | 'failed'

export function Shape({ of }: { of: Drawn }) {
  return (
    <svg class={`shape is-${of}`} viewBox="0 0 16 16" aria-hidden="true">
      {drawing(of)}
    </svg>
  )
}

export function StateMark({ state, language }: { state: SiteState; language: Language }) {
  return (
    <span class={`mark is-${state}`}>
      <Shape of={state} />
      {siteStates[state][language]}
    </span>
  )
}

/** Good and not evaluated are said quietly; suspect and failed carry their shape. */
export function FlagMark({ flag, language }: { flag: Flag; language: Language }) {
  if (flag <= 2) return <span class="soft">{FLAG_TEXT[flag][language]}</span>
  const of = flag === 3 ? 'suspect' : 'failed'
  return (
    <span class={`mark is-${of}`}>
      <Shape of={of} />
      {FLAG_TEXT[flag][language]}
    </span>
  )
}

function drawing(of: Drawn) {
  switch (of) {
    case 'arriving':
      return <circle cx="8" cy="8" r="6" fill="currentColor" />
    case 'check':
    case 'suspect':
      return <path d="M8 1.5 14.5 8 8 14.5 1.5 8Z" {...outline} />
    case 'failed':
      return <path d="m3 3 10 10M13 3 3 13" {...outline} />
    case 'silent':
      return <circle cx="8" cy="8" r="6" {...outline} />
    case 'none':
      return <path d="M4 8h8" {...outline} />
  }
}

const outline = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 2.25,
  'stroke-linecap': 'round',
} as const
