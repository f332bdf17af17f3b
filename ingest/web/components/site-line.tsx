import { FLAG_TEXT } from '../../../shared/schema/flags.js'
import { formatAge } from '../format.js'
import { shortName, shortPlacement, valueWithUnit } from '../names.js'
import {
  isSimulated,
  latestMs,
  measurements,
  type Place,
  placeState,
  type Series,
} from '../places.js'
import { known } from '../source.js'
import { seriesState } from '../state.js'
import { useCell } from '../use-cell.js'
import type { Language } from '../words/language.js'
import { brand, overview, site, siteKinds, siteStates } from '../words/words.js'
import { Link } from './link.js'
import { FlagMark, Shape } from './mark.js'

/** As many as fit a line of the list; the doubtful ones come first, so that they are always among them. */
const CHIPS = 3

interface SiteLineProps {
  place: Place
  now: number
  language: Language
  chosen: boolean
}

export function SiteLine({ place, now, language, chosen }: SiteLineProps) {
  const state = placeState(place, now)
  const series = measurements(place)
  const latest = latestMs(series)
  const storeIsSimulated = useCell(known)?.store === 'simulated'
  return (
    <Link
      class="site-line"
      current={chosen}
      to={{
        page: 'overview',
        place: { kind: place.kind, name: place.name },
        quantity: undefined,
        position: 0,
        node: undefined,
      }}
    >
      <Shape of={state} />
      <span class="title">{place.title}</span>
      <span class="age">{latest !== undefined && formatAge(now - latest, language)}</span>
      <span class="about">
        <span class={`word is-${state}`}>{siteStates[state][language]}</span>
        <span>{kindText(place, language)}</span>
        {series.length > 0 && <span>{trustText(series, language)}</span>}
        {!storeIsSimulated && isSimulated(place) && (
          <span class="simulated">{brand.simulated[language]}</span>
        )}
      </span>
      <span class="chips">
        {series.length === 0 && <span class="soft">{overview.never[language]}</span>}
        {chipsOf(series, now).map((one) => (
          <Chip
            key={`${one.node}/${one.quantity.key}/${one.position}`}
            series={one}
            now={now}
            language={language}
            wholeSiteSilent={state === 'silent'}
            isAmbiguous={series.some((other) => other !== one && other.quantity === one.quantity)}
          />
        ))}
        {series.length > CHIPS && (
          <span class="soft small">
            +{series.length - CHIPS} {overview.more[language]}
          </span>
        )}
      </span>
    </Link>
  )
}

interface ChipProps {
  series: Series
  now: number
  language: Language
  wholeSiteSilent: boolean
  /** There are several of this quantity here. */
  isAmbiguous: boolean
}

function Chip({ series, now, language, wholeSiteSilent, isAmbiguous }: ChipProps) {
  const state = seriesState(series, now)
  const where = isAmbiguous ? shortPlacement(series, language) : ''
  return (
    <span class={state === 'silent' ? 'chip faded' : 'chip'}>
      <span class="label">
        {shortName(series.quantity, language)} {where}
      </span>
      <span class="number">{valueWithUnit(series.quantity, series.value, language)}</span>
      {series.flag >= 3 && <FlagMark flag={series.flag} language={language} />}
      {state === 'silent' && !wholeSiteSilent && (
        <span class="mark is-silent">
          <Shape of="silent" />
          {formatAge(now - series.timeMs, language)}
        </span>
      )}
    </span>
  )
}

function chipsOf(series: readonly Series[], now: number): readonly Series[] {
  const doubtful = series.filter((one) => seriesState(one, now) !== 'arriving')
  const others = series.filter((one) => seriesState(one, now) === 'arriving')
  return [...doubtful, ...others].slice(0, CHIPS)
}

function kindText(place: Place, language: Language): string {
  if (place.kind === 'node') return site.unplaced[language]
  return siteKinds[place.siteKind ?? '']?.[language] ?? ''
}

/** One word for the line where it holds for all that is shown without a word of its own. */
function trustText(series: readonly Series[], language: Language): string {
  return FLAG_TEXT[series.some((one) => one.flag === 2) ? 2 : 1][language]
}
