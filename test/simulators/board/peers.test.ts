import assert from 'node:assert/strict'
import { MemoryNetwork } from '../../../simulators/board/networks/memory.js'
import { AtModem } from '../../../simulators/board/peers/at-modem.js'
import { Ds18b20 } from '../../../simulators/board/peers/ds18b20.js'
import { ModbusSonde } from '../../../simulators/board/peers/modbus-sonde.js'
import { suite } from '../../suite.js'
import { boardWith } from './fixture.js'

suite('the thermometer on the emulated board', (test) => {
  const SCRIPT = `
    var wire = new OneWire(D27)
    function convert() { wire.reset(); wire.skip(); wire.write(0x44, true) }
    function scratchpad() { wire.reset(); wire.skip(); wire.write(0xbe); return wire.read(9) }
    function raw() { var s = scratchpad(); return s[0] | (s[1] << 8) }
    function crc() {
      var c = 0, s = scratchpad()
      for (var i = 0; i < 9; i++) { c ^= s[i]; for (var b = 0; b < 8; b++) c = c & 1 ? (c >> 1) ^ 0x8c : c >> 1 }
      return c
    }
  `
  const rig = async () => {
    const board = await boardWith(SCRIPT)
    const water = { celsius: 26.5 }
    const probe = board.attach(new Ds18b20({ pin: 27, celsius: () => water.celsius }))
    return { board, water, probe }
  }

  test('says 85 degrees until it converted, then the temperature, with a right checksum', async () => {
    const { board } = await rig()
    assert.equal(board.evaluate('wire.reset()'), true)
    assert.equal(board.evaluate('raw()'), 85 * 16)

    board.evaluate('convert()')
    await board.advance(750)

    assert.equal(board.evaluate('raw()'), 26.5 * 16)
    assert.equal(board.evaluate('crc()'), 0)
  })

  test('is found by a search among others, and answers to its address only', async () => {
    const { board, probe } = await rig()
    const other = board.attach(new Ds18b20({ pin: 27, serial: '0f02030405ab', celsius: () => 4 }))
    const third = board.attach(new Ds18b20({ pin: 27, serial: '010203ff05aa', celsius: () => 5 }))

    const found = String(board.evaluate('wire.search().join()')).split(',')

    assert.deepEqual(found.sort(), [probe.rom, other.rom, third.rom].sort())
    board.evaluate(`wire.select('${other.rom}'); wire.write(0x44)`)
    await board.advance(750)
    const raw = (rom: string) =>
      board.evaluate(`wire.select('${rom}'); wire.write(0xbe); wire.read(2)[0]`)
    assert.deepEqual([raw(other.rom), raw(probe.rom)], [4 * 16, (85 * 16) & 0xff])
  })

  test('can be absent, spoil its checksum, lose its power or be stuck', async () => {
    const { board, water, probe } = await rig()
    const measured = async () => {
      board.evaluate('convert()')
      await board.advance(750)
      return board.evaluate('raw()')
    }
    await measured()
    water.celsius = 10

    probe.fault = 'stuck'
    assert.equal(await measured(), 26.5 * 16)
    probe.fault = 'no-conversion'
    assert.equal(await measured(), 85 * 16)
    probe.fault = 'bad-crc'
    assert.notEqual(board.evaluate('crc()'), 0)
    probe.fault = 'absent'
    assert.equal(board.evaluate('wire.reset()'), false)
    assert.equal(board.evaluate('wire.search().length'), 0)
  })
})

