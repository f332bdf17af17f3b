import { view } from '../navigation.js'
import { sortPlaces } from '../places.js'
import { known, load, loadFailure, nowMs } from '../source.js'
import { useCell } from '../use-cell.js'
import { overview } from '../words/words.js'
import { FailureNotice } from './failure-notice.js'
import { SiteLine } from './site-line.js'

/** Every site, worst first; skeletons of the same height until they are there. */
export function SiteList() {
  const { language, place: chosen } = useCell(view)
  const data = useCell(known)
  const failure = useCell(loadFailure)
  const now = useCell(nowMs)
  return (
    <>
      <div class="sites-head">
        <h2>{overview.title[language]}</h2>
        {data !== undefined && <span class="soft">{data.places.length}</span>}
      </div>
      {failure !== undefined && (
        <FailureNotice failure={failure} retry={load} language={language} kept />
      )}
      {data === undefined ? (
        <div class="sites" role="status" aria-label={overview.loading[language]}>
          {Array.from({ length: 6 }, (_, index) => (
            <div key={index} class="site-line bones">
              <i class="bone" />
              <i class="bone" />
            </div>
          ))}
        </div>
      ) : (
        <ul class="sites">
          {sortPlaces(data.places, now).map((place) => (
            <li key={`${place.kind}/${place.name}`}>
              <SiteLine
                place={place}
                now={now}
                language={language}
                chosen={chosen?.kind === place.kind && chosen.name === place.name}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
