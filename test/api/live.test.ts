import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import * as assert from 'uvu/assert'
import { Backlog } from '../../ingest/api/backlog.js'
import { type EventSink, LiveFeed, STUCK_MS } from '../../ingest/api/live.js'
import type { NewReading } from '../../ingest/store/batches.js'
import type { LiveReading } from '../../shared/schema/reading.js'
import { suite } from '../suite.js'
import { NOW_MS, place, type Rig, rig, storeReadings } from './rig.js'

const NOW_S = NOW_MS / 1000

suite('backlog', (test) => {
  test('keeps the newest values of a series, and gives all while they are few', () => {
    const backlog = new Backlog<number>(1000)

    for (let value = 0; value < 40; value++) backlog.add('a', value)
    backlog.add('b', 100)

    assert.is(backlog.size, 33)
    const values = backlog.take(50)
    assert.equal([values[0], values[31], values[32]], [8, 39, 100])
    assert.is(backlog.size, 0)
  })

  test('gives the newest of each series when they are many, the others wait', () => {
    const backlog = new Backlog<string>(1000)
    for (const series of ['a', 'b', 'c']) {
      for (const value of [1, 2, 3]) backlog.add(series, `${series}${value}`)
    }

    assert.equal(backlog.take(2), ['a3', 'b3'])
    assert.is(backlog.size, 3)
    assert.equal(backlog.take(3), ['c1', 'c2', 'c3'])
  })

  test('never holds more than its limit: the series that waited longest goes', () => {
    const backlog = new Backlog<number>(3)

    for (const [index, series] of ['a', 'b', 'c', 'd'].entries()) backlog.add(series, index)

    assert.equal(backlog.take(10), [1, 2, 3])
  })
})

/** A client whose socket takes only so many writes before it is full. */
class Sink implements EventSink {
  readonly events: { name: string; data: unknown }[] = []
  isFull = false
  isEnded = false
  isDestroyed = false
  readonly #listeners = new Map<string, () => void>()

  write(data: Uint8Array): boolean {
    const [first = '', second = ''] = Buffer.from(data).toString().split('\n')
    this.events.push({ name: first.slice(7), data: JSON.parse(second.slice(6)) })
    return !this.isFull
  }

  end(): void {
    this.isEnded = true
  }

  destroy(): void {
    this.isDestroyed = true
    this.emit('close')
  }

  on(event: string, listener: () => void): void {
    this.#listeners.set(event, listener)
  }

  emit(event: 'drain' | 'close'): void {
    this.#listeners.get(event)?.()
  }

  values(): number[] {
    return this.events
      .filter(({ name }) => name === 'readings')
      .flatMap(({ data }) => (data as LiveReading[]).map(({ value }) => value))
  }
}

