import type { TargetedSubmitEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { setUp, signIn } from '../api.js'
import { go, view } from '../navigation.js'
import { asFailure, enter, session } from '../source.js'
import { useCell } from '../use-cell.js'
import { account } from '../words/words.js'
import { whatHappened } from './failure-notice.js'
import { Field } from './field.js'
import { Link } from './link.js'

/** NIST SP 800-63B §5.1.1.2, as the service checks it. */
const PASSWORD_LENGTH = 10

/** As the service names accounts. */
const NAME_PATTERN = '[a-z0-9][a-z0-9._\\-]{1,31}'

/** Sign-in, or, while no account exists, the first administrator. */
export function SignIn() {
  const { language } = useCell(view)
  const who = useCell(session)
  const isSetup = who?.setupNeeded === true
  const [isWorking, setWorking] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [isShown, setShown] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  useEffect(() => {
    // Wait for the session: it says which form this is, and moving on while typing would be rude.
    if (who !== undefined) form.current?.querySelector('input')?.focus()
    if (who?.account) go({ page: 'overview' }, 'replace')
  }, [who])

  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const entries = new FormData(event.currentTarget)
    const text = (name: string): string => String(entries.get(name) ?? '')
    setWorking(true)
    setProblem(undefined)
    try {
      const name = text('name').trim()
      const password = text('password')
      if (isSetup) await setUp({ secret: text('secret').trim(), name, password })
      enter(await signIn(name, password))
    } catch (error) {
      const failure = asFailure(error)
      if (failure.status === 401 || failure.status === 403) {
        setProblem((isSetup ? account.setupWrong : account.wrong)[language])
      } else if (failure.status === 429) setProblem(account.tooMany[language])
      else setProblem(whatHappened(failure, language))
    } finally {
      setWorking(false)
    }
  }

  return (
    <div class="form-page">
      <form class="form" ref={form} onSubmit={submit} aria-labelledby="form-title">
        <h2 id="form-title">{(isSetup ? account.setupTitle : account.title)[language]}</h2>
        <p class="soft">{(isSetup ? account.setupBody : account.publicNote)[language]}</p>
        {problem !== undefined && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {isSetup && (
          <Field name="secret" label={account.setupSecret[language]} autocomplete="one-time-code" />
        )}
        <Field
          name="name"
          label={account.name[language]}
          hint={isSetup ? account.nameRule[language] : undefined}
          pattern={isSetup ? NAME_PATTERN : undefined}
          autocomplete="username"
        />
        <Field
          name="password"
          label={account.password[language]}
          hint={isSetup ? account.passwordRule[language] : undefined}
          isHidden={!isShown}
          autocomplete={isSetup ? 'new-password' : 'current-password'}
          minLength={isSetup ? PASSWORD_LENGTH : undefined}
        />
        <label class="tick">
          <input
            type="checkbox"
            checked={isShown}
            onChange={(event) => setShown(event.currentTarget.checked)}
          />
          {account.showPassword[language]}
        </label>
        <button type="submit" class="button primary" disabled={isWorking}>
          {(isWorking ? account.working : isSetup ? account.setupSubmit : account.signIn)[language]}
        </button>
        <Link class="button quiet" to={{ page: 'overview' }}>
          {account.cancel[language]}
        </Link>
      </form>
    </div>
  )
}
