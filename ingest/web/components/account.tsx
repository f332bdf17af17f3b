import { signOut } from '../api.js'
import { view } from '../navigation.js'
import { loadSession, session } from '../source.js'
import { useCell } from '../use-cell.js'
import { account } from '../words/words.js'
import { Link } from './link.js'

/** Who is signed in, and the way in or out. */
export function Account() {
  const { language, page } = useCell(view)
  const who = useCell(session)
  if (who?.account) {
    const leave = (): void => {
      // Whatever the answer, the session says afterwards who is signed in.
      void signOut(who.csrf)
        .catch(() => undefined)
        .then(loadSession)
    }
    return (
      <div class="who">
        <span class="who-name">{who.account.title || who.account.name}</span>
        <button type="button" class="button" onClick={leave}>
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
