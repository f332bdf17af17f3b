import assert from 'node:assert/strict'
import { BOOT_MS } from '../../../simulators/board/board.js'
import { suite } from '../../suite.js'
import { boardWith } from './fixture.js'

const MINUTE_MS = 60_000

suite('the emulated board', (test) => {
  test('runs timers in order by its own clock, and intervals at their rate', async () => {
    const board = await boardWith(`
      var ran = []
      setTimeout(function () { ran.push('b' + getTime()) }, 2000)
      setTimeout(function () { ran.push('a' + getTime()) }, 1000)
      var n = 0
      setInterval(function () { n++ }, 100)
    `)

    await board.advance(10_000)

    assert.equal(board.evaluate('ran.join()'), 'a1.4,b2.4')
    assert.equal(board.evaluate('n'), 100)
  })

  test('gives the id of a timer that ran to the next one', async () => {
    const board = await boardWith('var first = setTimeout(function () {}, 10)')

    await board.advance(20)

    assert.equal(board.evaluate('setTimeout(function () {}, 10) - first'), 0)
  })

  test('changes an interval, and stops it', async () => {
    const board = await boardWith(
      'var n = 0; var id = setInterval(function () { if (++n === 5) clearInterval(id) }, 1000); changeInterval(id, 100)',
    )

    await board.advance(450)
    assert.equal(board.evaluate('n'), 4)
    await board.advance(10_000)
    assert.equal(board.evaluate('n'), 5)
  })

  test('starts .boot0 before .bootcde, then init and onInit', async () => {
    const board = await boardWith(
      "print('code'); E.on('init', function () { print('init') }); function onInit() { print('onInit') }",
    )
    board.writeFile('.boot0', "print('zero')")
    board.console.length = 0

    await board.powerOn()

    assert.deepEqual(board.console, ['zero', 'code', 'init', 'onInit'])
  })

  test('wakes from deep sleep as after a reset, with the clock running on', async () => {
    const board = await boardWith(`
      print(ESP32.getWakeupCause(), getTime())
      var ram = 1
      setTimeout(function () { ESP32.deepSleep(10e6); print('never') }, 1000)
      setTimeout(function () { print('not this either') }, 5000)
    `)

    await board.advance(1000)
    assert.equal(board.isAwake, false)
    await board.advance(10_000 + BOOT_MS)

    assert.deepEqual(board.console, ['0 0.4', '4 11.8'])
    assert.equal(board.stats.boots['deep-sleep'], 1)
  })

  test('never wakes from a sleep over 35 minutes, whose microseconds no longer fit', async () => {
    const board = await boardWith('ESP32.deepSleep(36 * 60e6)')

    await board.advance(24 * 60 * MINUTE_MS)

    assert.equal(board.isAwake, false)
    assert.equal(board.stats.boots['deep-sleep'], 0)
  })

  test('wakes at once from a sleep of 0', async () => {
    const board = await boardWith('if (ESP32.getWakeupCause() !== 4) ESP32.deepSleep(0)')

    await board.advance(BOOT_MS)

    assert.equal(board.isAwake, true)
  })

  test('reboots without a wake-up cause, and forgets RAM but no file', async () => {
    const board = await boardWith(`
      var S = require('Storage')
      var count = (S.readJSON('count') || 0) + 1
      S.write('count', String(count))
      if (count < 3) setTimeout(function () { ESP32.reboot() }, 1000)
    `)

    await board.advance(MINUTE_MS)

    assert.equal(board.readFile('count'), '3')
    assert.equal(board.stats.boots.reboot, 2)
    assert.equal(board.evaluate('ESP32.getWakeupCause()'), 0)
  })

  test('is reset by its watchdog when nothing feeds it', async () => {
    const board = await boardWith(`
      E.enableWatchdog(30, false)
      var feed = setInterval(function () { E.kickWatchdog() }, 10000)
      setTimeout(function () { clearInterval(feed) }, 120000)
    `)

    await board.advance(2 * MINUTE_MS)
    assert.equal(board.stats.boots.watchdog, 0)
    await board.advance(MINUTE_MS)
    assert.equal(board.stats.boots.watchdog, 1)
  })

  test('leaves an automatic watchdog to its idle loop', async () => {
    const board = await boardWith('E.enableWatchdog(30, true)')

    await board.advance(60 * MINUTE_MS)

    assert.equal(board.stats.boots.watchdog, 0)
  })

  test('runs nothing of a life whose power was cut', async () => {
    const board = await boardWith(`
      var S = require('Storage')
      var n = 0
      setInterval(function () { S.write('n', String(++n)) }, 1000)
    `)

    await board.advance(3500)
    board.cutPower()
    await board.advance(MINUTE_MS)

    assert.equal(board.readFile('n'), '3')
    assert.equal(board.isAwake, false)
  })

  test('lets no catch of the firmware outlive a power cut', async () => {
    const board = await boardWith(`
      var S = require('Storage')
      setTimeout(function () {
        for (var i = 0; i < 5; i++) {
          try { S.write('a' + i, 'data') } catch (e) { try { S.write('b' + i, 'data') } catch (f) {} }
        }
        print('on it went')
      }, 1000)
    `)
    board.flash.cutAfter(40)

    await board.advance(2000)

    const names = board.storage.list().map(({ name }) => name)
    assert.deepEqual(
      names.filter((name) => name.startsWith('b')),
      [],
    )
    assert.equal(names.includes('a4'), false)
    assert.equal(board.console.includes('on it went'), false)
    assert.equal(board.stats.uncaught, 0)
  })

  test('begins to count time anew after power was away', async () => {
    const board = await boardWith('var startedAt = getTime()')
    await board.advance(MINUTE_MS)

    await board.powerOn()

    assert.equal(board.evaluate('startedAt'), BOOT_MS / 1000)
    assert.equal(board.stats.boots['power-on'], 2)
  })

  test('tells and counts errors that nobody caught, and goes on', async () => {
    const board = await boardWith(`
      var heard = 0
      process.on('uncaughtException', function () { heard++ })
      setInterval(function () { throw new Error('wrong') }, 1000)
    `)

    await board.advance(2500)

    assert.equal(board.stats.uncaught, 2)
    assert.equal(board.evaluate('heard'), 2)
    assert.equal(board.console[0], 'Uncaught Error: wrong')
  })

  test('counts seconds awake, with the radio on and with a pin high', async () => {
    const board = await boardWith(
      `
      D25.write(1)
      require('Wifi').connect('nobody', { password: '' }, function () {})
      setTimeout(function () { ESP32.deepSleep(100e6) }, 20000)
    `,
    )

    await board.advance(60_000)

    const { awakeS, radioS } = board.stats
    assert.deepEqual({ awakeS, radioS }, { awakeS: 20.4, radioS: 6 })
    assert.equal(board.pins.highSeconds(25), 20)
  })

  test('counts what is programmed into flash and what is erased', async () => {
    const board = await boardWith(';')
    const before = board.stats

    board.writeFile('a', '12345')
    board.storage.erase('a')
    board.storage.compact()

    const { programmedBytes, erasedPages } = board.stats
    assert.equal(programmedBytes > before.programmedBytes + 32 + 5 + 4, true)
    assert.equal(erasedPages - before.erasedPages, 1)
  })

  test('sees a firmware that keeps something each second, and one that does not', async () => {
    const keeping = await boardWith(
      'var kept = []; setInterval(function () { kept.push({}) }, 1000)',
    )
    const flat = await boardWith('var last; setInterval(function () { last = {} }, 1000)')
    await flat.advance(10_000)
    const grown = async (board: typeof flat) => {
      const before = board.countObjects()
      await board.advance(100_000)
      return board.countObjects() - before
    }

    assert.equal(await grown(keeping), 100)
    assert.equal(await grown(flat), 0)
  })

  test('gives the same random numbers for the same seed', async () => {
    const numbers = async (seed: number) =>
      (await boardWith(';', { seed })).evaluate('Math.random() + "," + E.hwRand()')

    assert.equal(await numbers(5), await numbers(5))
    assert.notEqual(await numbers(5), await numbers(6))
  })

  test('simulates a week of busy timers in seconds', async () => {
    const board = await boardWith('var n = 0; setInterval(function () { n++ }, 1000)')

    await board.advance(7 * 24 * 3600 * 1000)

    assert.equal(board.evaluate('n'), 7 * 24 * 3600)
  })
})

