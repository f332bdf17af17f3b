import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../errors.js'

/** Large enough to be quick, small enough that digesting one keeps nobody waiting. */
const PIECE_BYTES = 512 * 1024
const SYNCED_AT_ONCE = 16

export interface Progress {
  doneBytes: number
  totalBytes: number
}

export interface CopyOptions {
  /** Aborting it ends the copy with what `signal.reason` says. */
  signal?: AbortSignal | undefined
  onProgress?: ((progress: Progress) => void) | undefined
}

/** What is below a folder, as paths relative to it, in order. */
export interface Tree {
  folders: string[]
  files: { path: string; bytes: number }[]
}

/** Walks `root`; `leaveOut` names what is not wanted, by relative path. What vanishes meanwhile is no part of it. */
export async function treeOf(
  root: string,
  leaveOut: (path: string) => boolean = () => false,
): Promise<Tree> {
  const tree: Tree = { folders: [], files: [] }
  const names = await readdir(root, { recursive: true, withFileTypes: true })
  for (const name of names) {
    const path = join(name.parentPath, name.name).slice(root.length + 1)
    if (leaveOut(path)) continue
    if (name.isDirectory()) tree.folders.push(path)
    else if (name.isFile()) {
      const found = await unlessGone(stat(join(root, path)))
      if (found !== undefined) tree.files.push({ path, bytes: found.size })
    }
  }
  tree.folders.sort()
  tree.files.sort((one, other) => (one.path < other.path ? -1 : 1))
  return tree
}

/**
 * Copies one file and answers the SHA-256 of what was copied, which is on the disk by then; undefined when
 * there is no such file any more.
 */
export async function copyFile(
  from: string,
  to: string,
  onPiece: (bytes: number) => void = () => {},
): Promise<string | undefined> {
  const source = await unlessGone(open(from))
  if (source === undefined) return undefined
  try {
    const target = await open(to, 'wx', 0o600)
    try {
      const digest = await readPieces(source, async (piece) => {
        // writeFile goes on where a short write ended.
        await target.writeFile(piece)
        onPiece(piece.length)
      })
      await target.sync()
      return digest
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

export async function digestOf(
  path: string,
  onPiece: (bytes: number) => void = () => {},
): Promise<string> {
  const file = await open(path)
  try {
    return await readPieces(file, async (piece) => onPiece(piece.length))
  } finally {
    await file.close()
  }
}

async function readPieces(
  file: FileHandle,
  use: (piece: Uint8Array) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(PIECE_BYTES)
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES)
    if (bytesRead === 0) return hash.digest('hex')
    const piece = buffer.subarray(0, bytesRead)
    hash.update(piece)
    await use(piece)
  }
}

/** Makes `folders` below `root`, outer ones first, for their owner alone: secrets' hashes are in there. */
export async function makeFolders(root: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    await mkdir(join(root, folder), { recursive: true, mode: 0o700 })
  }
}

/** A name in a folder is safe once the folder is on the disk; Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await sync(path, 'r')
}

export async function syncFolders(root: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) await syncFolder(join(root, folder))
  await syncFolder(root)
}

/** Everything below a folder, and the folder itself. */
export async function syncTree(root: string): Promise<void> {
  const { folders, files } = await treeOf(root)
  const left = files.map(({ path }) => path)
  const syncRest = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      await sync(join(root, path), 'r+')
    }
  }
  // Side by side the disk brings many to safety at once.
  await Promise.all(Array.from({ length: SYNCED_AT_ONCE }, syncRest))
  await syncFolders(root, folders)
}

async function sync(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** @throws AppError BACKUP before anything is begun that would not fit. */
export async function requireSpace(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(await existing(path))
  const free = Number(bavail) * Number(bsize)
  if (free >= bytes) return
  const [needed, left] = [bytes, free].map((n) => `${Math.ceil(n / 1e6)} MB`)
  throw new AppError('BACKUP', `${needed} are needed at ${path}, ${left} are free`)
}

/** The error of a full or broken disk, as one line of ours; others stay what they are. */
export function fileError(error: unknown, what: string): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error
  const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT'
  if (isFull) return new AppError('BACKUP', `the disk is full: ${what}`, { cause: error })
  return new AppError('BACKUP', `${what}: ${error.message}`, { cause: error })
}

async function existing(path: string): Promise<string> {
  const found = await unlessGone(stat(path))
  return found === undefined ? existing(dirname(path)) : path
}

export async function unlessGone<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
