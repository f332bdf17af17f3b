import { Board, type BoardOptions } from '../../../simulators/board/board.js'

/** A board that has started this script. */
export async function boardWith(script: string, options: BoardOptions = {}): Promise<Board> {
  const board = new Board({ storageKb: 64, ...options, files: { '.bootcde': script } })
  await board.powerOn()
  return board
}

export const HOME = { ssid: 'home', password: 'right', rssi: -61 }
