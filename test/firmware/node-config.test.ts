import * as assert from 'uvu/assert'
import type { Frame } from '../../shared/wire/frame.js'
import { suite } from '../suite.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

const HOUR_S = 3600
const TEMPERATURE = 1
const REVISION = 107
const GOOD = { revision: 5, intervalS: 600 }

async function hours(rig: NodeRig, count: number): Promise<void> {
  await rig.board.advance(count * HOUR_S * 1000)
}

function revisions({ service }: NodeRig): number[] {
  return service.stored(REVISION).map(({ value }) => value)
}

function revisionsIn({ channels, samples }: Frame): number[] {
  const c = channels.findIndex(({ quantity }) => quantity === REVISION)
  return samples.flatMap(({ values }) => values[c] ?? [])
}

/** Readings since an hour, seconds after the start. */
function since({ service }: NodeRig, hour: number): number[] {
  return service
    .stored(TEMPERATURE)
    .map(({ time }) => time - EPOCH_S)
    .filter((second) => second > hour * HOUR_S)
}

const BAD: Record<string, Record<string, unknown>> = {
  'an interval of zero': { revision: 6, intervalS: 0 },
  'an interval over a day': { revision: 6, intervalS: 86_401 },
  'a broken number': { revision: 6, intervalS: 60.5 },
  'a text for a number': { revision: 6, sendIntervalS: '60' },
  'too many samples a frame': { revision: 6, samplesPerFrame: 256 },
  'a negative revision': { revision: -1 },
  'no revision': { intervalS: 60 },
  'channels that are no list': { revision: 6, channels: {} },
  'a channel that it lacks': { revision: 6, channels: [{ quantity: 'noise' }] },
  'a level that is a text': {
    revision: 6,
    channels: [{ quantity: 'dissolved_oxygen', urgentBelow: 'low' }],
  },
  'a switch that is a number': { revision: 6, channels: [{ quantity: 'ph', enabled: 0 }] },
  'no settings': { revision: 6, settings: null },
}

suite('configuration', (test) => {
  test('samples that take their whole interval leave time for sessions', async () => {
    const rig = await nodeRig()
    await rig.board.powerOn()
    await hours(rig, 0.1)
    rig.service.config = { revision: 5, intervalS: 5, sendIntervalS: 60 }
    await hours(rig, 1)
    const sessions = rig.service.brokers.length
    await hours(rig, 0.1)
    assert.ok(rig.service.brokers.length >= sessions + 5, `${rig.service.brokers.length} sessions`)
    const seconds = since(rig, 1.15)
    assert.ok(seconds.length > 10, `${seconds.length} samples in three minutes`)
  })

  test('applied, confirmed in the same session, and in force after a power cut', async () => {
    const rig = await nodeRig()
    await rig.board.powerOn()
    await hours(rig, 1.1)
    rig.service.config = GOOD
    const sessions = rig.service.brokers.length
    await hours(rig, 1)
    assert.is(rig.service.brokers.length, sessions + 1)
    assert.ok(revisions(rig).includes(5), String(revisions(rig)))
    await rig.board.powerOn()
    rig.service.config = { revision: 5, intervalS: 600 }
    await hours(rig, 2)
    assert.is(revisions(rig).pop(), 5)
    const seconds = since(rig, 2.3)
    assert.ok(seconds.length > 5)
    assert.ok(
      seconds.every((second) => second % 600 === 0),
      String(seconds),
    )
  })

  test('one that comes late in a session is confirmed in it, too', async () => {
    const rig = await nodeRig()
    await rig.board.powerOn()
    await hours(rig, 0.5)
    let isTold = false
    rig.service.script = (packet, broker) => {
      if (packet.cmd === 'subscribe') {
        broker.send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [1, 1] })
        return true
      }
      if (packet.cmd === 'publish' && packet.topic.endsWith('/r') && !isTold) {
        isTold = true
        broker.send(broker.message(packet.topic.replace(/r$/, 'c'), JSON.stringify(GOOD)))
      }
      return false
    }
    const sessions = rig.service.brokers.length
    await hours(rig, 0.6)
    assert.is(rig.service.brokers.length, sessions + 1)
    assert.is(revisions(rig).pop(), 5)
  })

  test('told again at every login it is not written again: flash wears', async () => {
    const rig = await nodeRig()
    rig.service.config = GOOD
    const { storage } = rig.board
    const { write } = storage
    let writes = 0
    storage.write = (name, data, where) => {
      if (name === 'config.json') writes++
      return write.call(storage, name, data, where)
    }
    await rig.board.powerOn()
    await hours(rig, 3.1)
    assert.ok(rig.service.brokers.length >= 4)
    assert.is(writes, 1)
  })

  for (const places of [0, 1, 12, 40]) {
    test(`a power cut at place ${places} of its write: defaults hold, then it is told again and applied`, async () => {
      const rig = await nodeRig()
      await rig.board.powerOn()
      await hours(rig, 1.1)
      const { storage, flash } = rig.board
      const { write } = storage
      storage.write = (name, data, where) => {
        if (name === 'config.json') flash.cutAfter(places)
        return write.call(storage, name, data, where)
      }
      rig.service.config = { ...GOOD, settings: { altitudeM: 905 } }
      await hours(rig, 1)
      assert.not.ok(rig.board.isAwake, 'power went')
      const frames = rig.service.frames.length
      storage.write = write
      await rig.board.powerOn()
      await rig.board.advance(5000)
      await hours(rig, 2)
      const later = rig.service.frames.slice(frames)
      const told = later.flatMap((frame) => revisionsIn(frame))
      assert.is(told[0], 0, 'the defaults hold')
      assert.is(told.pop(), 5)
      const [text = ''] = (rig.board.readFile('config.json') ?? '').split('\xff')
      assert.is(JSON.parse(text).revision, 5)
      const seconds = since(rig, 2.3)
      assert.ok(seconds.length > 5)
      assert.ok(
        seconds.every((second) => second % 600 === 0),
        String(seconds),
      )
      assert.is(rig.board.stats.uncaught, 0)
    })
  }

  for (const [name, bad] of Object.entries(BAD)) {
    test(`${name} is refused, and the old one stays`, async () => {
      const rig = await nodeRig({ files: { 'config.json': JSON.stringify(GOOD) } })
      rig.service.config = bad
      await rig.board.powerOn()
      await hours(rig, 2.1)
      assert.equal([...new Set(revisions(rig))], [5])
      assert.ok(since(rig, 0.2).every((second) => second % 600 === 0))
      assert.is(rig.board.readFile('config.json'), JSON.stringify(GOOD))
      assert.is(rig.board.stats.uncaught, 0)
    })
  }
})
