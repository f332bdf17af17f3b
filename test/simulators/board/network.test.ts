import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { MemoryNetwork } from '../../../simulators/board/networks/memory.js'
import { TcpNetwork } from '../../../simulators/board/networks/tcp.js'
import { suite } from '../../suite.js'
import { boardWith, HOME } from './fixture.js'

/** Joins the network, then runs `then`; what happens to sockets is told in `seen`. */
function online(then: string): string {
  return `
    var seen = []
    var socket
    function see(what) { seen.push(what) }
    function watch(socket) {
      socket.on('data', function (d) { see('data ' + d) })
      socket.on('end', function () { see('end') })
      socket.on('error', function (e) { see('error ' + e.code + ' ' + e.message) })
      socket.on('close', function (e) { see('close ' + e) })
      return socket
    }
    function attempt(f) { try { return f() } catch (e) { see(String(e)) } }
    require('Wifi').connect('home', { password: 'right' }, function (error) { if (error === null) { ${then} } })
  `
}

const CONNECT = `socket = attempt(function () {
  return watch(require('net').connect({ host: 'server', port: 7 }, function (s) { see('connected'); s.write('hello') }))
})`

function echo(): MemoryNetwork {
  const network = new MemoryNetwork()
  network.serve('server', 7, (stream) => stream.on('data', (bytes) => stream.write(bytes)))
  return network
}

suite('Wi-Fi of the emulated board', (test) => {
  const join = (password: string) => `
    var seen = []
    var wifi = require('Wifi')
    wifi.on('connected', function (d) { seen.push('connected ' + d.ip) })
    wifi.on('disconnected', function (d) { seen.push('disconnected ' + d.reason) })
    wifi.connect('home', { password: '${password}' }, function (e) { seen.push(e + ' after ' + getTime()) })
  `

  test('takes seconds to join, and says so once', async () => {
    const board = await boardWith(join('right'), { accessPoints: [HOME] })

    await board.advance(60_000)

    assert.equal(board.evaluate('seen.join()'), 'null after 3.4,connected 192.0.2.50')
    assert.equal(board.evaluate('wifi.getStatus().rssi'), -61)
    assert.equal(board.evaluate('wifi.getDetails().status'), 'connected')
    assert.equal(board.evaluate('wifi.getDetails().rssi'), undefined)
  })

  test('tells a wrong password and a missing network after its own attempts', async () => {
    const wrong = await boardWith(join('wrong'), { accessPoints: [HOME] })
    const alone = await boardWith(join('right'))

    await wrong.advance(60_000)
    await alone.advance(60_000)

    assert.equal(wrong.evaluate('seen.join()'), 'disconnected 15,4WAY_HANDSHAKE_TIMEOUT after 12.4')
    assert.equal(alone.evaluate('seen.join()'), 'disconnected 201,NO_AP_FOUND after 6.4')
    assert.equal(alone.stats.radioS, 6)
  })

  test('comes back by itself when the access point was gone for a moment only', async () => {
    const board = await boardWith(join('right'), { accessPoints: [HOME] })
    await board.advance(10_000)

    board.air.remove('home')
    await board.advance(7_000)
    board.air.add(HOME)
    await board.advance(20_000)

    assert.equal(board.evaluate('wifi.getStatus().station'), 'connected')
    assert.equal(
      board.evaluate('seen.filter(function (s) { return s.includes("disc") }).length'),
      0,
    )
  })

  test('says that it is disconnected when the access point stays away', async () => {
    const board = await boardWith(join('right'), { accessPoints: [HOME] })
    await board.advance(10_000)

    board.air.remove('home')
    await board.advance(60_000)

    assert.equal(board.evaluate('seen[2]'), 'disconnected 201')
    assert.equal(board.evaluate('wifi.getStatus().station'), 'NO_AP_FOUND')
  })

  test('switches the radio off, calling back twice as the board does', async () => {
    const board = await boardWith(join('right'), { accessPoints: [HOME] })
    await board.advance(9_600)

    board.evaluate('wifi.disconnect(function () { seen.push("off") })')
    await board.advance(10_000)

    assert.equal(board.evaluate('seen.slice(2).join()'), 'off,off,disconnected 8')
    assert.equal(Math.round(board.stats.radioS * 10), 96)
  })
})

