import type { Board, Peer } from '../board.js'
import { fromBinary, toBinary } from '../bytes.js'
import type { Due } from '../clock.js'
import type { Connection } from '../networks/network.js'

export type ModemFault =
  | 'silent'
  | 'garbage'
  | 'no-card'
  | 'not-registered'
  | 'denied'
  | 'no-bearer'

export interface ModemOptions {
  /** Where the board sends and receives. */
  readonly tx: number
  readonly rx: number
  /** High feeds it. */
  readonly power: number
  /** Unix seconds that the network tells; undefined where it tells none. */
  networkTime?(): number | undefined
}

const START_MS = 3_000
const REGISTER_MS = 5_000
const ANSWER_MS = 20
const ATTACH_MS = 1_000
const BEARER_MS = 2_000
const CONNECT_MS = 1_500
const CONNECT_FAIL_MS = 8_000
/** Silence before and after `+++`. */
const GUARD_MS = 1_000
const ADDRESS = '10.64.12.7'
/** Western Indonesia, as the network tells it. */
const ZONE_QUARTERS = 28
/** Where the modem's own clock begins: 2004-01-01. */
const CLOCK_START_S = 1_072_915_200

/**
 * A cellular modem on a UART, as the SIM800 family speaks (SIM800 Series AT Command Manual 1.09, TCP/IP
 * application note 1.02), single connection, in transparent mode.
 *
 * Every command is `AT…\r`, several are `AT…;…\r` with one OK; an answer is `\r\ntext\r\n`. Echo is on until
 * `ATE0`. A command sent while another is being worked on is ignored, and so is what stands in the line before AT.
 * Lines may come unasked between any two answers: `Call Ready` and `SMS Ready` once registered, `+PDP: DEACT` when
 * the bearer is lost. It speaks at the speed of the last command it understood.
 *
 * | command                       | answer                                                                        |
 * |-------------------------------|-------------------------------------------------------------------------------|
 * | AT, ATE0, ATE1                | OK                                                                            |
 * | AT+CPIN?                      | +CPIN: READY, OK · without a card: +CME ERROR: 10 (CMEE=1), ERROR otherwise   |
 * | AT+CMEE=1                     | OK                                                                            |
 * | AT+CREG?, AT+CGREG?, AT+CEREG? | +CREG: 0,1 and OK: 1 home, 5 roaming, 2 searching, 3 denied                  |
 * | AT+CSQ                        | +CSQ: 18,0 and OK: dBm = 2n − 113, 99 is unknown                              |
 * | AT+CGATT?, AT+CGATT=1 or 0    | +CGATT: 1, OK · OK after 1 s, ERROR when not registered                       |
 * | AT+CIPMODE=1                  | OK; only before CIPSTART                                                      |
 * | AT+CSTT="apn"[,"user","pw"]   | OK, ERROR when the bearer is already up                                       |
 * | AT+CIICR                      | OK after 2 s, ERROR when not attached                                         |
 * | AT+CIFSR                      | the address alone, no OK; ERROR without a bearer                              |
 * | AT+CIPSTART="TCP","host",port | OK, later CONNECT, CONNECT FAIL (with STATE: TCP CLOSED before it) or ALREADY CONNECT; ERROR without a bearer or without CIPMODE=1 |
 * | AT+CIPSTATUS                  | OK, then STATE: CONNECT OK, TCP CLOSED, IP INITIAL …                          |
 * | AT+CIPCLOSE, AT+CIPCLOSE=1    | CLOSE OK, ERROR when not connected                                            |
 * | AT+CIPSHUT                    | SHUT OK, always: closes the connection and drops the bearer                   |
 * | AT+CLTS=1                     | OK: the clock follows the network from the next registration on               |
 * | AT+CCLK?                      | +CCLK: "26/08/20,15:04:05+28" and OK: local time, zone in quarter hours. Before the network told it: "04/01/01,00:00:12+00" |
 * | AT+CPOWD=1                    | NORMAL POWER DOWN, then off                                                   |
 * | anything else                 | ERROR                                                                         |
 *
 * From CONNECT on every byte is data, both ways and without an echo, until the other end closes (`CLOSED`), the
 * bearer is lost, or `+++` comes with a second of silence before and behind it (OK; the connection stays).
 *
 * Power: the supply pin high feeds it and it starts by itself. It answers 3 s later and is registered after
 * 5 s more. Bytes sent before that are lost.
 */
