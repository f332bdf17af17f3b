import type { Duplex } from 'node:stream'
import * as assert from 'uvu/assert'
import { Board, type BoardOptions } from '../../simulators/board/board.js'
import { MemoryNetwork } from '../../simulators/board/networks/memory.js'
import { type Script, ScriptedBroker } from './scripted-broker.js'

/** A node's network half alone on an emulated board, with a scripted broker behind every connection. */

export const HOST = 'broker.test'
export const TOPIC = 'toba/toba-01/r'

export interface BoardLinkOptions {
  /** What makes `startLink`, `openSession` and the transport global. */
  script: string
  /** The transport, in the board's own words. */
  transport: string
  broker?: Script | undefined
  /** How the broker's end of the stream closes. */
  close: 'destroy' | 'end'
  accessPoints?: BoardOptions['accessPoints']
}

/** The rest of the node, in the board's own words. */
const nodeWith = (transport: string) => `
var heard = [], frames = [], network = ${transport};
startLink(network, {
  identity: { node: 'toba-01', secret: '0123456789abcdef', host: '${HOST}', port: 1883 },
  next: function () { return frames[0]; },
  sent: function () { frames.shift(); },
  time: function (seconds) { heard.push('time ' + seconds); },
  config: function (text) { heard.push('config ' + text); },
  ended: function (reason) { heard.push('ended ' + reason); },
  progress: function () {}
});`

/** Not yet powered. `run` lets seconds pass and gives what the node has heard so far. */
export function boardLinkRig({ script, transport, broker, close, accessPoints }: BoardLinkOptions) {
  const network = new MemoryNetwork()
  const brokers: ScriptedBroker[] = []
  network.serve(HOST, 1883, (stream: Duplex) => {
    const send = (bytes: Buffer) => void stream.write(bytes)
    const scripted = new ScriptedBroker({ send, close: () => void stream[close]() }, broker)
    stream.on('data', (bytes: Buffer) => scripted.receive(bytes))
    brokers.push(scripted)
  })
  const board = new Board({
    network,
    ...(accessPoints === undefined ? {} : { accessPoints }),
    files: { '.bootcde': `${script}\n${nodeWith(transport)}` },
  })
  const heard = () => JSON.parse(String(board.evaluate('JSON.stringify(heard)'))) as string[]
  const run = async (seconds: number) => {
    await board.advance(seconds * 1000)
    assert.is(board.stats.uncaught, 0, board.console.join('\n'))
    return heard()
  }
  return { board, network, brokers, run }
}
