import type { ComponentChildren, TargetedMouseEvent } from 'preact'
import { go, hrefOf } from '../navigation.js'
import type { View } from '../view.js'

interface LinkProps {
  to: Partial<View>
  class?: string
  current?: boolean
  lang?: string
  label?: string
  /** A change of how the same thing is shown is no new entry of the history. */
  replace?: boolean
  children: ComponentChildren
}

/** A real link, so that it opens in a new tab, is copied and is read out; a plain click stays on the page. */
export function Link(props: LinkProps) {
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return
    }
    event.preventDefault()
    go(props.to, props.replace ? 'replace' : 'push')
  }
  return (
    <a
      href={hrefOf(props.to)}
      onClick={follow}
      class={props.class}
      lang={props.lang}
      aria-label={props.label}
      aria-current={props.current ? 'true' : undefined}
    >
      {props.children}
    </a>
  )
}
