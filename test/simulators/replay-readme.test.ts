import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { openFiles } from '../../simulators/replay/join.js'
import { readOptions } from '../../simulators/replay/options.js'
import { withPeriod } from '../../simulators/replay/period.js'
import { suite } from '../suite.js'

const README = readFileSync(new URL('../../simulators/README.md', import.meta.url), 'utf8')

/** A line of each file that the examples name. */
const FILES = {
  'river.csv': 'time,temp,ph\n2026-07-01 07:00,25.8,7.9\n',
  'buoy.csv': 'time,top,deep\n2026-07-01 07:00,25.8,24.9\n',
  'speed.csv': 'timestamp,value\n2026-07-01 07:00,55\n',
  'occupancy.csv': 'timestamp,value\n2026-07-01 07:00,3.5\n',
  'counts.csv': 'waktu,sm lajur 1,kr lajur 1,sm lajur 2\n2026-07-01 07:00,40,12,38\n',
}

suite('the README of the replay', (test, hooks) => {
  let folder = ''
  hooks.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-replay-readme-'))
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text)
  })
  hooks.after(() => rm(folder, { recursive: true }))

  const commands = [...README.replaceAll('\\\n', '').matchAll(/npm run replay -- (.+)/g)]
    .map(([, args = '']) => args.trim())
    .filter((args) => args.includes('.csv'))

  for (const args of commands) {
    test(`${args} is understood, and its row can be sent`, async () => {
      const options = readOptions(args.split(/ +/), { INIT_CWD: folder })
      if (options === 'help') throw new Error('no help was asked for')
      const series = withPeriod(await openFiles(options.files, options), options.periodS)
      const { value } = await series.rows().next()

      assert.ok(value?.values.every((one: number | null) => one !== null))
    })
  }

  test('it has examples', () => {
    assert.ok(commands.length >= 6, commands.join('\n'))
  })
})
