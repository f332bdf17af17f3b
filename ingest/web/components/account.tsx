import { view } from '../navigation.js'
import { leave, session } from '../source.js'
import { useCell } from '../use-cell.js'
import { account } from '../words/words.js'
import { Link } from './link.js'

/** Who is signed in, and the way in or out. */
export function Account() {
  const { language, page } = useCell(view)
  const who = useCell(session)
  if (who?.account) {
    return (
      <div class="who">
        <span class="who-name">{who.account.title || who.account.name}</span>
        <button type="button" class="button" onClick={() => void leave()}>
          {account.signOut[language]}
        </button>
      </div>
    )
  }
  if (page === 'sign-in') return null
  const words = who?.setupNeeded ? account.setupShort : account.signIn
  return (
    <Link class="button" to={{ page: 'sign-in' }}>
      {words[language]}
    </Link>
  )
}
