import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Third-party recordings and vectors live beside the project, not in it; a test that finds none is skipped. */
const folder = fileURLToPath(new URL('../../shared/data/', import.meta.url))

/** Absolute path of a file of the shared data, or undefined where it is absent. */
export function sharedDataPath(name: string): string | undefined {
  return existsSync(folder + name) ? folder + name : undefined
}

export function sharedJson<T>(name: string): T | undefined {
  const path = sharedDataPath(name)
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as T)
}