suite('net of the emulated board', (test) => {
  test('carries bytes both ways and closes', async () => {
    const board = await boardWith(online(CONNECT), { network: echo(), accessPoints: [HOME] })
    await board.advance(10_000)
    assert.equal(board.evaluate('seen.join()'), 'connected,data hello')

    board.evaluate('socket.end(); attempt(function () { socket.write("late") })')
    await board.advance(1_000)

    assert.equal(
      board.evaluate('seen.slice(2).join()'),
      'Error: This socket is closed,end,close false',
    )
  })

  test('sends what was written before it ends', async () => {
    const network = new MemoryNetwork()
    let received = ''
    network.serve('server', 7, (stream) =>
      stream.on('data', (bytes) => {
        received += bytes
      }),
    )
    const script = online(`${CONNECT}; socket.write('a'); socket.end('b')`)
    const board = await boardWith(script, { network, accessPoints: [HOME] })

    await board.advance(10_000)

    assert.equal(received, 'ab')
    assert.equal(network.openConnections('server'), 0)
  })

  test('gives the firmware at most 536 bytes at a time', async () => {
    const network = new MemoryNetwork()
    network.serve('server', 7, (stream) => stream.write('x'.repeat(1200)))
    const board = await boardWith(online(CONNECT), { network, accessPoints: [HOME] })

    await board.advance(10_000)

    const lengths =
      'seen.filter(function (s) { return s.startsWith("data") }).map(function (s) { return s.length - 5 }).join()'
    assert.equal(board.evaluate(lengths), '536,536,128')
  })

  test('throws where a name is unknown, nobody listens or Wi-Fi is off', async () => {
    const network = echo()
    const board = await boardWith(
      online(`
        attempt(function () { require('net').connect({ host: 'nowhere', port: 7 }) })
        attempt(function () { require('net').connect({ host: 'server', port: 8 }) })
        require('Wifi').disconnect()
        setTimeout(function () { attempt(function () { require('net').connect({ host: '192.0.2.9', port: 7 }) }) }, 1000)
      `),
      { network, accessPoints: [HOME] },
    )

    await board.advance(10_000)

    assert.equal(
      board.evaluate('seen.join()'),
      'InternalError: Unable to locate host,InternalError: Unable to create socket,InternalError: Unable to create socket',
    )
  })

  test('blocks until it gives up on a server that does not answer, which the watchdog may not bear', async () => {
    const network = echo()
    network.setFault('server', 'unreachable')
    const patient = await boardWith(online(`${CONNECT}; see(getTime())`), {
      network,
      accessPoints: [HOME],
    })
    await patient.advance(100_000)
    assert.equal(patient.evaluate('seen.join()'), 'InternalError: Unable to create socket,78.4')

    const other = echo()
    other.setFault('server', 'unreachable')
    const guarded = await boardWith(`E.enableWatchdog(60, true); ${online(CONNECT)}`, {
      network: other,
      accessPoints: [HOME],
    })
    await guarded.advance(64_000)
    assert.equal(guarded.stats.boots.watchdog, 1)
  })

  test('hears nothing of a half-open connection, and later what was stalled', async () => {
    const network = echo()
    const board = await boardWith(online(CONNECT), { network, accessPoints: [HOME] })
    await board.advance(10_000)

    network.setFault('server', 'half-open')
    board.evaluate('socket.write("lost")')
    await board.advance(60_000)
    network.setFault('server', 'stall')
    board.evaluate('socket.write("late")')
    await board.advance(60_000)
    assert.equal(board.evaluate('seen.length'), 2)

    network.setFault('server', undefined)
    await board.advance(1_000)
    assert.equal(board.evaluate('seen[2]'), 'data late')
  })

  test('tells a reset like an ordinary end, an error only when data was left', async () => {
    const network = echo()
    const board = await boardWith(online(CONNECT), { network, accessPoints: [HOME] })
    await board.advance(10_000)

    network.reset('server')
    await board.advance(1_000)

    assert.equal(board.evaluate('seen.slice(2).join()'), 'end,close false')
  })

  test('leaves the other end with an open connection when power fails', async () => {
    const network = echo()
    let isEnded = false
    network.serve('server', 7, (stream) =>
      stream.on('close', () => {
        isEnded = true
      }),
    )
    const board = await boardWith(online(CONNECT), { network, accessPoints: [HOME] })
    await board.advance(10_000)

    board.cutPower()
    await board.advance(60_000)

    assert.equal(isEnded, false)
  })

  test('asks by datagram and gets the answer with its sender', async () => {
    const network = new MemoryNetwork()
    network.serveDatagrams('pool', 123, (bytes) => Buffer.from(`to ${Buffer.from(bytes)}`))
    const script = online(`
      var udp = require('dgram').createSocket('udp4')
      udp.on('message', function (text, from) { see(text + ' ' + from.address + ':' + from.port); udp.close() })
      udp.on('close', function () { see('closed') })
      udp.send('ask', 123, 'pool')
      udp.send('nobody', 123, 'nowhere')
    `)
    const board = await boardWith(script, { network, accessPoints: [HOME] })

    await board.advance(10_000)

    assert.equal(board.evaluate('seen.join()'), 'to ask pool:123,closed')
  })

  test('reaches real services, and lets no time limit run ahead of them', async () => {
    const server = createServer((socket) => {
      // Real time: the firmware's limit of 5 s would be over in a few milliseconds of it.
      socket.on('data', (bytes) => setTimeout(() => socket.write(bytes), 40))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const script = online(`
      socket = watch(require('net').connect({ host: '127.0.0.1', port: ${port} }, function (s) { s.write('hello') }))
      var limit = setTimeout(function () { see('too late') }, 5000)
      socket.on('data', function () { clearTimeout(limit); socket.end() })
    `)
    const board = await boardWith(script, { network: new TcpNetwork(), accessPoints: [HOME] })

    const startedAt = performance.now()
    await board.advance(3600_000)

    assert.equal(board.evaluate('seen.join()'), 'data hello,end,close false')
    assert.equal(performance.now() - startedAt < 3_000, true)
    server.close()
  })

  test('runs into its time limits when a real service is frozen', async () => {
    const server = createServer((socket) => socket.resume())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const script = online(`
      socket = watch(require('net').connect({ host: '127.0.0.1', port: ${port} }, function (s) { s.write('hello') }))
      setTimeout(function () { see('too late'); socket.end() }, 20000)
    `)
    const network = new TcpNetwork({ speed: 100, patienceMs: 50 })
    const board = await boardWith(script, { network, accessPoints: [HOME] })

    await board.advance(3600_000)

    assert.equal(board.evaluate('seen.join()'), 'too late,end,close false')
    server.close()
  })
})