suite('live feed', (test) => {
  function feedWith(
    names: { id: number; name: string; simulated: boolean }[],
    includeSimulated = false,
  ) {
    const clock = { nowMs: NOW_MS, now: () => clock.nowMs }
    const feed = new LiveFeed({ clock })
    const asked: number[][] = []
    feed.start({
      namesOf: async (ids) => {
        asked.push([...ids])
        return names.filter(({ id }) => ids.includes(id))
      },
      includeSimulated,
      log: { warn: () => {} },
    })
    return { feed, clock, asked }
  }
  const lake = { id: 1, name: 'lake-1', simulated: false }
  const reading = (value: number, more: Partial<NewReading> = {}): NewReading => ({
    nodeId: 1,
    quantityId: 2,
    position: 0,
    time: NOW_S,
    value,
    raw: null,
    flag: 2,
    why: 0,
    ...more,
  })

  test('tells a reading with unit, flag and reasons, and asks for each name once', async () => {
    const { feed, asked } = feedWith([lake])
    const sink = new Sink()
    feed.open(sink, { store: 'real' })

    feed.publish([reading(750, { flag: 4, why: 1 })])
    await feed.flush()
    feed.publish([reading(751)])
    await feed.flush()
    feed.stop()

    assert.equal(sink.events[0], { name: 'hello', data: { store: 'real' } })
    assert.equal(sink.events[1]?.data, [
      {
        node: 'lake-1',
        quantity: 'ph',
        position: 0,
        time: '2026-07-01T00:00:00Z',
        value: 7.5,
        unit: '[pH]',
        flag: 4,
        why: ['range'],
      },
    ])
    assert.equal(asked, [[1]])
    assert.ok(sink.isEnded)
  })

  test('simulated nodes are told in a simulated store only', async () => {
    const names = [{ ...lake, simulated: true }]
    for (const includeSimulated of [false, true]) {
      const { feed } = feedWith(names, includeSimulated)
      const sink = new Sink()
      feed.open(sink, {})

      feed.publish([reading(750)])
      await feed.flush()
      feed.stop()

      assert.equal(sink.values(), includeSimulated ? [7.5] : [])
    }
  })

  test('a slow client gets the newest values when it is back, and nobody waits for it', async () => {
    const { feed } = feedWith([lake])
    const slow = new Sink()
    const quick = new Sink()
    slow.isFull = true
    feed.open(slow, {})
    feed.open(quick, {})

    for (let value = 0; value < 100; value++) {
      feed.publish([reading(value)])
      await feed.flush()
    }
    const before = slow.values()
    slow.isFull = false
    slow.emit('drain')
    feed.stop()

    assert.equal(before, [])
    assert.is(quick.values().length, 100)
    assert.is(slow.values().length, 32)
    assert.is(slow.values().at(-1), 0.99)
  })

  test('a stuck client is cut off, the others get their signs of life', () => {
    const { feed, clock } = feedWith([lake])
    const stuck = new Sink()
    const quick = new Sink()
    stuck.isFull = true
    feed.open(stuck, {})
    feed.open(quick, {})

    feed.beat()
    const early = stuck.isDestroyed
    clock.nowMs += STUCK_MS + 1
    feed.beat()

    assert.equal([early, stuck.isDestroyed], [false, true])
    assert.is(feed.clients, 1)
    assert.equal(
      quick.events.map(({ name }) => name),
      ['hello', 'heartbeat', 'heartbeat'],
    )
    feed.stop()
  })

  test('takes a bounded number of clients, and forgets those that leave', () => {
    const { feed } = feedWith([lake])
    const sinks = Array.from({ length: 501 }, () => new Sink())

    const taken = sinks.map((sink) => feed.open(sink, {}))
    sinks[0]?.emit('close')

    assert.is(taken.filter(Boolean).length, 500)
    assert.is(taken.at(-1), false)
    assert.ok(feed.open(new Sink(), {}))
    feed.stop()
  })

  test('keeps nothing while nobody listens, and survives names that cannot be had', async () => {
    const feed = new LiveFeed({ clock: { now: () => NOW_MS } })
    const warnings: object[] = []
    feed.start({
      namesOf: () => Promise.reject(new Error('away')),
      includeSimulated: true,
      log: { warn: (fields) => warnings.push(fields) },
    })

    feed.publish([reading(1)])
    const sink = new Sink()
    feed.open(sink, {})
    await feed.flush()
    feed.publish([reading(2)])
    await feed.flush()
    feed.stop()

    assert.is(warnings.length, 1)
    assert.equal(sink.values(), [])
  })
})

suite('live route', (test, { before, after }) => {
  let api: Rig
  let port = 0
  before(async () => {
    api = await rig()
    await place(api, 'here-1', 'here', { quantity: 'ph', from: '2026-01-01T00:00:00Z' })
    await place(api, 'there-1', 'there', { quantity: 'ph', from: '2026-01-01T00:00:00Z' })
    await storeReadings(api, 'here-1', 'ph', [[NOW_S - 60, 700]])
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const address = api.app.server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  })
  after(() => api.close())

  test('a site’s stream carries what is placed there, and ends when the service stops', async () => {
    const request = httpRequest({ port, path: '/api/v1/live?site=here', host: '127.0.0.1' })
    request.end()
    const [response] = await once(request, 'response')
    response.setEncoding('utf8')
    let text = ''
    const until = async (part: string) => {
      while (!text.includes(part)) text += (await once(response, 'data'))[0]
    }
    await until('event: hello')
    const rows = await api.db.query<{ id: number; name: string }>(
      'read',
      'SELECT id, name FROM node',
    )
    const readings = rows.map(({ id, name }) => ({
      nodeId: id,
      quantityId: 2,
      position: 0,
      time: NOW_S,
      value: name === 'here-1' ? 701 : 999,
      raw: null,
      flag: 2,
      why: 0,
    }))

    api.live.publish(readings)
    await until('7.01')
    const ended = once(response, 'end')
    await api.app.close()
    await ended

    assert.is(response.headers['content-type'], 'text/event-stream')
    assert.match(response.headers['content-security-policy'], /default-src 'self'/)
    assert.not(text.includes('9.99'))
    assert.match(text, /"store":"simulated"/)
  })
})
