import * as assert from 'uvu/assert'
import { readFleetOptions, USAGE } from '../../../simulators/fleet/options.js'
import { UsageError } from '../../../simulators/terminal.js'
import { EVENT_KINDS } from '../../../simulators/world/events/kinds.js'
import { FAULT_KINDS } from '../../../simulators/world/faults/kinds.js'
import { suite } from '../../suite.js'

function read(...args: string[]) {
  const options = readFleetOptions(args, {})
  if (options === 'help') throw new Error('asked for help')
  return options
}

suite('options of a fleet', (test) => {
  test('without any it is the whole world, a day of it, an hour a minute', () => {
    const { sites, speed, durationMs, service, events, faults } = read()

    assert.is(sites.length, 19)
    assert.equal([speed, durationMs, service], [60, 86_400_000, undefined])
    assert.equal([events, faults], [[], []])
  })

  test('sites that events and faults name are among the few', () => {
    const { sites } = read('--nodes', '3', '--event', 'upwelling@W-08+6h', '--fault', 'spike@T-04')

    assert.equal(
      sites.map(({ code }) => code),
      ['W-01', 'W-08', 'T-04'],
    )
  })

  test('with a service that runs it keeps real time, until the signal', () => {
    const { speed, durationMs, service } = read('--data', 'there')

    assert.equal([speed, durationMs], [1, undefined])
    assert.equal(service?.address, { dataDir: 'there' })
    assert.equal(service?.broker, { host: '127.0.0.1', port: 1883 })
  })

  test('real time may have an end', () => {
    assert.is(read('--speed', '1', '--for', '30m').durationMs, 1_800_000)
    assert.is(read('--speed', '1').durationMs, undefined)
  })

  test('help is asked for with or without other options, and names every event and fault', () => {
    assert.is(readFleetOptions(['--nodes', '3', '--help'], {}), 'help')
    for (const { name } of [...EVENT_KINDS, ...FAULT_KINDS]) assert.match(USAGE, `    ${name} `)
  })

  const refused: [string[], RegExp][] = [
    [['--speed', '60', '--data', '.data'], /a service that runs keeps real time/],
    [['--speed', '2', '--url', 'http://localhost:8080'], /a service that runs keeps real time/],
    [['--speed', '0'], /--speed 0: expected a number from 1 to 120/],
    [['--speed', '1000'], /expected a number from 1 to 120/],
    [['--nodes', '20'], /--nodes 20: expected a whole number from 1 to 19/],
    [['--nodes', '1.5'], /expected a whole number/],
    [['--nodes', '1', '--event', 'storm@W-01', '--fault', 'stuck@W-02'], /name 2 sites/],
    [['--seed', 'x'], /--seed x: expected a whole number/],
    [['--for', '3'], /--for 3: 3 is no time/],
    [['--for', '0h'], /that is no time at all/],
    [['--event', 'tsunami@W-01'], /there is no event tsunami/],
    [['--fault', 'stuck:ph@T-01'], /there is no sensor of ph at T-01/],
    [['--token', 't'], /--token belongs to --url/],
    [['--mqtt', 'localhost'], /--mqtt belongs to --data or --url/],
    [['--data', 'a', '--url', 'http://localhost'], /not both/],
    [['--url', 'localhost'], /expected http/],
    [['--url', 'http://localhost', '--mqtt', 'mqtts://localhost'], /without TLS/],
    [['--sped', '2'], /Unknown option '--sped'/],
    [['W-01'], /Unexpected argument 'W-01'/],
  ]
  for (const [args, says] of refused) {
    test(`${args.join(' ')} is refused in one line`, () => {
      try {
        read(...args)
        assert.unreachable()
      } catch (error) {
        assert.instance(error, UsageError)
        const { message } = error as UsageError
        assert.match(message, says)
        assert.not.match(message, '\n')
      }
    })
  }
})
