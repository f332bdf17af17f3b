import * as assert from 'uvu/assert'
import { WHY, whyWords } from '../../shared/schema/flags.js'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { engines } from '../store-fixture.js'
import { suite } from '../suite.js'

for (const engine of engines()) {
  suite(`flags of frames on the ${engine.name} engine`, (test, { before, after }) => {
    if (!engine.available) return test.skip('all tests', engine.why)
    let rig: Rig
    before(async () => {
      rig = await ingestRig(engine.name)
    })
    after(() => rig.close())

    /** A node that sends oxygen from `start`, in hundredths of mg/L, one sample each five minutes. */
    const lakeNode = async (name: string) => {
      const { id } = await rig.addNode(name)
      const sender = { id, name, trailerRequired: false, trailerKeys: [] }
      const start = rig.clock.seconds - 86_400
      let seq = 0
      const flags = (rows: Record<string, unknown>[]) =>
        rows.map(({ flag, why }) => `${flag} ${whyWords(Number(why)).join(' ')}`.trim())
      return {
        id,
        /** Sends values that were measured from the sample numbered `from` on. */
        send: (from: number, ...values: number[]) =>
          rig.pipeline.submit(
            sender,
            oxygenFrame({ start: start + from * 300, seq: seq++, values }),
          ),
        stored: async () =>
          flags(
            await rig.rows(
              'SELECT flag, why FROM reading WHERE node_id = $1 AND quantity_id = 3 ORDER BY time',
              [id],
            ),
          ),
        latest: async () =>
          flags(
            await rig.rows('SELECT flag, why FROM latest WHERE node_id = $1 AND quantity_id = 3', [
              id,
            ]),
          ),
      }
    }

    test('a spike is known as one when the next reading comes', async () => {
      const node = await lakeNode('flag-spike')

      await node.send(0, 684, 686, 900)
      assert.equal(await node.stored(), ['1', '1', '3 rate'])
      await node.send(3, 685)

      assert.equal(await node.stored(), ['1', '1', '3 spike rate', '3 rate'])
    })

    test('what comes late changes the flags around it, of the latest reading too', async () => {
      const node = await lakeNode('flag-late')
      await node.send(0, 684)
      await node.send(3, 900)
      assert.equal(await node.latest(), ['3 rate'])

      await node.send(1, 760, 830)

      assert.equal(await node.stored(), ['1', '3 rate', '3 rate', '3 rate'])
      await node.send(4, 900)
      await node.send(6, 700)
      assert.equal(await node.latest(), ['3 rate'])
      await node.send(5, 699)
      assert.equal(await node.latest(), ['1'])
    })

    test('a breakdown of oxygen is told as suspect, never as failed', async () => {
      const node = await lakeNode('flag-upwelling')

      await node.send(0, 720, 718, 310, 40, 5, ...Array.from({ length: 100 }, () => 0), 450)

      const flags = await node.stored()
      assert.equal(
        flags.filter((flag) => flag.startsWith('4')),
        [],
      )
      assert.is(flags[2], '3 rate')
      assert.is(flags[90], '3 flat')
    })

    test('a value out of range is no neighbour, and the frame sent again changes nothing', async () => {
      const node = await lakeNode('flag-repeat')
      await node.send(0, 684, -999_900, 685)
      await node.send(0, 684, -999_900, 685)

      assert.equal(await node.stored(), ['1', '4 range', '1'])
    })

    test('a committed batch tells the flags that were stored', async () => {
      const node = await lakeNode('flag-told')
      await node.send(1, 900)
      await node.send(0, 684)

      const told = rig.batches
        .flatMap((batch) => batch.stored)
        .filter(({ nodeId, quantityId }) => nodeId === node.id && quantityId === 3)
      assert.equal(
        told.map(({ value, flag, why }) => [value, flag, why]),
        [
          [900, 1, 0],
          [684, 1, 0],
        ],
      )
      assert.equal(await node.stored(), ['1', '3 rate'])
    })

    test('a frame from a doubted clock keeps that reason beside those of the tests', async () => {
      const { id } = await rig.addNode('flag-clock')
      const sender = { id, name: 'flag-clock', trailerRequired: false, trailerKeys: [] }
      await rig.pipeline.submit(
        sender,
        oxygenFrame({ start: rig.clock.seconds, values: [684, 900] }),
      )

      const rows = await rig.rows(
        'SELECT flag, why FROM reading WHERE node_id = $1 AND quantity_id = 3 ORDER BY time',
        [id],
      )
      assert.equal(rows, [
        { flag: 1, why: 0 },
        { flag: 3, why: WHY.clock | WHY.rate },
      ])
    })
  })
}
