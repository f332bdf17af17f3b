import { useRef } from 'preact/hooks'
import { formatAge } from '../format.js'
import { placementText, quantityName, unitSymbol, valueText } from '../names.js'
import { needsNode, type Place, type Series } from '../places.js'
import { seriesState } from '../state.js'
import type { Language } from '../words/language.js'
import { brand, whyTexts } from '../words/words.js'
import { Link } from './link.js'
import { FlagMark, StateMark } from './mark.js'

interface ValueCardProps {
  series: Series
  place: Place
  now: number
  language: Language
  isChosen: boolean
  isCondition: boolean
}

/** A number with its unit, age and trust; choosing it draws its chart. */
export function ValueCard({ series, place, now, language, isChosen, isCondition }: ValueCardProps) {
  const drawnFirst = useRef(series.timeMs)
  // The headline says it for a place that is simulated as a whole.
  const isMixed = place.series.some((one) => !one.simulated)
  const state = seriesState(series, now)
  const where = placementText(series, language)
  const classes = ['value', state === 'silent' && 'faded', isCondition && 'condition']
  const target = {
    quantity: series.quantity.key,
    position: series.position,
    node: needsNode(place, series) ? series.node : undefined,
  }
  return (
    <Link class={classes.filter(Boolean).join(' ')} current={isChosen} to={target} replace>
      <span class="name">
        {quantityName(series.quantity, language)}
        {where !== '' && <span class="place">{where}</span>}
      </span>
      <span
        key={series.timeMs}
        class={series.timeMs === drawnFirst.current ? 'reading' : 'reading fresh'}
      >
        {valueText(series.quantity, series.value, language)}{' '}
        <small>{unitSymbol(series.quantity, language)}</small>
      </span>
      <span class="trust">
        {state === 'silent' && <StateMark state="silent" language={language} />}
        <span class="soft">{formatAge(now - series.timeMs, language)}</span>
        <FlagMark flag={series.flag} language={language} />
        {series.why.length > 0 && (
          <span class="soft">{whyTexts(series.why, language).join(', ')}</span>
        )}
        {series.simulated && isMixed && <span class="simulated">{brand.simulated[language]}</span>}
      </span>
    </Link>
  )
}
