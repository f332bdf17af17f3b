import { useEffect, useRef, useState } from 'preact/hooks'
import type { FramesAnswer } from '../../../shared/schema/api.js'
import { type ApiFailure, getFrames } from '../api.js'
import { formatDateTime } from '../format.js'
import { quantityName } from '../names.js'
import { view } from '../navigation.js'
import type { Series } from '../places.js'
import { asFailure } from '../source.js'
import { useCell } from '../use-cell.js'
import { account, frame as words } from '../words/words.js'
import { FailureNotice } from './failure-notice.js'
import { FrameView } from './frame-view.js'
import { Link } from './link.js'

export interface FrameQuestion {
  node: string
  timeMs: number
  series: Series
}

/** "Is what I see what the node sent?": the raw frame behind one value. */
export function FrameDialog({ asked, onClose }: { asked: FrameQuestion; onClose(): void }) {
  const { language } = useCell(view)
  const dialog = useRef<HTMLDialogElement>(null)
  const [answer, setAnswer] = useState<FramesAnswer>()
  const [failure, setFailure] = useState<ApiFailure>()

  const load = (): void => {
    setFailure(undefined)
    getFrames(asked.node, asked.timeMs).then(setAnswer, (error) => setFailure(asFailure(error)))
  }
  useEffect(() => {
    // A modal dialog keeps the focus inside and gives it back when it closes.
    dialog.current?.showModal()
    load()
  }, [])

  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="frame-title">
      <div class="frame-head">
        <h2 id="frame-title">{words.title[language]}</h2>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {words.close[language]}
        </button>
      </div>
      <div class="frame-body">
        <p>
          {quantityName(asked.series.quantity, language)} · {asked.node} ·{' '}
          {formatDateTime(asked.timeMs, language)}
        </p>
        {failure?.status === 401 && (
          <div class="notice">
            <p>{words.signInFirst[language]}</p>
            <Link class="button primary" to={{ page: 'sign-in' }}>
              {account.signIn[language]}
            </Link>
          </div>
        )}
        {failure !== undefined && failure.status !== 401 && (
          <FailureNotice failure={failure} retry={load} language={language} kept />
        )}
        {failure === undefined && answer === undefined && (
          <div class="bone bone-frame" role="status" aria-label={words.loading[language]} />
        )}
        {answer?.frames.length === 0 && <p>{words.none[language]}</p>}
        {answer?.frames.map((one) => (
          <FrameView
            key={`${one.boot}/${one.seq}/${one.receivedAt}`}
            frame={one}
            asked={asked}
            language={language}
          />
        ))}
      </div>
    </dialog>
  )
}
