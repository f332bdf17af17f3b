import { localTime } from '../../shared/science/local-time.js'
import type { Balance } from '../fleet/balance.js'
import { span } from '../fleet/table.js'
import { grouped } from '../terminal.js'
import { chart } from './chart.js'
import { Html, html } from './html.js'
import type { Mark, ReportRun } from './run.js'
import type { Series } from './series.js'
import { STYLE } from './style.js'

export interface ReportContent {
  run: ReportRun
  balance: Balance
  series: readonly Series[]
}

/** So many nodes are listed at once. */
const FEW = 6

/** One page that needs nothing beside it. */
export function reportPage(content: ReportContent): string {
  const { run } = content
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Simulated Toba, seed ${run.seed}, ${localTime(run.startMs)}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${SYMBOLS}
<main>
${heading(run)}
${tiles(content)}
${happened(run)}
${balanceTables(content)}
<h2>Truth and stored readings</h2>
${LEGEND}
${run.nodes.map((node) => siteSection(node, content))}
</main>
</body>
</html>
`.text
}

const SYMBOLS = html`<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>
<path id="suspect" d="M0 -5L5 4H-5Z"/>
<path id="fail" d="M-4 -4L4 4M4 -4L-4 4"/>
<path id="missing" d="M-4 -4H4V4H-4Z"/>
</defs></svg>`

const sample = (name: string, text: string) =>
  html`<span><svg width="14" height="14" viewBox="-7 -7 14 14"><use class="${name}" href="#${name}"/></svg>${text}</span>`

const LEGEND = html`<p class="legend">
<span><svg width="20" height="14" viewBox="0 -7 20 14"><path class="truth" d="M0 2L7 -3L13 1L20 -2"/></svg>true, when the station measured</span>
<span><svg width="14" height="14" viewBox="-7 -7 14 14"><path class="good" style="stroke-width:5" d="M0 0h0"/></svg>stored, good or not evaluated</span>
${sample('suspect', 'stored, suspect')}${sample('fail', 'stored, failed')}${sample('missing', 'sent and not stored')}
<span><svg width="14" height="14"><rect class="event" width="14" height="14"/></svg>event</span>
<span><svg width="14" height="14"><rect class="fault" width="14" height="14"/></svg>sensor fault</span>
</p>`

function heading({ command, seed, speed, startMs, endMs }: ReportRun): Html {
  return html`<h1>A simulated Toba</h1>
<p class="dim">${localTime(startMs)} to ${localTime(endMs)} WIB, ${span(endMs - startMs)} at ${speed}×, seed ${seed}. Every value is simulated.</p>
<p><code>${command}</code></p>`
}

function tiles({ balance, series, run }: ReportContent): Html {
  const count = (of: (one: Series) => number) => series.reduce((all, one) => all + of(one), 0)
  const flagged = (wanted: number) =>
    count(({ stored }) => stored.filter(({ flag }) => flag === wanted).length)
  const missing = count((one) => one.missing.length)
  const shown: [string, number, boolean?][] = [
    ['nodes', run.nodes.length],
    ['samples taken', balance.samples],
    ['readings sent', balance.readings],
    ['suspect', flagged(3)],
    ['failed', flagged(4)],
    ['missing', missing, missing > 0],
  ]
  const tile = ([name, value, isBad]: (typeof shown)[number]) =>
    html`<div class="tile${isBad ? ' bad' : ''}"><b>${grouped(value)}</b><span>${name}</span></div>`
  return html`<div class="tiles">${shown.map(tile)}</div>`
}

function happened({ marks, startMs }: ReportRun): Html {
  if (marks.length === 0) return html`<p>Nothing out of the ordinary was asked for.</p>`
  const row = (mark: Mark) => html`<tr>
<td class="text">${mark.kind}</td><td class="text"><b>${mark.name}</b>${mark.quantity === undefined ? '' : ` ${mark.quantity}`}</td>
<td class="text">${mark.sites.join(' ')}</td><td>${span(mark.fromMs - startMs)}</td>
<td>${Number.isFinite(mark.untilMs) ? span(mark.untilMs - mark.fromMs) : 'to the end'}</td>
<td class="text long dim">${mark.about}</td></tr>`
  return html`<h2>What happened</h2>
<div class="wide"><table><thead><tr><th class="text">kind</th><th class="text">name</th><th class="text">where</th><th>after</th><th>for</th><th class="text"></th></tr></thead>
<tbody>${marks.map(row)}</tbody></table></div>`
}

function balanceTables({ balance, series, run }: ReportContent): Html {
  const cell = (value: number, isBad = false) =>
    html`<td${new Html(isBad ? ' class="bad"' : '')}>${grouped(value)}</td>`
  const { service } = balance
  const outcomes = (what: 'frames' | 'readings') => {
    const told = service?.[what]
    if (told === undefined) return new Html('')
    const sent = balance[what]
    return html`<tr><td class="text">${what}</td>${cell(sent)}${what === 'frames' ? cell(balance.acknowledged, balance.acknowledged < sent) : html`<td>–</td>`}
${cell(told.received)}${cell(told.stored)}${cell(told.repeated)}${cell(told.rejected, told.rejected > 0)}${cell(told.refused)}${cell(told.inFlight)}</tr>`
  }
  const whole =
    service === undefined
      ? html`<p class="dim">The service is used by others too, so its own count says nothing of this run. ${grouped(balance.frames)} frames were sent, ${grouped(balance.acknowledged)} acknowledged.</p>`
      : html`<div class="wide"><table><thead><tr><th class="text"></th><th>sent</th><th>acknowledged</th><th>received</th><th>stored</th><th>repeated</th><th>rejected</th><th>refused</th><th>in flight</th></tr></thead>
<tbody>${outcomes('frames')}${outcomes('readings')}</tbody></table></div>`
  const nodeRow = ({ site, name }: ReportRun['nodes'][number]) => {
    const own = series.filter(({ node }) => node === name)
    const sum = (of: (one: Series) => number) => own.reduce((all, one) => all + of(one), 0)
    const missing = sum((one) => one.missing.length)
    return html`<tr><td class="text"><a href="#${site.code}">${site.code}</a> ${site.title}</td>${cell(sum(({ truth }) => truth.length))}${cell(sum(({ sent }) => sent))}
${cell(sum(({ stored }) => stored.length))}${cell(sum(({ undated }) => undated))}${cell(missing, missing > 0)}</tr>`
  }
  const lost = series.reduce((all, { missing }) => all + missing.length, 0)
  return html`<h2>What became of it</h2>
${whole}
<p class="dim">Sent counts what left a node for the first time, a node’s word on itself included; received and repeated count everything that came.</p>
<details${new Html(run.nodes.length <= FEW ? ' open' : '')}><summary>Node by node<span>${grouped(lost)} missing</span></summary>
<div class="wide"><table><thead><tr><th class="text">readings of</th><th>measured</th><th>sent</th><th>stored</th><th>sent undated</th><th>missing</th></tr></thead>
<tbody>${run.nodes.map(nodeRow)}</tbody></table></div></details>`
}

function siteSection({ site, name }: ReportRun['nodes'][number], content: ReportContent): Html {
  const own = content.series.filter(({ node }) => node === name)
  const marks = content.run.marks.filter(({ sites }) => sites.includes(site.code))
  const flagged = own.flatMap(({ stored }) => stored.filter(({ flag }) => flag >= 3)).length
  const isOpen = marks.length > 0 || flagged > 0
  const told = flagged > 0 ? `${grouped(flagged)} flagged` : 'nothing flagged'
  return html`<details id="${site.code}"${new Html(isOpen ? ' open' : '')}><summary>${site.code} ${site.title}<span>${told}${marks.map(({ name }) => html` · ${name}`)}</span></summary>
<div class="charts">${own.map((series) => figure(series, marks, content.run))}</div></details>`
}

function figure(series: Series, marks: readonly Mark[], run: ReportRun): Html {
  const { quantity, stored, missing } = series
  const here = marks.filter((mark) => mark.quantity === undefined || mark.quantity === quantity.key)
  const whys = new Map<string, number>()
  for (const { flag, why } of stored) {
    if (flag < 3) continue
    for (const word of why) whys.set(word, (whys.get(word) ?? 0) + 1)
  }
  const reasons = [...whys].map(([word, times]) => ` · ${word} ${grouped(times)}`).join('')
  const lost = missing.length > 0 ? ` · ${grouped(missing.length)} MISSING` : ''
  return html`<figure><figcaption><h3>${quantity.nameEn}</h3><span class="facts">${grouped(stored.length)} stored${reasons}${lost}</span></figcaption>
${chart(series, here, run)}</figure>`
}
