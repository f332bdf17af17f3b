import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

const HOST = 'broker.test'
const HOUR_S = 3600
const INTERVAL_S = 300
/** What a session takes to get through once it has begun. */
const SESSION_S = 120
/** A call of the network blocks the board so long: a sample may come late, under its true time. */
const BLOCKED_S = 80
const POINT = { ssid: 'toba', password: 'danau', rssi: -67 }

interface Trouble {
  begin(rig: NodeRig): void
  end(rig: NodeRig): void
}

const byNetwork = (fault: 'stall' | 'half-open' | 'unreachable'): Trouble => ({
  begin: ({ network }) => network.setFault(HOST, fault),
  end: ({ network }) => network.setFault(HOST, undefined),
})

const byBroker = (script: NodeRig['service']['script']): Trouble => ({
  begin: ({ service }) => {
    service.script = script
  },
  end: ({ service }) => {
    service.script = () => false
  },
})

const TROUBLES: Record<string, Trouble> = {
  'a refused login': byBroker((packet, broker) => {
    if (packet.cmd !== 'connect') return false
    broker.send({ cmd: 'connack', returnCode: 5, sessionPresent: false })
    return true
  }),
  'a wrong Wi-Fi password': {
    begin: ({ board }) => board.air.add({ ...POINT, password: 'another' }),
    end: ({ board }) => board.air.add(POINT),
  },
  'a frozen broker': byBroker(() => true),
  'a broker that closes at once': byBroker((_packet, broker) => {
    broker.close()
    return true
  }),
  'a stalled connection': byNetwork('stall'),
  'a half-open socket': byNetwork('half-open'),
  'a host that nobody reaches': byNetwork('unreachable'),
}

/** Seconds of the readings that the service has, each once or more. */
function readSeconds({ service }: NodeRig): number[] {
  return service.stored(1).map(({ time }) => time - EPOCH_S)
}

suite('a session that cannot be had', (test) => {
  for (const [name, trouble] of Object.entries(TROUBLES)) {
    test(`${name}: the node recovers by itself, and nothing is lost`, async () => {
      const rig = await nodeRig()
      await rig.board.powerOn()
      await rig.board.advance((HOUR_S + 60) * 1000)
      trouble.begin(rig)
      await rig.board.advance(3 * HOUR_S * 1000)
      const before = rig.service.frames.length
      assert.ok(Math.max(...readSeconds(rig)) <= HOUR_S, 'nothing got through')
      trouble.end(rig)
      await rig.board.advance((HOUR_S + SESSION_S) * 1000)
      assert.ok(rig.service.frames.length > before, rig.board.console.slice(-3).join('; '))
      const wanted = Array.from({ length: (4 * HOUR_S) / INTERVAL_S }, (_, n) => n * INTERVAL_S)
      const seconds = readSeconds(rig)
      assert.equal(
        wanted.filter(
          (second) => !seconds.some((taken) => taken >= second && taken - second <= BLOCKED_S),
        ),
        [],
      )
      assert.is(new Set(seconds).size, seconds.length, 'none twice')
      assert.is(rig.board.stats.boots.watchdog, 0)
      assert.is(rig.board.stats.uncaught, 0)
    })
  }

  test('pauses grow to the send interval at most, and two nodes do not come at one moment', async () => {
    const attempts = async (seed: number) => {
      const rig = await nodeRig({ seed })
      const atS: number[] = []
      rig.service.script = (packet, broker) => {
        if (packet.cmd === 'connect') atS.push(rig.board.clock.nowMs / 1000)
        broker.close()
        return true
      }
      await rig.board.powerOn()
      await rig.board.advance(10 * HOUR_S * 1000)
      return atS
    }
    const [one, other] = [await attempts(1), await attempts(2)]
    const pauses = one.slice(1).map((at, n) => at - (one[n] ?? 0))
    assert.ok((pauses[0] ?? 0) < 60, String(pauses))
    assert.ok(pauses.length > 10, String(pauses))
    assert.ok(Math.max(...pauses) <= HOUR_S + SESSION_S, String(pauses))
    assert.ok(Math.min(...pauses.slice(-4)) >= HOUR_S / 2, String(pauses))
    assert.not.equal(one.slice(1).map(Math.floor), other.slice(1).map(Math.floor))
  })
})
