import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { readFleetOptions } from '../../simulators/fleet/options.js'
import type { EventKind } from '../../simulators/world/events/event.js'
import type { FaultKind } from '../../simulators/world/faults/fault.js'
import { WORLD_SITES } from '../../simulators/world/sites.js'
import { createWorld } from '../../simulators/world/world.js'
import { suite } from '../suite.js'
import { HOUR_MS, START_MS, site, worldWith } from './world/world-rig.js'

const README = readFileSync(new URL('../../simulators/README.md', import.meta.url), 'utf8')

suite('the README of the simulators', (test, hooks) => {
  let folder = ''
  hooks.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-readme-'))
  })
  hooks.after(() => rm(folder, { recursive: true, force: true }))

  /** What the example with this file name exports. */
  async function example(path: string): Promise<Record<string, unknown>> {
    const code = README.split('```ts\n').find((block) => block.startsWith(`// ${path}\n`))
    assert.ok(code, `an example ${path}`)
    const file = join(folder, path.replaceAll('/', '-'))
    await writeFile(file, code.slice(0, code.indexOf('```')))
    return import(pathToFileURL(file).href)
  }

  const parts = { site: undefined, quantity: undefined, afterS: 0, durationS: undefined }
  const world = (events: readonly EventKind[], faults: readonly FaultKind[]) =>
    createWorld({
      seed: 7,
      startMs: START_MS,
      sites: WORLD_SITES,
      events: events.map((kind) => ({ ...parts, kind })),
      faults: faults.map((kind) => ({ ...parts, kind, site: site('W-02') })),
    })

  test('its own event does what it says', async () => {
    const { ashfall } = (await example('world/events/ashfall.ts')) as { ashfall: EventKind }
    const at = START_MS + 6 * HOUR_MS
    const [normal, ashen] = [worldWith(), world([ashfall], [])].map(({ truth }) => [
      truth(site('A-01'), 'pm10', at) ?? 0,
      truth(site('W-01'), 'turbidity', at) ?? 0,
    ])

    assert.ok((ashen?.[0] ?? 0) > 9 * (normal?.[0] ?? 0))
    assert.ok((ashen?.[1] ?? 0) > (normal?.[1] ?? 0) + 3)
  })

  test('its own fault does what it says', async () => {
    const { sagging } = (await example('world/faults/sagging.ts')) as { sagging: FaultKind }
    const errors = Array.from({ length: 1000 }, (_, n) => {
      const timeMs = START_MS + n * 600_000
      const broken = world([], [sagging]).sensed(site('W-02'), 'ph', timeMs) ?? 0
      return broken - (worldWith().sensed(site('W-02'), 'ph', timeMs) ?? 0)
    })
    const sagged = errors.filter((error) => error !== 0)

    assert.ok(sagged.every((error) => Math.abs(error + 0.18) < 1e-9))
    assert.ok(sagged.length > 150 && sagged.length < 250, `${sagged.length} of 1000`)
  })

  const commands = [...README.matchAll(/npm run simulate -- (.+)/g)].map(([, args = '']) => args)
  const options = [...README.matchAll(/`(--(?:event|fault) [^`[]+)`/g)].map(([, text = '']) => text)
  for (const args of [...commands, ...options]) {
    // Those of the examples are known only once they were added; scenarios have a test of their own.
    if (/ashfall|sagging|--scenario/.test(args)) continue
    test(`the fleet understands ${args}`, () => {
      assert.is.not(readFleetOptions(args.trim().split(' '), {}), 'help')
    })
  }

  test('it has commands of the fleet and options of the world', () => {
    assert.ok(commands.length >= 2)
    assert.ok(options.length >= 4)
  })
})
