import type { ApiFailure } from '../api.js'
import type { Language } from '../words/language.js'
import { failure as words } from '../words/words.js'
import { Shape } from './mark.js'

interface FailureNoticeProps {
  failure: ApiFailure
  retry: () => unknown
  language: Language
  /** Something is still shown from before. */
  kept?: boolean
}

/** What happened, what was kept, and what to do. */
export function FailureNotice({ failure, retry, language, kept = false }: FailureNoticeProps) {
  return (
    <div class="notice" role="alert">
      <h3 class="mark is-failed">
        <Shape of="failed" />
        {words.title[language]}
      </h3>
      <p>{whatHappened(failure, language)}</p>
      <p class="soft">{kept ? words.keptShown[language] : words.kept[language]}</p>
      <button type="button" class="button" onClick={() => retry()}>
        {words.retry[language]}
      </button>
    </div>
  )
}

export function whatHappened(failure: ApiFailure, language: Language): string {
  if (failure.status === 0) return words.unreachable[language]
  if (failure.status === 401) return words.signInFirst[language]
  if (failure.status === 403) return words.forbidden[language]
  const code = failure.code === undefined ? '' : ` ${failure.code}`
  return `${words.refused[language]} ${failure.status}${code}: ${failure.message}`
}
