import * as assert from 'uvu/assert'
import { UsageError } from '../../../simulators/terminal.js'
import { parseEvent, parseFault } from '../../../simulators/world/happenings.js'
import { WORLD_SITES } from '../../../simulators/world/sites.js'
import { suite } from '../../suite.js'

const event = (text: string) => parseEvent(text, WORLD_SITES)
const fault = (text: string) => parseFault(text, WORLD_SITES)

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'accepted'
}

suite('events and faults as they are written', (test) => {
  test('an event has a place, a beginning and a duration', () => {
    const { kind, site, afterS, durationS } = event('upwelling@W-08+6h/1.5d')

    assert.equal([kind.name, site?.code, afterS, durationS], ['upwelling', 'W-08', 21_600, 129_600])
  })

  test('without times it begins at once and lasts as long as its kind does', () => {
    const { afterS, durationS } = event('bloom@W-01')

    assert.equal([afterS, durationS], [0, undefined])
  })

  test('a site may be named as on the map or as in the service, in any case', () => {
    assert.is(event('bloom@w-08').site?.code, 'W-08')
    assert.is(event('bloom@Meat').site?.code, 'W-08')
  })

  test('weather needs no site, what happens at one place does', () => {
    assert.is(event('haze+90m').site, undefined)
    assert.match(
      refusal(() => event('upwelling+6h')),
      'say where, as in upwelling@SITE; it can happen at W-01',
    )
  })

  test('a fault befalls one quantity, or all that it can', () => {
    const { kind, site, quantity, afterS } = fault('stuck:ph@W-02+45s')

    assert.equal([kind.name, site.code, quantity, afterS], ['stuck', 'W-02', 'ph', 45])
    assert.is(fault('fouling@W-02').quantity, undefined)
  })

  const refused: [string, () => unknown, RegExp][] = [
    [
      'an unknown event',
      () => event('upweling@W-08'),
      /no event upweling; there is upwelling, upwelling-slow, bloom/,
    ],
    ['an unknown fault', () => fault('rust@W-08'), /no fault rust; there is drift, fouling, stuck/],
    ['an unknown site', () => event('storm@W-99'), /no site W-99; there is W-01, W-02/],
    [
      'an event where it cannot be',
      () => event('bloom@T-01'),
      /T-01 is a road site; bloom can happen at W-01/,
    ],
    [
      'a quantity that the site has not',
      () => fault('stuck:pm2_5@W-02'),
      /no sensor of pm2_5 at W-02; there is water_temperature, ph/,
    ],
    [
      'a quantity that the fault spares',
      () => fault('fouling:water_level@W-02'),
      /does not befall water_level; there is ph/,
    ],
    [
      'a fault that befalls nothing there',
      () => fault('fouling@A-01'),
      /A-01 has no sensor that fouling befalls: dissolved_oxygen/,
    ],
    ['a time without a unit', () => event('storm@W-01+6'), /6 is no time; write it like 90s/],
    ['a duration of nothing', () => event('storm@W-01/0h'), /0h is no time at all/],
    ['a fault without a site', () => fault('stuck:ph'), /expected NAME\[:QUANTITY\]@SITE/],
    ['an event with a quantity', () => event('storm:ph@W-01'), /expected NAME@SITE/],
    ['text of another form', () => event('storm@@W-01'), /expected NAME@SITE/],
  ]
  for (const [what, act, says] of refused) {
    test(`${what} is refused in one line that names what there is`, () => {
      const message = refusal(act)

      assert.match(message, says)
      assert.not.match(message, '\n')
    })
  }
})
