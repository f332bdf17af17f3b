import { FLAG_TEXT } from '../../../shared/schema/flags.js'
import { formatAge, formatNumber } from '../format.js'
import { placementText, quantityName } from '../names.js'
import {
  isSimulated,
  latestMs,
  measurements,
  type Place,
  placeState,
  type Series,
} from '../places.js'
import { seriesState } from '../state.js'
import type { Language } from '../words/language.js'
import { brand, overview, site, siteKinds, whyTexts } from '../words/words.js'
import { StateMark } from './mark.js'

interface HeadlineProps {
  place: Place
  now: number
  language: Language
}

/** Name, state in words with its reasons, where it is and which nodes measure here. */
export function Headline({ place, now, language }: HeadlineProps) {
  const latest = latestMs(place.series)
  const nodes = [...new Set(place.series.map((one) => one.node))]
  return (
    <div class="headline">
      <div class="row">
        <h2 tabIndex={-1}>{place.title}</h2>
        {isSimulated(place) && <span class="simulated">{brand.simulated[language]}</span>}
      </div>
      <p class="state">
        <StateMark state={placeState(place, now)} language={language} />
        <span class="soft">
          {latest === undefined
            ? overview.never[language]
            : `${overview.measuredAgo[language]} ${formatAge(now - latest, language)}`}
        </span>
      </p>
      <p class="about">
        {place.siteKind !== undefined && <span>{siteKinds[place.siteKind]?.[language]}</span>}
        {place.latitude !== undefined && place.longitude !== undefined && (
          <span>{coordinates(place.latitude, place.longitude, language)}</span>
        )}
        {nodes.length > 0 && (
          <span>
            {site.node[language]}: {nodes.join(', ')}
          </span>
        )}
      </p>
      <Reasons series={measurements(place)} now={now} language={language} />
    </div>
  )
}

function Reasons({
  series,
  now,
  language,
}: {
  series: readonly Series[]
  now: number
  language: Language
}) {
  const doubtful = series.filter((one) => seriesState(one, now) !== 'arriving')
  if (doubtful.length === 0 || doubtful.length === series.length) return null
  return (
    <ul>
      {doubtful.map((one) => (
        <li key={`${one.node}/${one.quantity.key}/${one.position}`}>
          {reasonText(one, now, language)}
        </li>
      ))}
    </ul>
  )
}

/** "Oksigen terlarut: gagal, di luar rentang alat" */
function reasonText(series: Series, now: number, language: Language): string {
  const where = placementText(series, language)
  const name = quantityName(series.quantity, language) + (where === '' ? '' : ` (${where})`)
  if (seriesState(series, now) === 'silent') {
    return `${name}: ${overview.measuredAgo[language]} ${formatAge(now - series.timeMs, language)}`
  }
  return `${name}: ${[FLAG_TEXT[series.flag][language], ...whyTexts(series.why, language)].join(', ')}`
}

/** "2,3535° LU 99,0600° BT" */
function coordinates(latitude: number, longitude: number, language: Language): string {
  const north = language === 'id' ? (latitude < 0 ? 'LS' : 'LU') : latitude < 0 ? 'S' : 'N'
  const east = language === 'id' ? (longitude < 0 ? 'BB' : 'BT') : longitude < 0 ? 'W' : 'E'
  const degrees = (value: number): string => `${formatNumber(Math.abs(value), 4, language)}°`
  return `${degrees(latitude)} ${north} ${degrees(longitude)} ${east}`
}
