import type { Language } from '../words/language.js'
import { overview } from '../words/words.js'

/** No site yet: how to add one, or how to see what it will look like. */
export function EmptyNotice({ language }: { language: Language }) {
  return (
    <div class="notice">
      <h2>{overview.emptyTitle[language]}</h2>
      <p>{overview.emptyBody[language]}</p>
      <h3>{overview.emptyAdd[language]}</h3>
      <code>npm run node -- --help</code>
      <h3>{overview.emptySimulate[language]}</h3>
      <code>npm run demo</code>
    </div>
  )
}
