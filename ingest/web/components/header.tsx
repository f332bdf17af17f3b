import { view } from '../navigation.js'
import { known, session } from '../source.js'
import { nextTheme, theme } from '../theme.js'
import { useCell } from '../use-cell.js'
import { LANGUAGES } from '../words/language.js'
import { brand, PRODUCT } from '../words/words.js'
import { Account } from './account.js'
import { Link } from './link.js'

export function Header() {
  const { language } = useCell(view)
  const simulated = useSimulated()
  return (
    <header class="top">
      <Link class="brand" to={{ page: 'overview', place: undefined, quantity: undefined }}>
        <Logo />
        <span class="name">
          <strong>{PRODUCT}</strong>
          {simulated && <span class="simulated">{brand.simulated[language]}</span>}
          <span class="office">Command Center · {brand.place[language]}</span>
        </span>
      </Link>
      <nav class="choice" aria-label={brand.switchLanguage[language]}>
        {LANGUAGES.map((one) => (
          <Link
            key={one}
            to={{ language: one }}
            current={one === language}
            lang={one}
            label={one === 'id' ? 'Bahasa Indonesia' : 'English'}
            replace
          >
            {one.toUpperCase()}
          </Link>
        ))}
      </nav>
      <ThemeButton />
      <Account />
    </header>
  )
}

/** Said on every screen of a simulated store, also before the list is there. */
function useSimulated(): boolean {
  const data = useCell(known)
  const who = useCell(session)
  return (data?.store ?? who?.store) === 'simulated'
}

function ThemeButton() {
  const { language } = useCell(view)
  const chosen = useCell(theme)
  const words = { auto: brand.themeAuto, light: brand.themeLight, dark: brand.themeDark }
  const label = `${brand.theme[language]}: ${words[chosen][language]}`
  return (
    <button type="button" class="icon-button" onClick={nextTheme} aria-label={label} title={label}>
      <svg
        viewBox="0 0 20 20"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        stroke-width="1.75"
        stroke-linecap="round"
      >
        {chosen === 'auto' && (
          <>
            <circle cx="10" cy="10" r="7" />
            <path d="M10 3a7 7 0 0 1 0 14Z" fill="currentColor" />
          </>
        )}
        {chosen === 'light' && (
          <>
            <circle cx="10" cy="10" r="3.5" />
            <path d="M10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M16 4l-1.4 1.4M5.4 14.6 4 16" />
          </>
        )}
        {chosen === 'dark' && <path d="M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7Z" />}
      </svg>
    </button>
  )
}

function Logo() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0a6275" />
      <path
        d="M5 13c3.7-4 7.3-4 11 0s7.3 4 11 0M5 21c3.7-4 7.3-4 11 0s7.3 4 11 0"
        fill="none"
        stroke="#fff"
        stroke-width="3"
        stroke-linecap="round"
      />
    </svg>
  )
}