suite('the sonde on the emulated board', (test) => {
  const SCRIPT = `
    Serial2.setup(9600, { rx: D16, tx: D17 })
    var got = []
    Serial2.on('data', function (d) { for (var i = 0; i < d.length; i++) got.push(d.charCodeAt(i)) })
    function send(bytes) {
      var c = 0xffff
      bytes.forEach(function (x) { c ^= x; for (var b = 0; b < 8; b++) c = c & 1 ? (c >> 1) ^ 0xa001 : c >> 1 })
      got = []
      Serial2.write(bytes.concat([c & 255, c >> 8]))
    }
    function float(at) {
      return new DataView(new Uint8Array(got.slice(3 + at, 7 + at)).buffer).getFloat32(0)
    }
    function compensate(register, value) {
      var v = new DataView(new ArrayBuffer(4)); v.setFloat32(0, value)
      send([1, 16, 0, register, 0, 2, 4, v.getUint8(0), v.getUint8(1), v.getUint8(2), v.getUint8(3)])
    }
    D25.write(1)
  `
  const rig = async () => {
    const board = await boardWith(`print('off')`)
    const water = {
      celsius: 26.5,
      ph: 7.9,
      oxygenMgL: 7,
      conductivity: 170,
      turbidityNtu: 2,
      pressureHpa: 909,
    }
    const sonde = board.attach(new ModbusSonde({ tx: 17, rx: 16, power: 25, water: () => water }))
    board.evaluate(SCRIPT)
    await board.advance(10_000)
    const oxygen = async () => {
      board.evaluate('send([1, 3, 0, 0, 0, 2])')
      await board.advance(200)
      return Number(board.evaluate('float(0)'))
    }
    return { board, water, sonde, oxygen }
  }

  test('says the right oxygen only when it was told temperature and pressure', async () => {
    const { board, oxygen } = await rig()
    const atSeaLevel = await oxygen()

    board.evaluate('compensate(32, 26.5)')
    await board.advance(200)
    assert.equal(board.evaluate('got.length'), 8)
    board.evaluate('compensate(34, 909)')
    await board.advance(200)

    assert.equal(Math.abs((await oxygen()) - 7) < 0.001, true)
    assert.equal(atSeaLevel > 7.5, true)
  })

  test('forgets that with its power, and needs time to settle', async () => {
    const { board, oxygen } = await rig()
    board.evaluate('compensate(34, 909)')
    await board.advance(200)
    const told = await oxygen()

    board.evaluate('D25.write(0)')
    await board.advance(1_000)
    board.evaluate('D25.write(1)')
    await board.advance(1_000)
    const early = await oxygen()
    await board.advance(10_000)

    assert.equal(early < 0.3 * told, true)
    assert.equal((await oxygen()) > 1.1 * told, true)
  })

  test('answers to what it knows, and refuses the rest', async () => {
    const { board } = await rig()
    const answerTo = async (request: string) => {
      board.evaluate(`send(${request})`)
      await board.advance(500)
      return board.evaluate('got.slice(0, 3).join()')
    }

    assert.equal(await answerTo('[1, 3, 0, 4, 0, 6]'), '1,3,12')
    assert.equal(Math.round(10 * Number(board.evaluate('float(0)'))), 79)
    assert.equal(await answerTo('[1, 3, 0, 35, 0, 2]'), '1,131,2')
    assert.equal(await answerTo('[1, 5, 0, 0, 0, 1]'), '1,133,1')
    assert.equal(await answerTo('[2, 3, 0, 0, 0, 2]'), '')
  })

  test('can be silent, spoil its answers, fail or be stuck', async () => {
    const { board, sonde, water, oxygen } = await rig()
    const before = await oxygen()
    const bytes = async () => {
      await oxygen()
      return board.evaluate('got.join()')
    }
    const good = await bytes()

    sonde.fault = 'bad-crc'
    assert.notEqual(await bytes(), good)
    sonde.fault = 'garbage'
    assert.notEqual(String(await bytes()).split(',')[0], '1')
    sonde.fault = 'exception'
    assert.equal(String(await bytes()).startsWith('1,131,4'), true)
    sonde.fault = 'silent'
    assert.equal(await bytes(), '')
    sonde.fault = undefined
    await oxygen()
    sonde.fault = 'stuck'
    water.oxygenMgL = 3
    assert.equal(await oxygen(), before)
  })

  test('hears noise at another speed', async () => {
    const { board } = await rig()
    board.evaluate('Serial2.setup(19200, { rx: D16, tx: D17 }); send([1, 3, 0, 0, 0, 2])')

    await board.advance(500)

    assert.equal(board.evaluate('got.length'), 0)
    board.serial.send(16, Uint8Array.of(1, 2), 9600)
    await board.advance(500)
    assert.equal(board.evaluate('got.length'), 2)
    assert.notEqual(board.evaluate('got.join()'), '1,2')
  })
})

