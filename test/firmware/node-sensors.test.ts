import * as assert from 'uvu/assert'
import type { Ds18b20Fault } from '../../simulators/board/peers/ds18b20.js'
import type { SondeFault } from '../../simulators/board/peers/modbus-sonde.js'
import { suite } from '../suite.js'
import { EPOCH_S, type NodeRig, nodeRig } from './node-rig.js'

const HOUR_S = 3600
const TEMPERATURE = 1
const PH = 2
const OXYGEN = 3
const FAULTS = 108
const POWER_PIN = 25

/** An hour in order, one with the fault, one in order again. */
async function threeHours(
  begin: (rig: NodeRig) => void,
  settings: Record<string, number> = {},
): Promise<NodeRig> {
  const rig = await nodeRig()
  rig.service.config = { revision: 1, settings }
  const hour = () => rig.board.advance(HOUR_S * 1000)
  await rig.board.powerOn()
  await rig.board.advance((HOUR_S + 60) * 1000)
  begin(rig)
  await hour()
  rig.thermometer.fault = undefined
  rig.sonde.fault = undefined
  await hour()
  await hour()
  return rig
}

/** Readings of a quantity from 1:00 (excluded) to 2:00 (included). */
function duringFault({ service }: NodeRig, quantity: number): number[] {
  return service
    .stored(quantity)
    .map(({ time }) => time - EPOCH_S)
    .filter((second) => second > HOUR_S && second <= 2 * HOUR_S)
}

/** Fault bits of the health samples on the hour. */
function faultBits({ service }: NodeRig, hour: number): number | undefined {
  return service.stored(FAULTS).find(({ time }) => Math.abs(time - EPOCH_S - hour * HOUR_S) < 60)
    ?.value
}

suite('a sensor that fails', (test) => {
  for (const fault of ['absent', 'grounded', 'bad-crc'] satisfies Ds18b20Fault[]) {
    test(`thermometer ${fault}: oxygen is refused without it, pH goes on, the bits come and go`, async () => {
      const rig = await threeHours(({ thermometer }) => {
        thermometer.fault = fault
      })
      assert.equal(duringFault(rig, TEMPERATURE), [])
      assert.equal(duringFault(rig, OXYGEN), [])
      assert.is(duringFault(rig, PH).length, 12)
      assert.is(faultBits(rig, 1), 0)
      assert.is(faultBits(rig, 2), 0b111)
      assert.is(faultBits(rig, 3), 0)
    })
  }

  test('thermometer at 85 degrees: passed on, but no base for oxygen', async () => {
    const rig = await threeHours(({ thermometer }) => {
      thermometer.fault = 'no-conversion'
    })
    assert.is(duringFault(rig, TEMPERATURE).length, 12)
    assert.equal(duringFault(rig, OXYGEN), [])
  })

  for (const celsius of [-5, 60]) {
    test(`thermometer at ${celsius} degrees: passed on, but no base for oxygen`, async () => {
      const rig = await threeHours(({ water }) => {
        water.celsius = celsius
      })
      assert.is(duringFault(rig, TEMPERATURE).length, 12)
      assert.equal(duringFault(rig, OXYGEN), [])
      assert.is(duringFault(rig, PH).length, 12)
    })
  }

  const PRESSURES: Record<string, Record<string, number>> = {
    'an altitude that no air reaches': { altitudeM: 90_500 },
    'an altitude below every shore': { altitudeM: -90_500 },
    'a pressure in pascals': { pressureHpa: 90_915 },
    'a pressure of zero': { pressureHpa: 0 },
    'a negative pressure': { pressureHpa: -909 },
  }
  for (const [name, settings] of Object.entries(PRESSURES)) {
    test(`${name} is no station pressure: oxygen is refused, the rest goes on`, async () => {
      const rig = await threeHours(() => {}, settings)
      const wrong = rig.service.stored(OXYGEN).filter(({ time }) => time > EPOCH_S + HOUR_S)
      assert.equal(
        wrong.map(({ value }) => value),
        [],
      )
      assert.is(duringFault(rig, TEMPERATURE).length, 12)
      assert.is(duringFault(rig, PH).length, 12)
      assert.is(rig.board.stats.uncaught, 0)
    })
  }

  test('a pressure that was told is the station’s, in place of that of its altitude', async () => {
    const rig = await threeHours(
      ({ water }) => {
        water.pressureHpa = 1000
      },
      { pressureHpa: 1000 },
    )
    const values = rig.service
      .stored(OXYGEN)
      .filter(({ time }) => time > EPOCH_S + HOUR_S + 60)
      .map(({ value }) => value / 100)
    assert.ok(values.length > 20)
    assert.ok(Math.max(...values.map((value) => Math.abs(value - 6.5))) < 0.03, String(values))
  })

  for (const fault of ['silent', 'bad-crc', 'garbage', 'exception'] satisfies SondeFault[]) {
    test(`sonde ${fault}: the temperature goes on, the bits come and go`, async () => {
      const rig = await threeHours(({ sonde }) => {
        sonde.fault = fault
      })
      assert.is(duringFault(rig, TEMPERATURE).length, 12)
      assert.equal([...duringFault(rig, OXYGEN), ...duringFault(rig, PH)], [])
      assert.is(faultBits(rig, 2), 0b110)
      assert.is(faultBits(rig, 3), 0)
      assert.is(rig.board.stats.boots.watchdog, 0)
    })
  }

  test('stuck sensors are passed on: judging them is the service’s part', async () => {
    const rig = await threeHours(({ sonde, thermometer }) => {
      sonde.fault = 'stuck'
      thermometer.fault = 'stuck'
    })
    assert.is(duringFault(rig, OXYGEN).length, 12)
    assert.is(faultBits(rig, 2), 0)
  })
})

suite('a lake station’s sensors', (test) => {
  test('oxygen is right at 905 m, where sea level would read 11 % high', async () => {
    const rig = await nodeRig()
    await rig.board.powerOn()
    await rig.board.advance((HOUR_S + 120) * 1000)
    const [first] = rig.service.stored(OXYGEN)
    assert.ok(
      Math.abs((first?.value ?? 0) / 100 - rig.water.oxygenMgL) < 0.03,
      String(first?.value),
    )
  })

  test('the sonde has no power while a session waits', async () => {
    const rig = await nodeRig()
    rig.network.setFault('broker.test', 'stall')
    await rig.board.powerOn()
    await rig.board.advance(25_000)
    assert.ok(rig.board.isAwake)
    assert.not.ok(rig.board.pins.level(POWER_PIN))
    assert.ok(rig.board.pins.highSeconds(POWER_PIN) < 13)
  })

  test('the sonde has power only while it warms up and is read', async () => {
    const rig = await nodeRig()
    await rig.board.powerOn()
    await rig.board.advance(HOUR_S * 1000 - 60_000)
    const perSample = rig.board.pins.highSeconds(POWER_PIN) / 12
    assert.ok(perSample > 10 && perSample < 13, String(perSample))
  })
})
