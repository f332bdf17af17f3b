import { view } from '../navigation.js'
import { chooseSeries, conditions, findPlace, measurements, type Place } from '../places.js'
import { known, nowMs } from '../source.js'
import { useCell } from '../use-cell.js'
import type { Language } from '../words/language.js'
import { overview, site } from '../words/words.js'
import { ChartCard } from './chart-card.js'
import { Headline } from './headline.js'
import { Link } from './link.js'
import { ValueCard } from './value-card.js'

/** One site: headline, values, chart. */
export function SitePage() {
  const { language, place: name } = useCell(view)
  const data = useCell(known)
  if (name === undefined) {
    return data === undefined ? <SiteBones /> : <p class="soft">{overview.chooseSite[language]}</p>
  }
  if (data === undefined) return <SiteBones />
  const place = findPlace(data.places, name)
  return (
    <div class="site-page">
      {place === undefined ? (
        <>
          <BackLink language={language} />
          <p>{site.unknown[language]}</p>
        </>
      ) : (
        <Site place={place} language={language} />
      )}
    </div>
  )
}

function Site({ place, language }: { place: Place; language: Language }) {
  const now = useCell(nowMs)
  const chosen = chooseSeries(place, useCell(view))
  const groups = [
    { title: site.values[language], series: measurements(place), isCondition: false },
    { title: site.nodeCondition[language], series: conditions(place), isCondition: true },
  ].filter((group) => group.series.length > 0)
  const [first, ...others] = groups.map((group) => (
    <section key={group.title}>
      <h3 class={group.isCondition ? 'values-head' : 'unseen'}>{group.title}</h3>
      <div class="values">
        {group.series.map((one) => (
          <ValueCard
            key={`${one.node}/${one.quantity.key}/${one.position}`}
            series={one}
            place={place}
            now={now}
            language={language}
            isChosen={one === chosen}
            isCondition={group.isCondition}
          />
        ))}
      </div>
    </section>
  ))
  return (
    <>
      <div>
        <BackLink language={language} />
        <Headline place={place} now={now} language={language} />
      </div>
      {first ?? <p class="notice">{site.noValues[language]}</p>}
      {chosen !== undefined && <ChartCard place={place} series={chosen} />}
      {others}
    </>
  )
}

function BackLink({ language }: { language: Language }) {
  return (
    <Link class="back" to={{ place: undefined, quantity: undefined, position: 0, node: undefined }}>
      ← {site.back[language]}
    </Link>
  )
}

function SiteBones() {
  return (
    <div class="site-page" aria-hidden="true">
      <div class="bone bone-headline" />
      <div class="values">
        {Array.from({ length: 4 }, (_, index) => (
          <div key={index} class="value bone bone-value" />
        ))}
      </div>
      <div class="bone bone-chart" />
    </div>
  )
}
