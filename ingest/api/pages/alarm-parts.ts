import {
  ageText,
  checkedText,
  type Language,
  overText,
  placeOf,
  sentence,
  tierText,
  timeText,
  titleOf,
  valueText,
} from '../../alarms/wording.js'
import type { AlarmView } from '../../store/alarm-view.js'
import { type Html, html } from './html.js'

const WORDS = {
  id: { since: 'Sejak', todo: 'Yang perlu dilakukan' },
  en: { since: 'Since', todo: 'What to do' },
}

/** Place, value, time, trend, what to do and who has checked: the same for officers and owners. */
export function alarmCard(
  facts: AlarmView,
  { advice, now }: { advice: string; now: number },
  language: Language,
): Html {
  const words = WORDS[language]
  const value = valueText(facts, language)
  const isOver = facts.clearedAt !== null
  return html`<h1>${placeOf(facts, language)}</h1>
<div class="card">
<p class="tier ${isOver ? '' : facts.tier}">${isOver ? overText(facts, language) : tierText(facts.tier, language)}</p>
<h2>${titleOf(facts, language)}</h2>
${
  value !== null &&
  html`<p class="value">${value.value}</p>
<p>${value.name}, ${timeText(value.at, language)} (${ageText(now - value.at.getTime(), language)})</p>
${value.trend !== null && html`<p><b>${sentence(value.trend)}</b></p>`}`
}
<p class="soft">${words.since} ${timeText(facts.raisedAt, language)}. ${checkedText(facts, language)}</p>
</div>
<h2>${words.todo}</h2>
<p>${advice}</p>`
}
