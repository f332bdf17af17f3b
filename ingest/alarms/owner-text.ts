import { alarmView } from '../store/alarm-view.js'
import type { Reader } from '../store/database.js'
import { ownerAdvice } from './advice.js'
import {
  checkedText,
  type Language,
  overText,
  placeOf,
  sentence,
  tierText,
  timeText,
  titleOf,
  valueText,
} from './wording.js'

/** An owner's message: place, value, trend, what to do, who checked. Its first line is a title of its own. */
export async function ownerText(
  session: Reader,
  { alarmId, isOver, now }: { alarmId: number; isOver: boolean; now: Date },
  language: Language,
): Promise<string> {
  const facts = await alarmView(session, alarmId, now)
  if (facts === undefined) return ''
  const word = isOver ? overText(facts, language) : tierText(facts.tier, language)
  const value = valueText(facts, language)
  const lines = [
    `${word}: ${placeOf(facts, language)}`,
    value === null
      ? titleOf(facts, language)
      : `${value.name} ${value.value}, ${timeText(value.at, language)}.`,
    value === null || value.trend === null ? '' : sentence(value.trend),
    ownerAdvice(facts, language),
    checkedText(facts, language),
  ]
  return lines.filter((line) => line !== '').join('\n')
}
