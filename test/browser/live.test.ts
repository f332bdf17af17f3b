import * as assert from 'uvu/assert'
import {
  connectLive,
  type EventStream,
  type LiveState,
  LONGEST_RETRY_MS,
  retryDelayMs,
  SILENCE_LIMIT_MS,
} from '../../ingest/web/live.js'
import { suite } from '../suite.js'

/** A stream that the test speaks for. */
class FakeStream implements EventStream {
  readonly #listeners = new Map<string, (event: { data?: unknown }) => void>()
  isClosed = false

  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(type, listener)
  }
  close(): void {
    this.isClosed = true
  }
  say(type: string, data?: unknown): void {
    this.#listeners.get(type)?.({ data: data === undefined ? undefined : JSON.stringify(data) })
  }
}

/** Timers that run when the test says so. */
class FakeTimers {
  #nowMs = 0
  readonly #waiting = new Map<number, { atMs: number; run: () => void }>()
  #last = 0

  set = (run: () => void, delayMs: number): number => {
    this.#last++
    this.#waiting.set(this.#last, { atMs: this.#nowMs + delayMs, run })
    return this.#last
  }
  clear = (handle: unknown): void => {
    this.#waiting.delete(Number(handle))
  }
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const due = [...this.#waiting]
        .filter(([, timer]) => timer.atMs <= untilMs)
        .sort(([, a], [, b]) => a.atMs - b.atMs)[0]
      if (due === undefined) break
      this.#waiting.delete(due[0])
      this.#nowMs = due[1].atMs
      due[1].run()
    }
    this.#nowMs = untilMs
  }
}

function rig() {
  const streams: FakeStream[] = []
  const states: LiveState[] = []
  const events: [string, unknown][] = []
  const timers = new FakeTimers()
  const live = connectLive({
    open: () => {
      const stream = new FakeStream()
      streams.push(stream)
      return stream
    },
    types: ['readings', 'heartbeat'],
    onEvent: (type, data) => events.push([type, data]),
    onState: (state) => {
      if (states.at(-1) !== state) states.push(state)
    },
    timers,
    random: () => 1,
  })
  const last = (): FakeStream => {
    const stream = streams.at(-1)
    if (stream === undefined) throw new Error('no stream was opened')
    return stream
  }
  return { streams, states, events, timers, live, last }
}

suite('live feed', (test) => {
  test('events arrive decoded once it is connected', () => {
    const { last, states, events } = rig()

    last().say('open')
    last().say('readings', [{ node: 'a' }])

    assert.equal(states, ['connecting', 'live'])
    assert.equal(events, [['readings', [{ node: 'a' }]]])
  })

  test('silence is a loss within ten seconds; heartbeats are no silence', () => {
    const { last, states, timers } = rig()
    last().say('open')

    for (let beat = 0; beat < 5; beat++) {
      timers.pass(5000)
      last().say('heartbeat', { now: '' })
    }
    assert.equal(states, ['connecting', 'live'])

    timers.pass(SILENCE_LIMIT_MS)
    assert.is.not(SILENCE_LIMIT_MS > 10_000, true)
    assert.equal(states, ['connecting', 'live', 'lost'])
    assert.is(last().isClosed, true)
  })

  test('an error is a loss at once, and it connects again by itself', () => {
    const { last, streams, states, timers } = rig()
    last().say('open')

    last().say('error')
    assert.is(states.at(-1), 'lost')
    timers.pass(1000)
    last().say('open')

    assert.is(streams.length, 2)
    assert.is(states.at(-1), 'live')
  })

  test('attempts get rarer while nobody answers, up to a limit', () => {
    const { last, streams, timers, states } = rig()

    for (let failure = 0; failure < 8; failure++) {
      last().say('error')
      timers.pass(retryDelayMs(failure, 1) - 1)
      assert.is(streams.length, failure + 1)
      timers.pass(1)
      assert.is(streams.length, failure + 2)
    }

    assert.equal(states, ['connecting', 'lost'])
    assert.is(retryDelayMs(0, 0), 500)
    assert.is(retryDelayMs(50, 1), LONGEST_RETRY_MS)
  })

  test('a stream that was given up is not listened to', () => {
    const { last, live, streams, events, states } = rig()
    const old = last()
    live.lose()
    live.retry()

    old.say('readings', [1])
    old.say('error')

    assert.is(streams.length, 2)
    assert.equal(events, [])
    assert.equal(states, ['connecting', 'lost'])
  })

  test('after close nothing happens any more', () => {
    const { last, live, streams, timers } = rig()
    last().say('error')

    live.close()
    timers.pass(120_000)

    assert.is(streams.length, 1)
  })
})
