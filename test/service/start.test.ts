import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type ServiceOptions, spawnService, startServiceProcess } from '../service-process.js'
import { suite } from '../suite.js'

suite('starting and stopping the service', (test, { before, after }) => {
  let folder = ''
  let busy: Server
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-start-'))
    busy = createServer().listen(0, '127.0.0.1')
    await once(busy, 'listening')
  })
  after(async () => {
    busy.close()
    await rm(folder, { recursive: true })
  })

  const busyPort = () => {
    const address = busy.address()
    return String(typeof address === 'object' && address !== null ? address.port : 0)
  }

  /** What it says on standard error when it cannot start. */
  const refusal = async (options: Partial<ServiceOptions>) => {
    const service = spawnService({ folder, ...options })
    const code = await service.exited
    const lines = service
      .output()
      .split('\n')
      .filter((line) => line.startsWith('toba-sense: '))
    return { code, lines, output: service.output() }
  }

  const limit = { limitMs: 120_000 }

  test(
    'a busy port of page or broker gives one clear line and a failure',
    async () => {
      for (const key of ['HTTP_PORT', 'MQTT_PORT']) {
        const { code, lines, output } = await refusal({ environment: { [key]: busyPort() } })
        assert.is(code, 1)
        assert.is(lines.length, 1, output)
        assert.match(
          lines[0] ?? '',
          new RegExp(`cannot listen on 127.0.0.1:${busyPort()}.*EADDRINUSE`),
        )
        assert.not.match(output, /at .*\.ts:\d+/)
      }
    },
    limit,
  )

  test(
    'a second start on the same folder is refused and disturbs nothing',
    async () => {
      const first = await startServiceProcess({ folder })
      const { code, lines, output } = await refusal({})
      assert.is(code, 1)
      assert.is(lines.length, 1, output)
      assert.match(lines[0] ?? '', /in use by process \d+/)
      assert.is((await fetch(`http://127.0.0.1:${first.httpPort}/health`)).status, 200)
      assert.is(await first.end('SIGTERM'), 0)
    },
    limit,
  )

  test(
    'a wrong DATABASE_URL and a setting that does not exist are named',
    async () => {
      const noServer = await refusal({ databaseUrl: `postgres://nobody@127.0.0.1:${busyPort()}/x` })
      assert.is(noServer.code, 1)
      assert.is(noServer.lines.length, 1, noServer.output)
      assert.match(noServer.lines[0] ?? '', /DATABASE_URL/)
      const noUrl = await refusal({
        databaseUrl: 'mysql://x',
        environment: { MQTT_PROT: '1', HTTP_PORT: 'x' },
      })
      assert.is(noUrl.code, 1)
      assert.match(noUrl.lines[0] ?? '', /MQTT_PROT is not a setting.*DATABASE_URL.*HTTP_PORT/)
    },
    limit,
  )

  test(
    'health, readiness and the balance are told; SIGTERM ends it in order',
    async () => {
      const service = await startServiceProcess({ folder })
      const origin = `http://127.0.0.1:${service.httpPort}`
      assert.is((await fetch(`${origin}/ready`)).status, 200)
      const metrics = await (await fetch(`${origin}/metrics`)).text()
      assert.match(metrics, /toba_frames{outcome="received"} 0/)
      assert.is(await service.end('SIGTERM'), 0)
      assert.match(service.output(), /"event":"stopped"/)
    },
    limit,
  )
})
