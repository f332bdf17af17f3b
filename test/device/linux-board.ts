import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { INTERPRETER, WHY } from '../firmware/interpreter.js'

/** Storage is written in pieces, as a flasher does. */
const PIECE = 1024
const ANSWER_MS = 30_000
/** For storing a script, which a busy computer takes long for. */
const WRITE_MS = 180_000
/** The thread that reads the console races with the interpreter, and now and then a byte of a question is lost. */
const ATTEMPTS = 6

/**
 * The real interpreter in a folder of its own: its flash is a file there and outlives it, so ending it is
 * cutting the board's power.
 */
export class LinuxBoard {
  readonly #folder: string
  #child: ChildProcessWithoutNullStreams | undefined
  #output = ''
  #questions = 0

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  /** The last of what it printed. */
  get output(): string {
    return this.#output
  }

  /** Puts files into Storage, from outside. */
  async write(files: Record<string, string>): Promise<void> {
    const lines = Object.entries(files).flatMap(([name, text]) => piecesOf(name, text))
    writeFileSync(
      join(this.#folder, 'write.js'),
      `var s=require("Storage");\n${lines.join('\n')}\n`,
    )
    const options = { cwd: this.#folder, killSignal: 'SIGKILL', timeout: WRITE_MS } as const
    await promisify(execFile)(interpreter(), ['write.js'], options)
  }

  /** What is in its flash now. */
  flash(): Buffer {
    return readFileSync(join(this.#folder, 'espruino.flash'))
  }

  /** Boots from Storage. */
  start(): void {
    // Its standard input stays open: without it no serial data would come.
    const child = spawn(interpreter(), [], { cwd: this.#folder, stdio: 'pipe' })
    child.stdout.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString('latin1')).slice(-100_000)
    })
    this.#child = child
  }

  /** The value of an expression that JSON can tell, asked at its console. */
  async ask(expression: string): Promise<unknown> {
    for (let left = ATTEMPTS; ; left--) {
      try {
        return await this.#askOnce(expression)
      } catch (error) {
        if (left === 1) throw error
      }
    }
  }

  async #askOnce(expression: string): Promise<unknown> {
    const child = this.#child
    if (child === undefined) throw new Error('the board is off')
    const mark = `~q${++this.#questions}~`
    child.stdin.write(`\n\x10print("${mark}"+JSON.stringify(${expression})+"${mark}")\n`)
    const answer = () => this.#output.split(mark)[1]
    const limit = AbortSignal.timeout(ANSWER_MS)
    while (answer() === undefined || !this.#output.includes(mark, this.#output.indexOf(mark) + 1)) {
      await once(child.stdout, 'data', { signal: limit }).catch(() => {
        throw new Error(`no answer to ${expression}; it said:\n${this.#output.slice(-2000)}`)
      })
    }
    return JSON.parse(answer() ?? 'null')
  }

  /** At once, whatever it is doing: it ignores every signal but this one. */
  async cutPower(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}

function interpreter(): string {
  if (INTERPRETER === undefined) throw new Error(WHY)
  return INTERPRETER
}

function piecesOf(name: string, text: string): string[] {
  const pieces: string[] = []
  for (let at = 0; at < text.length; at += PIECE) {
    const piece = JSON.stringify(text.slice(at, at + PIECE))
    pieces.push(`s.write(${JSON.stringify(name)},${piece},${at},${text.length});`)
  }
  return pieces
}
