import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { faultsOf, keptSeconds, missingFrom, tellTimeByWater } from './node-ledger.js'
import { NODE, type NodeRig, nodeRig } from './node-rig.js'
import type { Script } from './scripted-broker.js'

const HOUR_MS = 3_600_000
const READINGS = `toba/${NODE}/r`

/** The n-th frame is swallowed by a connection that breaks; whether it was stored before is what differs. */
function breakAt(rig: NodeRig, nth: readonly number[]): Script {
  let count = 0
  return (packet) => {
    if (packet.cmd !== 'publish' || packet.topic !== READINGS) return false
    if (!nth.includes(++count)) return false
    rig.network.reset('broker.test')
    return true
  }
}

/** Six hours with frames that get lost; the seconds that the service should have. */
async function withLostFrames(code?: string): Promise<{ rig: NodeRig; missing: number[] }> {
  const rig = await nodeRig({ ...(code === undefined ? {} : { code }) })
  tellTimeByWater(rig)
  rig.service.script = breakAt(rig, [2, 3, 7, 10])
  await rig.board.powerOn()
  const expected = new Set<number>()
  for (let hour = 0; hour < 6; hour++) {
    await rig.board.advance(HOUR_MS)
    for (const second of keptSeconds(rig.board.flash.bytes).journaled) expected.add(second)
  }
  await rig.board.advance(HOUR_MS)
  assert.ok(expected.size > 70)
  return { rig, missing: missingFrom(rig.service.frames, expected) }
}

/** The station with another way to give out a frame: it is released before anybody acknowledged it. */
async function mutantBundle(): Promise<string> {
  const outbox = fileURLToPath(new URL('../../firmware/node/outbox.ts', import.meta.url))
  const entry = fileURLToPath(new URL('../../firmware/stations/lake.ts', import.meta.url))
  const source = readFileSync(outbox, 'utf8')
  const hasty = `${source.replace('export function nextFrame(', 'function giveFrame(')}
    export function nextFrame() {
      const frame = giveFrame()
      releaseFrame()
      return frame
    }`
  assert.ok(hasty.includes('function giveFrame('), 'the place to change is where it was')
  const plugin: Plugin = {
    name: 'hasty-outbox',
    setup({ onLoad }) {
      onLoad({ filter: /node\/outbox\.ts$/ }, () => ({ contents: hasty, loader: 'ts' }))
    },
  }
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'node',
    target: 'es2019',
    external: ['Storage', 'Wifi'],
    charset: 'ascii',
    define: { BUILD: '7', STAYS: 'false' },
    plugins: [plugin],
  })
  return outputFiles[0]?.text ?? ''
}

suite('a frame leaves the outbox when it is acknowledged', (test) => {
  test('and not before: frames that get lost on the way come again', async () => {
    const { rig, missing } = await withLostFrames()
    assert.equal(missing, [])
    assert.equal(faultsOf(rig.service.frames, [0]), [])
  })

  test('and a node that frees it when it is sent is found out by the test above', async () => {
    const { rig, missing } = await withLostFrames(await mutantBundle())
    assert.is(rig.board.stats.uncaught, 0)
    assert.ok(missing.length >= 12, `it loses ${missing.length}`)
  })

  test('a frame whose acknowledgement got lost comes again, byte for byte, and is stored once', async () => {
    const rig = await nodeRig()
    tellTimeByWater(rig)
    const published: string[] = []
    let isLost = true
    rig.service.script = (packet) => {
      if (packet.cmd !== 'publish' || packet.topic !== READINGS) return false
      published.push(Buffer.from(packet.payload).toString('hex'))
      if (published.length !== 3 || !isLost) return false
      isLost = false
      // The service commits it, but its answer finds no connection any more.
      rig.network.reset('broker.test')
      return false
    }
    await rig.board.powerOn()
    await rig.board.advance(3 * HOUR_MS)
    assert.is(rig.service.repeats, 1)
    assert.is(published.filter((bytes) => bytes === published[2]).length, 2)
    assert.is(new Set(published).size, published.length - 1)
    assert.equal(faultsOf(rig.service.frames, [0]), [])
    const journaled = keptSeconds(rig.board.flash.bytes).journaled
    assert.ok(missingFrom(rig.service.frames, journaled).length <= 12)
  })
})
