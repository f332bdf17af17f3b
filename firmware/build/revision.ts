import { execFileSync } from 'node:child_process'

/** Which sources a script was made from. */
export interface Revision {
  /** Commit, with `-dirty` where the sources differ from it; undefined without git. */
  commit: string | undefined
  /** How many commits have changed the sources, so that a later build has the higher number; -1 unknown. */
  build: number
}

/** What a built script is made from. */
const SOURCES = ['firmware', 'shared/wire', 'package.json', 'package-lock.json']

export function revisionOf(folder: string): Revision {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD')
    if (git('status', '--porcelain', '--', ...SOURCES) !== '') {
      return { commit: `${commit}-dirty`, build: -1 }
    }
    const isWhole = git('rev-parse', '--is-shallow-repository') === 'false'
    return {
      commit,
      build: isWhole ? Number(git('rev-list', '--count', 'HEAD', '--', ...SOURCES)) : -1,
    }
  } catch {
    return { commit: undefined, build: -1 } // no checkout, no commit or no git
  }
}
