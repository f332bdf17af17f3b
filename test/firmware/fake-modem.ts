import type { FakeSocket, Timers } from './link-rig.js'

export interface ModemFaults {
  /** Answers nothing from this command on. */
  muteFrom?: string
  /** Answers ERROR to commands that begin so. */
  refuses?: string
  hasCard?: boolean
  registers?: boolean
  /** Bytes before every answer. */
  noise?: string
  clock?: string
}

/**
 * A modem of the SIM800 family at its UART: the part of the dialect in `simulators/board/peers/at-modem.ts`
 * that the firmware speaks, with a fake connection behind it.
 */
export class FakeModem {
  readonly commands: string[] = []
  readonly faults: ModemFaults
  isPowered = false
  /** How often it was cut off without having been told to power down. */
  hardCuts = 0
  readonly #timers: Timers
  readonly #toBoard: (text: string) => void
  readonly #connect: () => FakeSocket
  #socket: FakeSocket | undefined
  #echo = true
  #isOff = true
  #startedMs = 0
  #cutMs = -1000
  #isMute = false
  #line = ''
  /** The UART is the connection. */
  #isTransparent = false
  /** When the board last sent something. */
  #lastMs = 0

  constructor(
    timers: Timers,
    toBoard: (text: string) => void,
    options: { connect: () => FakeSocket; faults: ModemFaults },
  ) {
    this.#timers = timers
    this.#toBoard = toBoard
    this.#connect = options.connect
    this.faults = options.faults
  }

  power(isOn: boolean): void {
    if (isOn === this.isPowered) return
    this.isPowered = isOn
    if (isOn) {
      this.#startedMs = this.#timers.nowMs
      this.#isOff = false
      // Cut too shortly, it has not noticed and hangs.
      this.#isMute = this.#timers.nowMs - this.#cutMs < 500
      this.#echo = true
      this.#line = ''
      this.#isTransparent = false
    } else {
      if (!this.#isOff) this.hardCuts++
      this.#cutMs = this.#timers.nowMs
      this.#socket?.end()
      this.#socket = undefined
    }
  }

  /** From the board's UART. */
  receive(text: string): void {
    if (!this.isPowered || this.#isOff || this.#isMute) return
    if (this.#timers.nowMs - this.#startedMs < 3000) return
    const silentMs = this.#timers.nowMs - this.#lastMs
    this.#lastMs = this.#timers.nowMs
    if (this.#isTransparent) {
      if (text === '+++' && silentMs >= 1000) this.#escape()
      else if (this.#socket?.isOpen) this.#socket.write(text)
      return
    }
    for (const char of text) {
      if (char === '\r') this.#takeCommand()
      else this.#line += char
    }
  }

  /** Unless more comes within the second. */
  #escape(): void {
    const at = this.#lastMs
    this.#timers.after(1000, () => {
      if (this.#lastMs !== at) return
      this.#isTransparent = false
      this.#answer('OK')
    })
  }

  #takeCommand(): void {
    // What stands before it in the line is no part of it.
    const command = this.#line.slice(Math.max(0, this.#line.indexOf('AT')))
    this.#line = ''
    this.commands.push(command)
    const { muteFrom, refuses } = this.faults
    if (muteFrom !== undefined && command.startsWith(muteFrom)) this.#isMute = true
    if (this.#isMute) return
    if (this.#echo) this.#say(`${command}\r`, 1)
    if (command === 'ATE0') this.#echo = false
    if (refuses !== undefined && command.startsWith(refuses)) this.#answer('ERROR')
    else this.#act(command)
  }

  #act(command: string): void {
    const name = command.replace(/=.*/, '')
    if (name === 'AT+CIPSTART') this.#open()
    else if (name === 'AT+CIFSR') this.#answer('10.60.3.7')
    else if (name === 'AT+CPOWD') this.#powerDown()
    else this.#tell(command)
  }

  #tell(command: string): void {
    const told = this.#told(command)
    if (told === 'ERROR') this.#answer(told)
    else if (told !== undefined) this.#answer(`${told}\r\n\r\nOK`)
    else this.#answer('OK', command === 'AT+CIICR' ? 2000 : 10)
  }

  #told(command: string): string | undefined {
    const isRegistered = this.#timers.nowMs - this.#startedMs > 8000
    const { hasCard = true, registers = true, clock = '26/11/24,10:46:40+28' } = this.faults
    if (command === 'AT+CPIN?') return hasCard ? '+CPIN: READY' : 'ERROR'
    if (command === 'AT+CREG?') return `+CREG: 0,${registers && isRegistered ? 5 : 2}`
    if (command === 'AT+CSQ;+CCLK?') return `+CSQ: 18,0\r\n\r\n+CCLK: "${clock}"`
    return undefined
  }

  #open(): void {
    this.#answer('OK')
    const socket = this.#connect()
    this.#socket = socket
    socket.on('data', (data) => this.#say(String(data), 1))
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.#isTransparent = false
      this.#answer('CLOSED')
    })
    this.#timers.after(500, () => {
      this.#isTransparent = socket.isOpen
    })
    this.#answer(socket.isOpen ? 'CONNECT' : 'CONNECT FAIL', 500)
  }

  #powerDown(): void {
    this.#timers.after(490, () => {
      this.#isOff = true
    })
    this.#answer('NORMAL POWER DOWN', 500)
  }

  #answer(text: string, afterMs = 10): void {
    const noise = this.#isTransparent ? '' : (this.faults.noise ?? '')
    this.#say(`${noise}\r\n${text}\r\n`, afterMs)
  }

  /** Comes at the board in pieces, as from a UART. */
  #say(text: string, afterMs: number): void {
    this.#timers.after(afterMs, () => {
      if (!this.isPowered || this.#isMute) return
      for (let at = 0; at < text.length; at += 7) this.#toBoard(text.slice(at, at + 7))
    })
  }
}
