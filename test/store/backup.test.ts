import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import { fileError, requireSpace } from '../../ingest/store/backup-files.js'
import { hasEngine, replaceEngine, unfinishedFolder } from '../../ingest/store/embedded-folder.js'
import { suite } from '../suite.js'

suite('what takes the place of an engine', (test, { beforeEach, afterEach }) => {
  let data: string
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'toba-replace-'))
  })
  afterEach(() => rm(data, { recursive: true }))

  async function folder(name: string, content: string): Promise<string> {
    await mkdir(join(data, name))
    await writeFile(join(data, name, content), '')
    return join(data, name)
  }
  const inEngine = () => readdirSync(join(data, 'engine'))

  test('is there at once, and what was there is kept under another name', async () => {
    await folder('engine', 'old')
    await mkdir(unfinishedFolder(data))
    await writeFile(join(unfinishedFolder(data), 'new'), '')

    await replaceEngine(data, unfinishedFolder(data), 'engine.before')

    assert.equal(inEngine(), ['new'])
    assert.equal(readdirSync(data).sort(), ['engine', 'engine.before'])
    assert.equal(readdirSync(join(data, 'engine.before')), ['old'])
  })

  test('after a kill between the two renames it is taken, not an empty store', async () => {
    await folder('engine.before', 'old')
    await folder('engine.next', 'new')

    assert.ok(await hasEngine(data))

    assert.equal(inEngine(), ['new'])
    assert.equal(readdirSync(data).sort(), ['engine', 'engine.before'])
  })

  test('after a kill before the first rename the engine stays, and the rest is removed', async () => {
    await folder('engine', 'old')
    await folder('engine.next', 'new')
    await folder('engine.new-1', 'half')

    assert.ok(await hasEngine(data))

    assert.equal(inEngine(), ['old'])
    assert.equal(readdirSync(data), ['engine'])
  })

  test('it is not taken for a first start that was killed while it initialised', async () => {
    await folder('engine', 'half')
    await writeFile(join(data, 'engine.unfinished'), '')
    await mkdir(unfinishedFolder(data))
    await writeFile(join(unfinishedFolder(data), 'restored'), '')

    await replaceEngine(data, unfinishedFolder(data), 'engine.before')

    assert.ok(await hasEngine(data))
    assert.equal(inEngine(), ['restored'])
    assert.equal(readdirSync(data), ['engine'])
  })

  test('half a folder alone is no engine', async () => {
    await folder('engine.new-1', 'half')

    assert.not(await hasEngine(data))
    assert.not(existsSync(join(data, 'engine')))
  })
})

suite('a disk that is full', (test) => {
  test('is one clear line, before anything is written where that can be known', async () => {
    const place = join(tmpdir(), 'not', 'there', 'yet')
    const error = await requireSpace(place, 1e18).catch((thrown: AppError) => thrown)

    assert.instance(error, AppError)
    assert.match(String(error), /1000000000000 MB are needed at .*, \d+ MB are free$/)
    await requireSpace(place, 1)
  })

  test('is one clear line when it fills meanwhile; what is no error of files stays itself', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    })
    const told = fileError(full, 'the backup /b cannot be written')
    const other = new Error('another')

    assert.instance(told, AppError)
    assert.match(String(told), 'the disk is full: the backup /b cannot be written')
    assert.is(fileError(other, 'x'), other)
  })
})