export class AtModem implements Peer {
  fault: ModemFault | undefined
  /** 0 to 31, 99 unknown; dBm is 2n − 113. */
  signal = 18
  readonly #options: ModemOptions
  #board: Board | undefined
  /** Everything that happens later in this powering; dropped when the supply goes. */
  #pending: Due[] = []
  #state = freshState()

  constructor(options: ModemOptions) {
    this.#options = options
  }

  attach(board: Board): void {
    this.#board = board
    board.pins.onChange(this.#options.power, (isHigh) => (isHigh ? this.#start() : this.#stop()))
    board.serial.onBytes(this.#options.tx, (bytes, baud) => this.#hear(bytes, baud))
  }

  /** The bearer is lost, as in a hole of the network. */
  dropBearer(): void {
    if (!this.#state.hasBearer) return
    this.#disconnect()
    this.#state.hasBearer = false
    this.#say('+PDP: DEACT')
  }

  #start(): void {
    this.#stop()
    this.#state.startedMs = this.#nowMs()
    this.#board?.radio.set('modem', true)
    this.#in(START_MS, () => {
      this.#state.isReady = true
    })
    this.#in(START_MS + REGISTER_MS, () => {
      if (!this.#isRegistered()) return
      this.#state.toldAtMs = this.#nowMs()
      this.#say('Call Ready')
      this.#say('SMS Ready')
    })
  }

  /** Without supply the other end of a connection hears nothing more. */
  #stop(): void {
    for (const due of this.#pending) due.cancel()
    this.#pending = []
    this.#state.connection?.abandon()
    this.#state = freshState()
    this.#board?.radio.set('modem', false)
  }

  #hear(bytes: Uint8Array, baud: number): void {
    if (!this.#state.isReady || this.fault === 'silent') return
    this.#state.baud = baud
    if (this.#state.isTransparent) {
      this.#carry(toBinary(bytes), (bytes.length * 10_000) / baud)
      return
    }
    if (this.#state.isEchoing) this.#transmit(bytes)
    this.#state.input += toBinary(bytes)
    this.#take()
  }

  /** Data for the other end; `+++` too, unless it stands alone. */
  #carry(data: string, lastedMs: number): void {
    const state = this.#state
    const silentMs = this.#nowMs() - lastedMs - state.lastByteMs
    state.lastByteMs = this.#nowMs()
    if (state.escape !== undefined) {
      state.escape.cancel()
      state.escape = undefined
      state.connection?.write(fromBinary('+++'))
    }
    if (data === '+++' && silentMs >= GUARD_MS) {
      state.escape = this.#in(GUARD_MS, () => {
        state.isTransparent = false
        this.#say('OK')
      })
    } else {
      state.connection?.write(fromBinary(data))
    }
  }

  #take(): void {
    const state = this.#state
    const end = state.input.indexOf('\r')
    if (end < 0) return
    const command = state.input.slice(0, end).trim()
    state.input = state.input.slice(end + 1)
    const [, line] = /at(.*)$/i.exec(command) ?? []
    if (!state.isBusy && line !== undefined) this.#commandLine(line.split(';'))
    this.#take()
  }

  /** Until one fails or takes its time; with one OK for all. */
  #commandLine(commands: readonly string[]): void {
    const lines: string[] = []
    for (const [index, command] of commands.entries()) {
      const answer = this.#command(command)
      const isLast = index === commands.length - 1
      for (const line of answer ?? []) if (isLast || line !== 'OK') lines.push(line)
      if (answer === undefined || answer.some((line) => line.includes('ERROR'))) break
    }
    this.#answer(...lines)
  }

  #command(command: string): string[] | undefined {
    const [, name = '', argument = ''] = /^(\+?[A-Z0-9]*)[=?]?(.*)$/.exec(command) ?? []
    const act = command.endsWith('?') ? this.#questions[name] : this.#commands[name]
    return act === undefined ? ['ERROR'] : act(argument)
  }

  readonly #questions: Record<string, () => string[]> = {
    '+CPIN': () => this.#cardState(),
    '+CREG': () => [`+CREG: 0,${this.#registration()}`, 'OK'],
    '+CGREG': () => [`+CGREG: 0,${this.#registration()}`, 'OK'],
    '+CEREG': () => [`+CEREG: 0,${this.#registration()}`, 'OK'],
    '+CGATT': () => [`+CGATT: ${this.#state.isAttached ? 1 : 0}`, 'OK'],
    '+CCLK': () => [`+CCLK: "${this.#clockText()}"`, 'OK'],
  }

  /** Lines to answer with, nothing where the answer comes later. */
  readonly #commands: Record<string, (argument: string) => string[] | undefined> = {
    '': () => ['OK'],
    E0: () => this.#set({ isEchoing: false }),
    E1: () => this.#set({ isEchoing: true }),
    '+CMEE': (argument) => this.#set({ isVerbose: argument !== '0' }),
    '+CLTS': (argument) => this.#set({ followsNetwork: argument === '1' }),
    '+CSQ': () => [`+CSQ: ${this.#isRegistered() ? this.signal : 99},0`, 'OK'],
    '+CGATT': (argument) => this.#attachTo(argument === '1'),
    '+CSTT': () => [this.#state.hasBearer ? 'ERROR' : 'OK'],
    '+CIICR': () => this.#bringUp(),
    '+CIFSR': () => [this.#state.hasBearer ? ADDRESS : 'ERROR'],
    '+CIPMODE': (argument) => this.#set({ isModeTransparent: argument === '1' }),
    '+CIPSTART': (argument) => this.#connect(argument),
    '+CIPSTATUS': () => ['OK', `STATE: ${this.#connectionState()}`],
    '+CIPCLOSE': () => {
      const wasOpen = this.#state.connection !== undefined
      this.#disconnect()
      return [wasOpen ? 'CLOSE OK' : 'ERROR']
    },
    '+CIPSHUT': () => {
      this.#disconnect()
      this.#state.hasBearer = false
      return ['SHUT OK']
    },
    '+CPOWD': () => {
      this.#in(2 * ANSWER_MS, () => {
        this.#disconnect()
        this.#stop()
      })
      return ['NORMAL POWER DOWN']
    },
  }

  #set(settings: Partial<State>): string[] {
    Object.assign(this.#state, settings)
    return ['OK']
  }

  #cardState(): string[] {
    if (this.fault !== 'no-card') return ['+CPIN: READY', 'OK']
    return [this.#state.isVerbose ? '+CME ERROR: 10' : 'ERROR']
  }

  #registration(): number {
    if (this.fault === 'denied') return 3
    return this.#isRegistered() ? 1 : 2
  }

  #isRegistered(): boolean {
    const isHeard = this.fault !== 'no-card' && this.fault !== 'not-registered'
    const waitedMs = this.#nowMs() - this.#state.startedMs
    return isHeard && this.fault !== 'denied' && waitedMs >= START_MS + REGISTER_MS
  }

  #attachTo(isWanted: boolean): string[] | undefined {
    const isPossible = !isWanted || this.#isRegistered()
    this.#later(ATTACH_MS, () => {
      this.#state.isAttached = isWanted && isPossible
      this.#answer(isPossible ? 'OK' : 'ERROR')
    })
    return undefined
  }

  #bringUp(): string[] | undefined {
    const isPossible = this.#state.isAttached && this.fault !== 'no-bearer'
    this.#later(BEARER_MS, () => {
      this.#state.hasBearer = isPossible
      this.#answer(isPossible ? 'OK' : 'ERROR')
    })
    return undefined
  }

  #connect(argument: string): string[] | undefined {
    const [, host = '', port = ''] = /^"TCP","([^"]*)","?(\d+)"?$/.exec(argument) ?? []
    const { network } = this.#board ?? {}
    const { hasBearer, isModeTransparent } = this.#state
    if (network === undefined || host === '' || !hasBearer || !isModeTransparent) return ['ERROR']
    if (this.#state.connection !== undefined) return ['ALREADY CONNECT']
    this.#answer('OK')
    const state = this.#state
    state.isBusy = true
    this.#in(CONNECT_MS, () => {
      const connection = network.resolves(host)
        ? network.connect(
            { host, port: Number(port) },
            {
              opened: () => this.#connected(state),
              received: (bytes) => this.#received(state, bytes),
              closed: () => this.#closed(state),
            },
          )
        : 'unreachable'
      if (typeof connection !== 'string') state.connection = connection
      else this.#in(connection === 'refused' ? 0 : CONNECT_FAIL_MS, () => this.#notConnected(state))
    })
    return undefined
  }

  #connected(state: State): void {
    if (state !== this.#state) return
    state.isBusy = false
    state.isOpen = true
    this.#say('CONNECT')
    state.isTransparent = true
    state.lastByteMs = this.#nowMs()
  }

  #notConnected(state: State): void {
    state.isBusy = false
    this.#say('STATE: TCP CLOSED')
    this.#say('CONNECT FAIL')
  }

  #received(state: State, bytes: Uint8Array): void {
    if (state !== this.#state) return
    if (state.isTransparent) this.#transmit(bytes)
  }

  #closed(state: State): void {
    if (state !== this.#state || state.connection === undefined) return
    state.connection = undefined
    state.isTransparent = false
    if (state.isOpen) this.#say('CLOSED')
    else this.#notConnected(state)
    state.isOpen = false
  }

  #disconnect(): void {
    const { connection } = this.#state
    this.#state.connection = undefined
    this.#state.isOpen = false
    this.#state.isTransparent = false
    connection?.close()
  }

  #connectionState(): string {
    if (this.#state.isOpen) return 'CONNECT OK'
    return this.#state.hasBearer ? 'TCP CLOSED' : 'IP INITIAL'
  }

  #clockText(): string {
    const state = this.#state
    const told = this.#options.networkTime?.()
    const isTold = state.followsNetwork && state.toldAtMs !== undefined && told !== undefined
    const ownS = CLOCK_START_S + (this.#nowMs() - state.startedMs) / 1000
    const seconds = isTold ? told + ZONE_QUARTERS * 900 : ownS
    const [date = '', time = ''] = new Date(seconds * 1000).toISOString().slice(2, 19).split('T')
    return `${date.replaceAll('-', '/')},${time}+${isTold ? ZONE_QUARTERS : '00'}`
  }

  /** Works on a command for a while. */
  #later(ms: number, act: () => void): void {
    this.#state.isBusy = true
    this.#in(ms, () => {
      this.#state.isBusy = false
      act()
    })
  }

  #answer(...lines: string[]): void {
    this.#in(ANSWER_MS, () => {
      for (const line of lines) this.#say(line)
    })
  }

  #say(line: string): void {
    if (this.#state.isReady) this.#transmit(fromBinary(`\r\n${line}\r\n`))
  }

  #transmit(bytes: Uint8Array): void {
    if (this.fault === 'silent') return
    const sent =
      this.fault === 'garbage' ? bytes.map((byte, index) => byte ^ (0x55 + index)) : bytes
    this.#board?.serial.send(this.#options.rx, sent, this.#state.baud)
  }

  #in(ms: number, act: () => void): Due | undefined {
    const due = this.#board?.clock.after(ms, () => {
      this.#pending = this.#pending.filter((other) => other !== due)
      act()
    })
    if (due !== undefined) this.#pending.push(due)
    return due
  }

  #nowMs(): number {
    return this.#board?.clock.nowMs ?? 0
  }
}

interface State {
  startedMs: number
  /** Since when it knows the network's time. */
  toldAtMs: number | undefined
  baud: number
  isReady: boolean
  /** On a command; others are ignored meanwhile. */
  isBusy: boolean
  isEchoing: boolean
  isVerbose: boolean
  followsNetwork: boolean
  isAttached: boolean
  hasBearer: boolean
  connection: Connection | undefined
  isOpen: boolean
  input: string
  /** What CIPMODE asks for. */
  isModeTransparent: boolean
  /** The UART is the connection. */
  isTransparent: boolean
  /** Of the board, on the connection. */
  lastByteMs: number
  /** An escape whose silence is not over. */
  escape: Due | undefined
}

function freshState(): State {
  return {
    startedMs: 0,
    toldAtMs: undefined,
    baud: 115200,
    isReady: false,
    isBusy: false,
    isEchoing: true,
    isVerbose: false,
    followsNetwork: false,
    isAttached: false,
    hasBearer: false,
    connection: undefined,
    isOpen: false,
    input: '',
    isModeTransparent: false,
    isTransparent: false,
    lastByteMs: 0,
    escape: undefined,
  }
}
