import * as assert from 'uvu/assert'
import { type Item, Lane } from '../../ingest/pipeline/lane.js'
import { suite } from '../suite.js'

const READINGS_PER_FRAME = 60

function frame(): Item {
  const readings = Array.from({ length: READINGS_PER_FRAME }, (_, at) => ({
    nodeId: 1,
    quantityId: 1,
    position: 0,
    time: at * 300,
    value: 2580,
    raw: null,
    flag: 2,
    why: 0,
  }))
  const bytes = new Uint8Array(40)
  return {
    sender: { id: 1, name: 'lane', trailerRequired: false, trailerKeys: [] },
    bytes,
    arrivedAt: 0,
    since: 0,
    work: { frame: { nodeId: 1, boot: 1, seq: 1, undated: false, bytes, receivedAt: 0, readings } },
    readings: READINGS_PER_FRAME,
    settled: false,
    resolve: () => {},
    reject: () => {},
  }
}

function fullLane(): Lane {
  const lane = new Lane()
  for (let at = 0; at < 1000; at++) lane.push(frame())
  return lane
}

suite('batches of a lane', (test) => {
  test('hold ten thousand readings, and half of that after one that took long', () => {
    const lane = fullLane()

    assert.is(lane.take().length, Math.floor(10_000 / READINGS_PER_FRAME))
    lane.took(2000)

    assert.is(lane.take().length, Math.floor(5000 / READINGS_PER_FRAME))
  })

  test('grow again when they are quick, and stay where they are in between', () => {
    const lane = fullLane()
    lane.took(2000)
    lane.took(1000)
    assert.is(lane.take().length, Math.floor(5000 / READINGS_PER_FRAME))

    for (let quick = 0; quick < 3; quick++) lane.took(50)

    assert.is(lane.take().length, Math.floor(10_000 / READINGS_PER_FRAME))
  })

  test('never shrink to nothing: a frame is taken whatever the last one took', () => {
    const lane = fullLane()
    for (let slow = 0; slow < 20; slow++) lane.took(5000)

    assert.is(lane.take().length, 300 / READINGS_PER_FRAME)
  })
})
