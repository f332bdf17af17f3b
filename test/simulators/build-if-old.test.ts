import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { isOld } from '../../simulators/build-if-old.js'
import { suite } from '../suite.js'

suite('build if old', (test, hooks) => {
  let root = ''
  hooks.before(async () => {
    root = await mkdtemp(join(tmpdir(), 'toba-build-'))
    await mkdir(join(root, 'source/dist'), { recursive: true })
  })
  hooks.after(() => rm(root, { recursive: true }))

  async function touch(path: string, second: number) {
    await writeFile(join(root, path), '')
    await utimes(join(root, path), second, second)
  }

  test('what is missing is old, what is newer than all its sources is not', async () => {
    await touch('source/a.ts', 100)
    assert.is(isOld(root, 'source/dist/out.js', ['source']), true)
    await touch('source/dist/out.js', 101)
    assert.is(isOld(root, 'source/dist/out.js', ['source', 'absent']), false)
    await touch('source/b.ts', 102)
    assert.is(isOld(root, 'source/dist/out.js', ['source']), true)
  })

  test('other output is no source', async () => {
    await touch('source/a.ts', 100)
    await touch('source/b.ts', 100)
    await touch('source/dist/other.js', 200)
    assert.is(isOld(root, 'source/dist/out.js', ['source']), false)
  })
})
