import * as assert from 'uvu/assert'
import type { Fault } from '../../simulators/board/networks/memory.js'
import { suite } from '../suite.js'
import { missingSlots } from './node-grid.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

const HOST = 'broker.test'
const HOUR_S = 3600
/** What a session takes to get through once it has begun. */
const SESSION_S = 120
const POINT = { ssid: 'toba', password: 'danau', rssi: -67 }

interface Trouble {
  /** What the node says of it. */
  reason: string
  begin(rig: NodeRig): void
  end(rig: NodeRig): void
}

const byNetwork = (fault: Fault, reason: string): Trouble => ({
  reason,
  begin: ({ network }) => network.setFault(HOST, fault),
  end: ({ network }) => network.setFault(HOST, undefined),
})

const byBroker = (reason: string, script: NodeRig['service']['script']): Trouble => ({
  reason,
  begin: ({ service }) => {
    service.script = script
  },
  end: ({ service }) => {
    service.script = () => false
  },
})

const TROUBLES: Record<string, Trouble> = {
  'a refused login': byBroker('login-refused', (packet, broker) => {
    if (packet.cmd !== 'connect') return false
    broker.send({ cmd: 'connack', returnCode: 5, sessionPresent: false })
    return true
  }),
  'a wrong Wi-Fi password': {
    reason: 'wifi: 4WAY_HANDSHAKE_TIMEOUT',
    begin: ({ board }) => board.air.add({ ...POINT, password: 'another' }),
    end: ({ board }) => board.air.add(POINT),
  },
  'an access point that is gone': {
    reason: 'wifi: NO_AP_FOUND',
    begin: ({ board }) => board.air.remove('toba'),
    end: ({ board }) => board.air.add(POINT),
  },
  'an access point that never answers': {
    reason: 'wifi: no answer',
    begin: ({ board }) => board.air.add({ ...POINT, isMute: true }),
    end: ({ board }) => board.air.add(POINT),
  },
  'a frozen broker': byBroker('no-connack', () => true),
  'a broker that closes at once': byBroker('closed', (_packet, broker) => {
    broker.close()
    return true
  }),
  'a stalled connection': byNetwork('stall', 'no-connack'),
  'a half-open socket': byNetwork('half-open', 'no-connack'),
  'a host that nobody reaches': byNetwork('unreachable', 'Unable to create socket'),
  'a host that refuses': byNetwork('refuse', 'Unable to create socket'),
  'a name that nobody knows': byNetwork('unnamed', 'Unable to locate host'),
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
      const said = rig.board.console.filter((line) => line.startsWith('session: '))
      assert.ok(said.length > 2)
      assert.equal(
        said.filter((line) => !line.includes(trouble.reason)),
        [],
      )
      trouble.end(rig)
      await rig.board.advance((HOUR_S + SESSION_S) * 1000)
      assert.ok(rig.service.frames.length > before, rig.board.console.slice(-3).join('; '))
      const seconds = readSeconds(rig)
      assert.equal(missingSlots(seconds, 4 * HOUR_S), [])
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
