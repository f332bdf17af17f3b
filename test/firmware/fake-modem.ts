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
  /** Received bytes that the firmware has not taken. */
  waiting = Buffer.alloc(0)
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
  #bytesLeft = 0
  #payload = ''

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
      this.#bytesLeft = 0
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
    for (const char of text) {
      if (this.#bytesLeft > 0) this.#takeByte(char)
      else if (char === '\r') this.#takeCommand()
      else this.#line += char
    }
  }

  #takeByte(char: string): void {
    this.#payload += char
    if (--this.#bytesLeft > 0) return
    const isSent = this.#socket?.isOpen ?? false
    if (isSent) this.#socket?.write(this.#payload)
    this.#payload = ''
    this.#answer(isSent ? 'SEND OK' : 'SEND FAIL', 20)
  }

  #takeCommand(): void {
    const command = this.#line
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
    else if (name === 'AT+CIPSEND') this.#prompt(command)
    else if (command.startsWith('AT+CIPRXGET=2')) this.#read(command)
    else if (name === 'AT+CIPCLOSE') this.#close()
    else if (name === 'AT+CIFSR') this.#answer('10.60.3.7')
    else if (name === 'AT+CPOWD') this.#powerDown()
    else this.#tell(command)
  }

  #tell(command: string): void {
    const told = this.#told(command)
    if (told !== undefined) this.#answer(told)
    if (told !== 'ERROR') this.#answer('OK', command === 'AT+CIICR' ? 2000 : 10)
  }

  #told(command: string): string | undefined {
    const isRegistered = this.#timers.nowMs - this.#startedMs > 8000
    const { hasCard = true, registers = true, clock = '26/11/24,10:46:40+28' } = this.faults
    if (command === 'AT+CPIN?') return hasCard ? '+CPIN: READY' : 'ERROR'
    if (command === 'AT+CREG?') return `+CREG: 0,${registers && isRegistered ? 5 : 2}`
    if (command === 'AT+CSQ') return '+CSQ: 18,0'
    if (command === 'AT+CCLK?') return `+CCLK: "${clock}"`
    return undefined
  }

  #open(): void {
    this.#answer('OK')
    const socket = this.#connect()
    this.#socket = socket
    socket.on('data', (data) => {
      this.waiting = Buffer.concat([this.waiting, Buffer.from(String(data), 'latin1')])
      this.#answer('+CIPRXGET: 1')
    })
    socket.on('close', () => {
      if (this.#socket === socket) this.#answer('CLOSED')
    })
    if (!socket.isOpen) this.#answer('CONNECT FAIL', 500)
    else this.#answer('CONNECT OK', 500)
  }

  #prompt(command: string): void {
    if (this.#socket?.isOpen === true) {
      this.#bytesLeft = Number(command.split('=')[1])
      this.#say('\r\n> ', 5)
    } else {
      this.#answer('ERROR')
    }
  }

  #read(command: string): void {
    const bytes = this.waiting.subarray(0, Number(command.split(',')[1]))
    this.waiting = this.waiting.subarray(bytes.length)
    this.#answer(`+CIPRXGET: 2,${bytes.length},${this.waiting.length}`)
    this.#say(`${bytes.toString('latin1')}\r\nOK\r\n`, 11)
  }

  #close(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.end()
    this.#answer(socket?.isOpen === true ? 'CLOSE OK' : 'ERROR', 100)
  }

  #powerDown(): void {
    this.#timers.after(490, () => {
      this.#isOff = true
    })
    this.#answer('NORMAL POWER DOWN', 500)
  }

  #answer(text: string, afterMs = 10): void {
    this.#say(`${this.faults.noise ?? ''}\r\n${text}\r\n`, afterMs)
  }

  /** Comes at the board in pieces, as from a UART. */
  #say(text: string, afterMs: number): void {
    this.#timers.after(afterMs, () => {
      if (!this.isPowered || this.#isMute) return
      for (let at = 0; at < text.length; at += 7) this.#toBoard(text.slice(at, at + 7))
    })
  }
}
