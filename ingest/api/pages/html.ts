import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { StoreKind } from '../../../shared/schema/common.js'
import type { Language } from '../../alarms/wording.js'
import { STYLE } from './style.js'

/** Pages without a script, whole in one answer: they are opened from a message, over 2G, on any telephone. */

/** Text that is markup already. Whatever is not goes through `escaped`. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Html | null | false | readonly Html[]

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, piece, i) => text + markup(parts[i - 1] ?? '') + piece))
}

function markup(part: Part): string {
  if (part === null || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('')
  return escaped(String(part))
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter)
}

export interface Page {
  language: Language
  title: string
  /** Address of the same page without the language. */
  path: string
  store: StoreKind
  body: Html
}

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

export function sendPage(reply: FastifyReply, page: Page, status = 200): FastifyReply {
  return (
    reply
      .code(status)
      .header('content-security-policy', POLICY)
      // With no-referrer browsers send `Origin: null` with the form, which looks like another site's.
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-store')
      .header('x-robots-tag', 'noindex')
      .type('text/html; charset=utf-8')
      .serializer((text: string) => text)
      .send(whole(page))
  )
}

function whole({ language, title, path, store, body }: Page): string {
  const isId = language === 'id'
  const other = isId
    ? html`<a href="${path}?en" lang="en" hreflang="en">English</a>`
    : html`<a href="${path}" lang="id" hreflang="id">Bahasa Indonesia</a>`
  const simulated =
    store === 'simulated' &&
    html`<p class="sim">${isId ? 'SIMULASI: bukan data nyata' : 'SIMULASI: not real data'}</p>`
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header><b>Toba Sense</b>${other}</header>
${simulated}
<main>
${body}
</main>
</body>
</html>
`.text
}
