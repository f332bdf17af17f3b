import { useEffect } from 'preact/hooks'
import { EmptyNotice } from './components/empty-notice.js'
import { FailureNotice } from './components/failure-notice.js'
import { Header } from './components/header.js'
import { SignIn } from './components/sign-in.js'
import { SiteList } from './components/site-list.js'
import { SitePage } from './components/site-page.js'
import { StatusStrip } from './components/status-strip.js'
import { go, view } from './navigation.js'
import { findPlace, sortPlaces } from './places.js'
import { known, load, loadFailure, nowMs } from './source.js'
import { useCell } from './use-cell.js'
import { brand, PRODUCT } from './words/words.js'

/** From this width on, list and site stand side by side; as in frame.css. */
const WIDE = '(min-width: 960px)'

export function App() {
  const { page, language, place } = useCell(view)
  useDocument()
  useFirstSite()
  return (
    <div class="app">
      <a class="button skip" href="#main">
        {brand.toContent[language]}
      </a>
      <Header />
      {page === 'sign-in' ? (
        <main id="main" tabIndex={-1} class="pane">
          <SignIn />
        </main>
      ) : (
        <>
          <StatusStrip />
          <Panes onSite={place !== undefined} />
        </>
      )}
      <footer class="foot">{brand.indicative[language]}</footer>
    </div>
  )
}

function Panes({ onSite }: { onSite: boolean }) {
  const { language } = useCell(view)
  const data = useCell(known)
  const failure = useCell(loadFailure)
  if (data === undefined && failure !== undefined) {
    return (
      <main id="main" tabIndex={-1} class="pane">
        <FailureNotice failure={failure} retry={load} language={language} />
      </main>
    )
  }
  if (data !== undefined && data.places.length === 0) {
    return (
      <main id="main" tabIndex={-1} class="pane">
        <EmptyNotice language={language} />
      </main>
    )
  }
  return (
    <main id="main" tabIndex={-1} class={onSite ? 'panes on-site' : 'panes'}>
      <section class="pane list-pane">
        <SiteList />
      </section>
      <section class="pane site-pane">
        <SitePage />
      </section>
    </main>
  )
}

/** Language and title of the document follow the view. */
function useDocument(): void {
  const { language, place } = useCell(view)
  const data = useCell(known)
  const title = place && data ? findPlace(data.places, place)?.title : undefined
  useEffect(() => {
    document.documentElement.lang = language
    document.title = title === undefined ? PRODUCT : `${title} · ${PRODUCT}`
  }, [language, title])
  useEffect(() => {
    // On a phone the site takes the list's place: the reader starts at its top.
    if (place === undefined || matchMedia(WIDE).matches) return
    scrollTo(0, 0)
    document.querySelector<HTMLElement>('.site-pane h2')?.focus()
  }, [place?.kind, place?.name, title])
}

/** With room for both, the worst site is shown until somebody chooses; once, so that nothing jumps. */
function useFirstSite(): void {
  const { page, place } = useCell(view)
  const data = useCell(known)
  const isLoaded = data !== undefined
  useEffect(() => {
    if (page !== 'overview' || place !== undefined || data === undefined) return
    const first = sortPlaces(data.places, nowMs.get())[0]
    if (first === undefined || !matchMedia(WIDE).matches) return
    go({ place: { kind: first.kind, name: first.name } }, 'replace')
  }, [page, place === undefined, isLoaded])
}