suite('the modem on the emulated board', (test) => {
  const SCRIPT = `
    Serial3.setup(115200, { rx: D18, tx: D19 })
    var got = ''
    Serial3.on('data', function (d) { got += d })
    function at(c) { got = ''; Serial3.write('AT' + c + '\\r') }
  `
  const rig = async (networkTime?: () => number | undefined) => {
    const network = new MemoryNetwork()
    network.serve('server', 7, (stream) => stream.on('data', (bytes) => stream.write(bytes)))
    const board = await boardWith(SCRIPT, { network })
    const modem = board.attach(
      new AtModem({ tx: 19, rx: 18, power: 26, ...(networkTime && { networkTime }) }),
    )
    const at = async (command: string, ms = 200) => {
      board.evaluate(`at(${JSON.stringify(command)})`)
      await board.advance(ms)
      return String(board.evaluate('got'))
        .trim()
        .split(/[\r\n]+/)
    }
    const start = async () => {
      board.evaluate('D26.write(1)')
      await board.advance(10_000)
      await at('E0')
    }
    const bearer = async () => {
      await start()
      await at('+CGATT=1', 2_000)
      await at('+CIPMODE=1;+CSTT="internet"')
      return await at('+CIICR', 3_000)
    }
    return { board, network, modem, at, start, bearer }
  }

  test('is deaf without supply and while it starts, then echoes until told not to', async () => {
    const { board, at } = await rig()
    assert.deepEqual(await at(''), [''])
    board.evaluate('D26.write(1)')
    await board.advance(1_000)
    assert.deepEqual(await at(''), [''])
    await board.advance(3_000)

    assert.deepEqual(await at(''), ['AT', 'OK'])
    await at('E0')
    assert.deepEqual(await at(''), ['OK'])
    assert.equal(board.stats.radioS > 4, true)
  })

  test('registers after a while, unless the network or the card is missing', async () => {
    const { board, at, modem } = await rig()
    board.evaluate('D26.write(1)')
    await board.advance(4_000)
    await at('E0')
    assert.deepEqual(await at('+CREG?'), ['+CREG: 0,2', 'OK'])
    await board.advance(5_000)
    assert.deepEqual(await at('+CREG?'), ['+CREG: 0,1', 'OK'])
    assert.deepEqual(await at('+CSQ'), ['+CSQ: 18,0', 'OK'])

    modem.fault = 'denied'
    assert.deepEqual(await at('+CREG?'), ['+CREG: 0,3', 'OK'])
    modem.fault = 'no-card'
    assert.deepEqual(await at('+CPIN?'), ['ERROR'])
    modem.fault = 'silent'
    assert.deepEqual(await at(''), [''])
  })

  test('is the connection from CONNECT on, whatever the bytes, without an echo', async () => {
    const { board, at, bearer } = await rig()
    assert.deepEqual(await bearer(), ['OK'])
    assert.deepEqual(await at('+CIFSR'), ['10.64.12.7'])
    assert.deepEqual(await at('+CIPSTART="TCP","server",7', 3_000), ['OK', 'CONNECT'])

    board.evaluate('got = ""; Serial3.write("AT\\r\\n+++\\0")')
    await board.advance(1_500)
    assert.equal(board.evaluate('got'), 'AT\r\n+++\0')
  })

  test('hears commands again after an escape between two seconds of silence, and then only', async () => {
    const { board, at, bearer } = await rig()
    await bearer()
    await at('+CIPSTART="TCP","server",7', 3_000)
    board.evaluate('got = ""; Serial3.write("data"); setTimeout(() => Serial3.write("+++"), 900)')
    await board.advance(3_000)
    assert.equal(board.evaluate('got'), 'data+++')

    board.evaluate('got = ""; Serial3.write("+++"); setTimeout(() => Serial3.write("data"), 900)')
    await board.advance(3_000)
    assert.equal(board.evaluate('got'), '+++data')

    board.evaluate('got = ""; Serial3.write("+++")')
    await board.advance(1_100)
    assert.equal(board.evaluate('got'), '\r\nOK\r\n')
    assert.deepEqual(await at('+CIPCLOSE'), ['CLOSE OK'])
    assert.deepEqual(await at('+CIPCLOSE'), ['ERROR'])
  })

  test('answers several commands in a line with one OK, and none behind one that fails', async () => {
    const { at, start } = await rig()
    await start()
    assert.deepEqual(await at('+CSQ;+CREG?'), ['+CSQ: 18,0', '+CREG: 0,1', 'OK'])
    assert.deepEqual(await at('+CIFSR;+CSQ'), ['ERROR'])
  })

  test('tells of a refused connection, a closed one and a lost bearer', async () => {
    const { board, network, modem, at, bearer } = await rig()
    assert.deepEqual(await at('+CIPSTART="TCP","server",7'), [''])
    await bearer()
    const refused = ['OK', 'STATE: TCP CLOSED', 'CONNECT FAIL']
    assert.deepEqual(await at('+CIPSTART="TCP","server",8', 3_000), refused)
    assert.deepEqual(await at('+CIPSTART="TCP","nowhere",7', 12_000), refused)

    await at('+CIPSTART="TCP","server",7', 3_000)
    board.evaluate('got = ""')
    network.reset('server')
    await board.advance(100)
    assert.equal(board.evaluate('got'), '\r\nCLOSED\r\n')
    board.evaluate('got = ""')
    modem.dropBearer()
    await board.advance(100)
    assert.equal(board.evaluate('got'), '\r\n+PDP: DEACT\r\n')
    assert.deepEqual(await at('+CIPSTART="TCP","server",7'), ['ERROR'])
  })

  test('knows the time only from the network, and in its zone', async () => {
    const unix = Date.UTC(2026, 7, 20, 8, 4, 5) / 1000
    const told = await rig(() => unix)
    told.board.evaluate('D26.write(1)')
    await told.board.advance(4_000)
    await told.at('E0')
    await told.at('+CLTS=1')
    await told.board.advance(6_000)
    assert.deepEqual(await told.at('+CCLK?'), ['+CCLK: "26/08/20,15:04:05+28"', 'OK'])

    const alone = await rig()
    await alone.start()
    assert.match((await alone.at('+CCLK?'))[0] ?? '', /^\+CCLK: "04\/01\/01,00:00:1\d\+00"$/)
  })
})
