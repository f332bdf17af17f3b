import * as assert from 'uvu/assert'
import { suite } from '../suite.js'
import { type AlarmsRig, alarmsRig, outbox, START_S, told } from './rig.js'

const NODES = ['meat-1', 'balige-1', 'porsea-1', 'parapat-1']
const STEP_S = 300
const HOUR_S = 3600
const DAY_S = 86_400
/** Nothing that lives stands still. */
const around = (oxygen: number) => (timeS: number) => {
  const wave = 0.02 * (Math.floor(timeS / STEP_S) % 7)
  return { dissolved_oxygen: oxygen + wave, water_temperature: 26 + wave }
}
const good = around(6.8)
const low = around(2.4)

async function someNodes(kind: 'real' | 'simulated' = 'simulated'): Promise<AlarmsRig> {
  const rig = await alarmsRig(kind)
  for (const node of NODES) await rig.addNode(node)
  await rig.alarms().tick()
  return rig
}

/** Those nodes send every five minutes, and the service looks every time. */
async function pass(rig: AlarmsRig, nodes: readonly string[], forS: number): Promise<void> {
  const endS = rig.clock.nowS + forS
  while (rig.clock.nowS < endS) {
    rig.clock.nowS += STEP_S
    for (const node of nodes)
      await rig.send(node, [{ timeS: rig.clock.nowS - 1, values: good(rig.clock.nowS) }])
    await rig.alarms().settled()
    await rig.alarms().tick()
  }
}

suite('silent nodes', (test) => {
  test('one node that is silent is told of once, and nobody is told when it is back', async () => {
    const rig = await someNodes()
    await pass(rig, NODES, HOUR_S)
    const others = NODES.slice(1)

    await pass(rig, others, 1500)
    assert.equal(await told(rig), [])
    await pass(rig, others, 2 * HOUR_S)
    await rig.restart()
    await pass(rig, others, HOUR_S)
    const [silent, ...more] = await outbox(rig)
    await pass(rig, NODES, HOUR_S)

    assert.is(silent?.node, 'meat-1')
    assert.is(silent?.rule, 'silence')
    assert.match(silent?.text ?? '', /Data terakhir diterima 2026-07-01 08:00 WIB/)
    assert.equal(more, [])
    assert.is((await told(rig)).length, 1)
    const open = await rig.rows('SELECT id FROM alarm WHERE cleared_at IS NULL')
    assert.equal(open, [])
    await rig.close()
  })

  test('the service’s own link down for an hour is one incident, restarts or not', async () => {
    const rig = await someNodes()
    await pass(rig, NODES, HOUR_S)

    await pass(rig, [], 1800)
    await rig.restart()
    await pass(rig, [], 1800)
    await pass(rig, NODES, HOUR_S)

    assert.equal(await told(rig), ['incident waspada raised'])
    const [incident] = await rig.rows<{ open: boolean }>(
      'SELECT cleared_at IS NULL AS open FROM alarm',
    )
    assert.equal(incident, { open: false })
    await rig.close()
  })

  test('after a start nobody is silent before one of its intervals has passed', async () => {
    const rig = await someNodes()
    await pass(rig, NODES, HOUR_S)
    rig.clock.nowS += DAY_S

    await rig.restart()
    await pass(rig, NODES, HOUR_S)

    assert.equal(await told(rig), [])
    await rig.close()
  })

  test('a node that returns after seven days with low oxygen long ago wakes nobody, and it is listed', async () => {
    const rig = await someNodes()
    await pass(rig, NODES, HOUR_S)
    const leftS = rig.clock.nowS
    rig.clock.nowS += 7 * DAY_S - HOUR_S
    await pass(rig, NODES.slice(1), HOUR_S)
    const before = await told(rig)

    for (let timeS = leftS; timeS < rig.clock.nowS; timeS += 100 * STEP_S) {
      const samples = Array.from({ length: 100 }, (_, index) => timeS + index * STEP_S)
        .filter((each) => each < rig.clock.nowS)
        .map((each) => ({ timeS: each, values: each < leftS + DAY_S ? low(each) : good(each) }))
      await rig.send('meat-1', samples)
      await rig.alarms().settled()
    }

    assert.equal(await told(rig), before)
    const listed = await rig.rows<{ tier: string; untold: string }>(
      `SELECT tier, untold FROM alarm WHERE quantity_id IS NOT NULL AND tier <> 'note'
       AND cleared_at IS NOT NULL ORDER BY tier`,
    )
    assert.equal(listed, [
      { tier: 'awas', untold: 'old' },
      { tier: 'siaga', untold: 'old' },
      { tier: 'waspada', untold: 'old' },
    ])
    await rig.close()
  })

  test('a node that returns while its oxygen is low does wake somebody', async () => {
    const rig = await someNodes()
    await pass(rig, NODES, HOUR_S)
    const leftS = rig.clock.nowS
    rig.clock.nowS += 6 * HOUR_S
    const samples = Array.from({ length: 72 }, (_, index) => ({
      timeS: leftS + index * STEP_S,
      values: low(leftS + index * STEP_S),
    }))

    await rig.send('meat-1', samples)
    await rig.alarms().settled()

    assert.equal(
      (await told(rig)).filter((line) => line.startsWith('oxygen ')),
      ['oxygen awas raised'],
    )
    await rig.close()
  })
})

suite('who is not told', (test) => {
  const fall = async (rig: AlarmsRig, node: string, times = 3) => {
    for (let index = 0; index < times; index++) {
      rig.clock.nowS += STEP_S
      await rig.send(node, [{ timeS: rig.clock.nowS - 1, values: low(rig.clock.nowS) }])
      await rig.alarms().settled()
    }
  }

  test('a simulated node in a real store alarms nobody; a real one beside it does', async () => {
    const rig = await alarmsRig('real')
    await rig.addNode('shadow-1', { simulated: true })
    await rig.addNode('meat-1', { simulated: false })
    await rig.alarms().tick()

    await fall(rig, 'shadow-1')
    assert.equal(await told(rig), [])
    await fall(rig, 'meat-1')

    assert.equal([...new Set((await outbox(rig)).map(({ node }) => node))], ['meat-1'])
    assert.not.match((await outbox(rig))[0]?.text ?? '', /SIMULASI/)
    await rig.close()
  })

  test('while people work at the site nobody is told, and what goes on is told when they are done', async () => {
    const rig = await alarmsRig()
    await rig.addNode('meat-1')
    await rig.alarms().tick()
    await rig.maintain('meat-1', rig.clock.nowS + HOUR_S)

    await fall(rig, 'meat-1', 6)
    assert.equal(await told(rig), [])
    rig.clock.nowS += HOUR_S
    await fall(rig, 'meat-1', 3)

    assert.equal(
      (await told(rig)).filter((line) => line.startsWith('oxygen ')),
      ['oxygen awas raised'],
    )
    await rig.close()
  })

  test('a value that is suspect says so', async () => {
    const rig = await alarmsRig()
    await rig.addNode('meat-1')
    await rig.alarms().tick()
    await rig.send('meat-1', [{ timeS: START_S - 600, values: good(START_S) }])

    await fall(rig, 'meat-1')

    const [first] = (await outbox(rig)).filter(({ rule }) => rule === 'oxygen')
    assert.match(first?.text ?? '', /Nilai perlu diperiksa\./)
    await rig.close()
  })
})
