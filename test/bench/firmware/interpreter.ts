import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWire } from '../../../firmware/build/build.js'
import { PINS_AND_ADC, SILENT_UARTS } from '../../device/boot0.js'
import { LinuxBoard } from '../../device/linux-board.js'
import { runScript } from '../../firmware/interpreter.js'
import { readVectors } from '../../wire/make-vectors.js'

/** What only the real interpreter can say. */

const ROUNDS = 200
const IDENTITY = {
  node: 'toba-01',
  secret: '0'.repeat(32),
  host: '127.0.0.1',
  port: 1,
  ssid: '',
  password: '',
  sntp: '127.0.0.1',
  apn: '',
}

/** Variables in use once the station has started from flash, without those of what stands in for the board. */
export async function variablesOf(code: string): Promise<number> {
  const standIn = PINS_AND_ADC + SILENT_UARTS
  const bare = await usage({})
  const withStandIn = await usage({ '.boot0': standIn })
  const whole = await usage({
    '.boot0': standIn,
    '.bootcde': code,
    'node.json': JSON.stringify(IDENTITY),
  })
  return whole - (withStandIn - bare)
}

async function usage(files: Record<string, string>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'toba-variables-'))
  const board = new LinuxBoard(folder)
  try {
    await board.write(files)
    board.start()
    return Number(await board.ask('process.memory().usage'))
  } finally {
    await board.cutPower()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds for a frame of twelve samples of five values, at best: the rest is the machine's other work. */
export async function encodeMs(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'toba-encode-'))
  try {
    const script = readFileSync(await buildWire(join(folder, 'wire.js')), 'latin1')
    const frame = readVectors().valid.find(({ name }) => name === 'twelve samples of five')?.frame
    const output = await runScript(
      `${script}\nvar frame=${JSON.stringify(frame)},ms=1e9;
      for(var n=0;n<${ROUNDS};n++){var t=getTime();encodeFrame(frame);ms=Math.min(ms,1000*(getTime()-t))}
      print("ms "+ms);`,
    )
    return Number(/^ms (.*)$/m.exec(output)?.[1])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
