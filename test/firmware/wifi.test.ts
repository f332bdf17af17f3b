import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { linkRig } from './link-rig.js'

/** Wi-Fi of an ESP32: calls back with an error text or null, or never. */
function fakeWifi(answer: string | null | 'never' | 'throws') {
  const wifi = {
    calls: [] as string[],
    late: [] as ((error: string | null) => void)[],
    connect(ssid: string, options: { password: string }, done: (error: string | null) => void) {
      wifi.calls.push(`connect ${ssid} ${options.password}`)
      if (answer === 'throws') throw new Error('No SSID provided')
      if (answer === 'never') wifi.late.push(done)
      else done(answer)
    },
    disconnect: () => void wifi.calls.push('disconnect'),
    getStatus: () => ({ rssi: -61 }),
  }
  return wifi
}

suite('Wi-Fi', (test) => {
  test('is on for a session only', async () => {
    const wifi = fakeWifi(null)
    const { link, node, timers } = await linkRig(undefined, { modules: { Wifi: wifi } })
    link.openSession(true)
    timers.run(60)
    assert.equal(wifi.calls, ['connect toba danau'])
    link.openSession(false)
    timers.run(60)
    assert.equal(wifi.calls, ['connect toba danau', 'disconnect'])
    assert.equal(node.endings, ['well'])
  })

  test('a wrong password ends the session', async () => {
    const wifi = fakeWifi('AUTH_FAIL')
    const { link, node, timers, sockets } = await linkRig(undefined, { modules: { Wifi: wifi } })
    link.openSession(false)
    timers.run(60)
    assert.equal(node.endings, ['wifi: AUTH_FAIL'])
    assert.is(sockets.length, 0)
    assert.is(wifi.calls.at(-1), 'disconnect')
    assert.is(timers.pending, 0)
  })

  test('an access point that never answers costs 30 s, and is not heard afterwards', async () => {
    const wifi = fakeWifi('never')
    const { link, node, timers, sockets } = await linkRig(undefined, { modules: { Wifi: wifi } })
    link.openSession(false)
    timers.run(29)
    assert.equal(node.endings, [])
    timers.run(2)
    assert.equal(node.endings, ['wifi: no answer'])
    assert.is(wifi.calls.at(-1), 'disconnect')

    link.openSession(false)
    wifi.late[0]?.(null)
    timers.run(5)
    assert.is(sockets.length, 0)
    wifi.late[1]?.(null)
    wifi.late[1]?.('AUTH_FAIL')
    timers.run(60)
    assert.equal(node.endings, ['wifi: no answer', 'well'])
  })

  test('a board that has no network name stored ends the session, too', async () => {
    const wifi = fakeWifi('throws')
    const { link, node, timers } = await linkRig(undefined, { modules: { Wifi: wifi } })
    link.openSession(false)
    timers.run(60)
    assert.equal(node.endings, ['Error: No SSID provided'])
    assert.is(timers.pending, 0)
  })

  test('a computer without Wi-Fi is online as it is', async () => {
    const { link, node, timers } = await linkRig()
    link.openSession(false)
    timers.run(60)
    assert.equal(node.endings, ['well'])
  })

  test('tells the signal of its access point, where there is one', async () => {
    const online = await linkRig(undefined, { modules: { Wifi: fakeWifi(null) } })
    const computer = await linkRig()
    assert.is(online.network.signal(), -61)
    assert.is(computer.network.signal(), undefined)
  })
})
