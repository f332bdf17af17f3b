import { toBinary } from './bytes.js'
import type { FileSystem } from './file-system.js'
import { type Life, toInt } from './life.js'

/** `require('Storage')`. Files of `open` (StorageFile) are not there. */
export function storageModule(life: Life, files: FileSystem): object {
  const { realm } = life
  const nameOf = (name: unknown) => String(name)

  const write = (name: unknown, data: unknown, offset: unknown, size: unknown) => {
    const isText = isPlainObject(data)
    const bytes = life.bytesOf(isText ? realm.stringify(data) : data)
    if (bytes === undefined) return life.fail("Can't get pointer to data to write")
    const where = isText ? { offset: 0, size: 0 } : { offset: toInt(offset), size: toInt(size) }
    const result = files.write(nameOf(name), bytes, where)
    return typeof result === 'string' ? life.fail(result) : result
  }
  const readText = (name: unknown, offset: unknown, length: unknown) => {
    const bytes = files.read(nameOf(name), toInt(offset), toInt(length))
    return bytes === undefined ? undefined : toBinary(bytes)
  }

  const module = realm.object()
  life.functions(module, {
    write,
    read: readText,
    writeJSON: (name, data) => write(name, realm.stringify(data), 0, 0),
    readJSON: (name, isQuiet) => {
      const text = readText(name, 0, 0)
      if (text === undefined) return undefined
      try {
        return realm.parse(text)
      } catch (error) {
        if (isQuiet) return undefined
        throw error
      }
    },
    readArrayBuffer: (name) => {
      const bytes = files.read(nameOf(name), 0, 0)
      return bytes === undefined ? undefined : (realm.bytes(bytes) as Uint8Array).buffer
    },
    erase: (name) => files.erase(nameOf(name)),
    eraseAll: () => files.eraseAll(),
    list: (regex, filter) => {
      const wanted = (filter as { sf?: unknown } | undefined)?.sf
      const names = files
        .list()
        .filter(({ isStorageFile }) => wanted === undefined || isStorageFile === Boolean(wanted))
        .map(({ name }) => name)
      return realm.array(
        regex === undefined ? names : names.filter((name) => name.match(regex as RegExp)),
      )
    },
    compact: () => {
      files.compact()
    },
    getFree: () => files.stats().freeBytes,
    getStats: () => realm.object({ ...files.stats() }),
  })
  return module
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Object]'
}
