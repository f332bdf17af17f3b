import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import * as assert from 'uvu/assert'
import { buildStation, ScriptError, stationFiles } from '../../firmware/build/build.js'
import { PROJECT } from '../../firmware/build/bundle.js'
import type { Manifest } from '../../firmware/build/manifest.js'
import { revisionOf } from '../../firmware/build/revision.js'
import { suite } from '../suite.js'

const NODE = join(PROJECT, 'firmware/node/node.js')

/** A station that touches the board while it describes itself, and calls `body` first. */
const station = (body: string) => `import { startNode } from '${NODE}'
${body}
const pin = D27
startNode({
  channels: [{ quantity: 'ph', id: 2, position: 3, perUnit: 100 }],
  defaults: [300, 12, 3600, 60],
  altitudeM: 0,
  sensors: [{ channels: [0], warmUpS: 0, read: () => new OneWire(pin).search() }],
  waterChannel: Serial2.setup(9600, {}) === 1 ? 0 : -1,
}, () => {}, { board: 'ESP32', sleeps: true })
`

suite('firmware build', (test, { before, after }) => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'toba-build-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  function source(name: string, text: string): string {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const failure = (entry: string) =>
    buildStation(entry, join(folder, 'dist')).then(
      () => undefined,
      (error: unknown) => error,
    )

  test('writes script and manifest, and the manifest holds the CRC of the script', async () => {
    await buildStation(source('dummy.ts', station('')), join(folder, 'dist'))

    const script = readFileSync(join(folder, 'dist/dummy.js'))
    const manifest = JSON.parse(readFileSync(join(folder, 'dist/dummy.json'), 'utf8')) as Manifest
    const { revision, build, version, ...rest } = manifest
    assert.equal(rest, {
      station: 'dummy',
      board: 'ESP32',
      crc32: crc32(script),
      size: script.length,
      channels: [{ quantity: 'ph', position: 3 }],
    })
    assert.match(revision, /^([0-9a-f]{12}(-dirty)?|sha256-[0-9a-f]{12})$/)
    assert.ok(Number.isInteger(build))
    assert.match(version, /^\d+\.\d+\.\d+$/)
  })

  test('names file and line of what the board gets wrong', async () => {
    const loop =
      'const all: (() => number)[] = []\nfor (let n = 0; n < 3; n++) all.push(() => n)\nprint(all)'

    const error = await failure(source('dummy.ts', station(loop)))

    assert.instance(error, ScriptError)
    assert.match(String(error), /dummy\.ts:3:\d+: closure over the variable of a loop/)
  })

  test('refuses what the bundler cannot lower', async () => {
    const error = await failure(
      source('dummy.ts', station('function f(a = 1) { return a }\nprint(f())')),
    )

    assert.match(String(error), /dummy\.ts:2:\d+: default parameter/)
  })

  test('takes for stations the files that start a node', () => {
    const stations = join(folder, 'stations')
    mkdirSync(stations)
    writeFileSync(join(stations, 'pond.ts'), station(''))
    writeFileSync(join(stations, 'pond-wiring.ts'), 'export const pin = 1')

    assert.equal(stationFiles(stations), [join(stations, 'pond.ts')])
  })
})

suite('revision of the firmware', (test, { before, after }) => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'toba-revision-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org']
    return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' }).trim()
  }

  test('is unknown outside a checkout', () => {
    assert.equal(revisionOf(folder), { commit: undefined, build: -1 })
  })

  test('is the commit, and says when the sources differ from it', () => {
    mkdirSync(join(folder, 'firmware'))
    writeFileSync(join(folder, 'firmware/a.ts'), '1')
    git('init', '-q')
    git('add', '.')
    git('commit', '-qm', 'a')
    const commit = git('rev-parse', '--short=12', 'HEAD')

    assert.equal(revisionOf(folder), { commit, build: 1 })

    writeFileSync(join(folder, 'README.md'), 'not a source')
    assert.equal(revisionOf(folder), { commit, build: 1 })

    writeFileSync(join(folder, 'firmware/a.ts'), '2')
    assert.equal(revisionOf(folder), { commit: `${commit}-dirty`, build: -1 })
  })
})
