import * as assert from 'uvu/assert'
import { nodeNameFor, readOptions } from '../../simulators/replay/options.js'
import { percentile } from '../../simulators/replay/send.js'
import { UsageError } from '../../simulators/terminal.js'
import { suite } from '../suite.js'

const here = new URL(import.meta.url).pathname
const read = (...args: string[]) => {
  const options = readOptions([here, ...args], {})
  if (options === 'help') throw new Error('no help was asked for')
  return options
}

suite('options of a replay', (test) => {
  test('a file alone is sent as one node named after it, twelve samples a frame', () => {
    const options = read()
    assert.equal(options.nodes, ['replay-options-test'])
    assert.is(options.samplesPerFrame, 12)
    assert.is(options.speed, undefined)
    assert.equal(options.service, { dataDir: '.data' })
    assert.equal(options.mqtt, { host: '127.0.0.1', port: 1883 })
  })

  test('the name of a long file is cut to what a node may be called', () => {
    assert.is(
      nodeNameFor('/x/lro_mainstreet_2019-07-20_2019-08-31.csv'),
      'replay-lro-mainstreet-2019-07-20',
    )
    assert.is(nodeNameFor('Ümlaut & Co.csv'), 'replay-mlaut-co')
  })

  test('the settings of the service beside it are followed', () => {
    const options = readOptions([here], { DATA_DIR: '/var/lib/toba', MQTT_PORT: '2883' })
    assert.ok(options !== 'help')
    assert.equal(options.service, { dataDir: '/var/lib/toba' })
    assert.is(options.mqtt.port, 2883)
  })

  test('a service elsewhere brings its broker along', () => {
    const options = read('--url', 'https://toba.example.id', '--token', 'x')
    assert.equal(options.service, { url: 'https://toba.example.id', token: 'x' })
    assert.equal(options.mqtt, { host: 'toba.example.id', port: 1883 })
    assert.equal(read('--mqtt', '[::1]:99').mqtt, { host: '::1', port: 99 })
    assert.equal(read('--mqtt', 'mqtts://toba.id').mqtt, { host: 'toba.id', port: 8883, tls: {} })
  })

  test('an anchor is read in the zone of the file', () => {
    const options = read('--zone', 'Asia/Jakarta', '--shift', '2026-07-01 07:00')
    assert.is(options.shiftTo, Date.UTC(2026, 6, 1) / 1000)
  })

  test('a site is a name, with or without its place', () => {
    assert.equal(read('--site', 'pier').site, { name: 'pier', at: undefined })
    assert.equal(read('--site', 'pier:99.06:2.35').site, {
      name: 'pier',
      at: { longitude: 99.06, latitude: 2.35 },
    })
  })

  for (const [args, message] of [
    [['--zone', 'Asia/Balige'], 'no such zone'],
    [['--shift', 'tomorrow'], 'it is no time'],
    [['--shift', '2026-07-01'], 'it names no zone'],
    [['--speed', '0'], 'above 0'],
    [['--samples', '256'], 'from 1 to 255'],
    [['--boot', '-1'], '--boot'],
    [['--node', 'Big'], 'a name is 3 to 32'],
    [['--site', 'pier:200:1'], 'NAME:LON:LAT'],
    [['--url', 'toba'], 'expected http'],
    [['--token', 'x'], 'belongs to --url'],
    [['--mqtt', 'host:0'], 'from 1 to 65535'],
    [['--mqtt', 'mqtt://host'], 'expected HOST:PORT'],
    [['--speeed', '1'], '--speeed'],
    [['other.csv'], 'there is no file other.csv'],
    [[here], 'two files are called'],
    [['--period', '0s'], 'at least one'],
    [['--period', 'long'], 'is no time'],
  ] as const) {
    test(`${args.join(' ')} is refused in one line`, () => {
      assert.throws(
        () => read(...args),
        (error: unknown) =>
          error instanceof UsageError &&
          error.message.includes(message) &&
          !error.message.includes('\n'),
      )
    })
  }

  test('percentiles are by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, n) => 100 - n)
    assert.equal(
      [0.5, 0.95, 0.99, 1].map((share) => percentile(values, share)),
      [50, 95, 99, 100],
    )
    assert.is(percentile([7], 0.5), 7)
    assert.ok(Number.isNaN(percentile([], 0.5)))
  })
})
