import * as assert from 'uvu/assert'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { calibrate, newSensor, OXYGEN, START_S } from '../store/sensor-history.js'
import { engines } from '../store-fixture.js'
import { suite } from '../suite.js'

for (const engine of engines()) {
  suite(`calibrating on the ${engine.name} engine`, (test, { before, after }) => {
    if (!engine.available) return test.skip('all tests', engine.why)
    let rig: Rig
    before(async () => {
      rig = await ingestRig(engine.name)
    })
    after(() => rig.close())

    const senderOf = (id: number, name: string) => ({
      id,
      name,
      trailerRequired: false,
      trailerKeys: [],
    })
    const oxygen = (id: number) =>
      rig.rows(
        'SELECT value, raw FROM reading WHERE node_id = $1 AND quantity_id = $2 ORDER BY time',
        [id, OXYGEN],
      )

    test('a frame is stored and told as its probe is calibrated; the rest of it stays', async () => {
      const { id, name, probeId } = await newSensor(rig.db, 'calibrated-frame')
      await calibrate(rig.db, probeId, { fromS: START_S + 200, gain: 1.1, offset: 0.2 })

      await rig.pipeline.submit(senderOf(id, name), oxygenFrame({ start: START_S + 100 }))

      // The second sample is taken after the calibration begins: 6.86 × 1.1 + 0.2 = 7.746
      assert.equal(await oxygen(id), [
        { value: 684, raw: null },
        { value: 775, raw: 686 },
      ])
      const told = rig.batches.flatMap(({ stored }) => stored).filter(({ nodeId }) => nodeId === id)
      assert.equal(
        told.map(({ quantityId, value }) => [quantityId, value]),
        [
          [1, 2580],
          [1, 2581],
          [OXYGEN, 684],
          [OXYGEN, 775],
        ],
      )
    })

    test('a frame that is sent again after a calibration is a repeat and no conflict', async () => {
      const { id, name, probeId } = await newSensor(rig.db, 'repeated-frame')
      const bytes = oxygenFrame({ start: START_S + 100 })
      await rig.pipeline.submit(senderOf(id, name), bytes)
      const before = rig.pipeline.balance().frames
      await calibrate(rig.db, probeId, { fromS: START_S + 1, gain: 1, offset: 1 })

      await rig.pipeline.submit(senderOf(id, name), bytes)

      const { repeated, rejected } = rig.pipeline.balance().frames
      assert.is(repeated, before.repeated + 1)
      assert.is(rejected, before.rejected)
      assert.equal(await oxygen(id), [
        { value: 784, raw: 684 },
        { value: 786, raw: 686 },
      ])
    })

    test('a rejected frame that is tried again is calibrated too', async () => {
      const { id, name, probeId } = await newSensor(rig.db, 'replayed-frame')
      await calibrate(rig.db, probeId, { fromS: START_S + 1, gain: 1, offset: 1 })
      const ahead = oxygenFrame({ start: rig.clock.seconds + 86_400 })
      await rig.pipeline.submit(senderOf(id, name), ahead)
      const [kept] = await rig.rows(
        'SELECT id::int AS id FROM rejected_frame WHERE node_id = $1 AND resolved_at IS NULL',
        [id],
      )

      const results = await rig.replayer.replay([Number(kept?.id)], { startTime: START_S + 100 })

      assert.equal(
        results.map(({ outcome }) => outcome),
        ['stored'],
      )
      assert.equal(await oxygen(id), [
        { value: 784, raw: 684 },
        { value: 786, raw: 686 },
      ])
    })
  })
}
