import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { PROJECT } from '../../firmware/build/bundle.js'
import { suite } from '../suite.js'

const FOLDER = join(PROJECT, 'ingest/deploy')

suite('what a service is deployed with', (test) => {
  const hasSystemd =
    spawnSync('systemd-analyze', ['--version']).status === 0 && existsSync('/usr/bin/node')
  const verify = 'the unit is one that systemd takes'
  if (!hasSystemd) test.skip(verify, 'there is no systemd-analyze here, or no /usr/bin/node')
  else {
    test(verify, () => {
      const { status, stdout, stderr } = spawnSync(
        'systemd-analyze',
        ['verify', join(FOLDER, 'toba-sense.service')],
        { encoding: 'utf8' },
      )
      assert.is(stdout + stderr, '')
      assert.is(status, 0)
    })
  }

  test('the container file copies what there is, and runs as somebody without rights', () => {
    const lines = readFileSync(join(FOLDER, 'Containerfile'), 'utf8').split('\n')
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1))
    assert.ok(copied.length > 0)
    for (const path of copied) assert.ok(existsSync(join(PROJECT, path)), path)
    assert.ok(lines.includes('USER node'))
  })
})