suite('the pins of the emulated board', (test) => {
  test('tells a watch of the edges it asked for, with their time', async () => {
    const board = await boardWith(`
      var seen = []
      setWatch(function (e) { seen.push(e.state + '@' + e.time) }, D4, { repeat: true, edge: 'rising' })
    `)
    board.pins.drive(4, true)
    await board.advance(100)
    board.pins.drive(4, false)
    await board.advance(100)
    board.pins.drive(4, true)
    await board.advance(100)

    assert.equal(board.evaluate('seen.join()'), 'true@0.4,true@0.6')
  })

  test('overlooks what does not last as long as the debouncing', async () => {
    const board = await boardWith(
      'var n = 0; setWatch(function () { n++ }, D4, { repeat: true, edge: "rising", debounce: 10 })',
    )
    board.pins.drive(4, true)
    await board.advance(5)
    board.pins.drive(4, false)
    await board.advance(50)
    assert.equal(board.evaluate('n'), 0)

    board.pins.drive(4, true)
    await board.advance(50)
    assert.equal(board.evaluate('n'), 1)
  })

  test('reads fractions of its range, except from the second converter while Wi-Fi is on', async () => {
    const board = await boardWith(';')
    board.pins.setAnalog(34, 0.5)
    board.pins.setAnalog(4, 0.25)

    assert.equal(board.evaluate('analogRead(D34)'), 0.5)
    assert.equal(board.evaluate('analogRead(D4)'), 0.25)
    board.evaluate('require("Wifi").connect("x", {}, function () {})')
    assert.equal(board.evaluate('analogRead(D34)'), 0.5)
    assert.equal(board.evaluate('isNaN(analogRead(D4))'), true)
  })

  test('ends no pulse of a life that is over', async () => {
    const board = await boardWith('digitalPulse(D25, 0, 1000)')
    await board.advance(500)

    board.cutPower()
    await board.advance(5_000)

    assert.equal(board.pins.level(25), false)
  })

  test('puts nothing out any more in deep sleep', async () => {
    const board = await boardWith(
      'D25.write(1); setTimeout(function () { ESP32.deepSleep(60e6) }, 1000)',
    )
    assert.equal(board.pins.level(25), true)

    await board.advance(2000)

    assert.equal(board.pins.level(25), false)
  })
})
