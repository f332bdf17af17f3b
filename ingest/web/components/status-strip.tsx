import { formatAge } from '../format.js'
import { view } from '../navigation.js'
import { latestMs, placeState } from '../places.js'
import { known, liveState, loadFailure, nowMs, reconnect } from '../source.js'
import { needsAttention } from '../state.js'
import { useCell } from '../use-cell.js'
import type { Language } from '../words/language.js'
import { brand, failure as failureWords, live, overview } from '../words/words.js'
import { Shape } from './mark.js'

/** The answer to "is anything wrong, and since when?", without a click. */
export function StatusStrip() {
  const { language } = useCell(view)
  const data = useCell(known)
  const state = useCell(liveState)
  return (
    <>
      <section class="strip" aria-label={overview.summary[language]}>
        <Sentence language={language} />
        {data?.store === 'simulated' && (
          <span class="simulation soft small">{brand.simulatedStore[language]}</span>
        )}
        {state !== 'lost' && (
          <span class={state === 'live' ? 'mark is-arriving' : 'mark is-silent'}>
            <Shape of={state === 'live' ? 'arriving' : 'silent'} />
            {live[state][language]}
          </span>
        )}
        {state === 'lost' && (
          <span class="mark is-check">
            <Shape of="check" />
            {live.lostShort[language]}
          </span>
        )}
      </section>
      <div role="status">{state === 'lost' && <Lost language={language} />}</div>
    </>
  )
}

function Sentence({ language }: { language: Language }) {
  const data = useCell(known)
  const failure = useCell(loadFailure)
  const now = useCell(nowMs)
  if (data === undefined) {
    const words = failure === undefined ? overview.loading : failureWords.title
    return <span class="age soft">{words[language]}</span>
  }
  const places = data.places
  if (places.length === 0) return <span class="age soft">{overview.emptyTitle[language]}</span>
  const attention = places.filter((place) => needsAttention(placeState(place, now))).length
  const latest = latestMs(places.flatMap((place) => place.series))
  return (
    <>
      <strong>{attentionText(attention, places.length, language)}</strong>
      <span class="age soft">
        {latest !== undefined &&
          `${overview.measuredAgo[language]} ${formatAge(now - latest, language)}`}
      </span>
    </>
  )
}

function attentionText(attention: number, total: number, language: Language): string {
  if (attention === 0) return overview.allWell[language]
  return language === 'id'
    ? `${attention} dari ${total} lokasi perlu perhatian`
    : `${attention} of ${total} sites need attention`
}

function Lost({ language }: { language: Language }) {
  return (
    <div class="lost">
      <p>{live.lost[language]}</p>
      <button type="button" class="button" onClick={reconnect}>
        {live.retryNow[language]}
      </button>
    </div>
  )
}
