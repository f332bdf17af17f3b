import * as assert from 'uvu/assert'
import { readLoadOptions } from '../../../simulators/load/options.js'
import { UsageError } from '../../../simulators/terminal.js'
import { suite } from '../../suite.js'

const read = (...args: string[]) => {
  const options = readLoadOptions(args, {})
  if (options === 'help') throw new Error('no help was asked for')
  return options
}

suite('options of a load', (test) => {
  test('the command of the issue is understood', () => {
    const options = read('--nodes', '10000', '--rate', '1/300s', '--frame', '12x5')

    assert.is(options.nodes, 10_000)
    assert.is(Math.round(options.framesPerS * 300), 10_000)
    assert.is(options.frame.samples, 12)
    assert.is(options.frame.shapes.length, 5)
    assert.is(options.durationS, 300)
    assert.is(options.rampS, 50)
    assert.equal(options.service, { dataDir: '.data' })
    assert.equal(options.broker, { host: '127.0.0.1', port: 1883 })
  })

  test('a rate is frames of each node in a time', () => {
    assert.is(read('--nodes', '10', '--rate', '2/s').framesPerS, 20)
    assert.is(read('--nodes', '60', '--rate', '1/1m').framesPerS, 1)
  })

  test('every node sends at least once, unless told how long', () => {
    assert.is(read('--rate', '1/50s').durationS, 50)
    assert.is(read('--rate', '1/s').durationS, 30)
    assert.is(read('--rate', '1/50s', '--for', '10s').durationS, 10)
  })

  test('the search for the limit begins with few frames, or with the rate that is named', () => {
    assert.is(read('--find-limit').framesPerS, 100)
    assert.is(read('--find-limit', '--nodes', '50', '--rate', '1/10s').framesPerS, 5)
  })

  for (const [args, message] of [
    [['--nodes', '0'], '--nodes 0: expected a whole number from 1'],
    [['--rate', '300'], 'frames in a time'],
    [['--rate', '1/soon'], 'is no time'],
    [['--rate', '0/s'], 'has to send something'],
    [['--rate', '1/0s'], 'has to send something'],
    [['--frame', '12'], 'samples x quantities'],
    [['--frame', '0x5'], 'samples'],
    [['--frame', '12x63'], 'from 1 to 62'],
    [['--frame', '255x62'], 'does not fit the 1024 bytes'],
    [['--for', '0s'], 'no time at all'],
    [['--ramp', 'slow'], 'is no time'],
    [['--token', 'x'], 'belongs to --url'],
    [['--url', 'http://a', '--data', 'b'], 'not both'],
    [['--noodles', '1'], '--noodles'],
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
})
