import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { openControlSocket } from '../../ingest/api/control.js'
import type { AppError } from '../../ingest/errors.js'
import { suite } from '../suite.js'
import { type Rig, rig } from './rig.js'

suite('control socket', (test, { before, after }) => {
  let api: Rig
  let folder: string
  before(async () => {
    api = await rig()
    folder = await mkdtemp(join(tmpdir(), 'toba-control-'))
  })
  after(async () => {
    await api.close()
    await rm(folder, { recursive: true })
  })

  async function ask(
    options: { socketPath: string } | { port: number; host: string },
    path: string,
    body?: object,
  ): Promise<{ status: number; body: string }> {
    const method = body === undefined ? 'GET' : 'POST'
    const request = httpRequest({
      ...options,
      path,
      method,
      headers: { 'content-type': 'application/json' },
    })
    request.end(body === undefined ? undefined : JSON.stringify(body))
    const [response]: IncomingMessage[] = await once(request, 'response')
    let text = ''
    for await (const chunk of response ?? []) text += chunk
    return { status: response?.statusCode ?? 0, body: text }
  }

  test('acts as the operator, is for its own user only, and replaces a stale one', async () => {
    const socketPath = join(folder, 'control.sock')
    await writeFile(socketPath, 'left over')
    const control = await openControlSocket(api.app, socketPath)

    const created = await ask({ socketPath }, '/api/v1/nodes', { name: 'by-socket', kind: 'lake' })
    const audit = await ask({ socketPath }, '/api/v1/audit')
    const { mode } = await stat(socketPath)
    await control.close()

    assert.is(created.status, 201)
    assert.match(audit.body, /"actor":"operator","action":"node.create","subject":"by-socket"/)
    assert.is(mode & 0o777, 0o600)
    assert.is(await stat(socketPath).catch(() => 'gone'), 'gone')
  })

  test('a connection from the network is nobody, also while the socket is in use', async () => {
    const socketPath = join(folder, 'beside.sock')
    const control = await openControlSocket(api.app, socketPath)
    await api.app.listen({ port: 0, host: '127.0.0.1' })
    const address = api.app.server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0

    const [bySocket, byNetwork] = await Promise.all([
      ask({ socketPath }, '/api/v1/audit'),
      ask({ port, host: '127.0.0.1' }, '/api/v1/audit'),
    ])
    await control.close()

    assert.equal([bySocket.status, byNetwork.status], [200, 401])
  })

  test('a path that is too long is one clear line', async () => {
    const error = await openControlSocket(
      api.app,
      join(folder, 'x'.repeat(120), 'control.sock'),
    ).then(
      () => undefined,
      (thrown: AppError) => thrown,
    )

    assert.is(error?.code, 'CONFIG')
    assert.match(error?.message ?? '', /longer than 10\d bytes, use a shorter DATA_DIR/)
  })

  test('a client that never finishes does not hold up the end', async () => {
    const other = await rig()
    await other.app.listen({ port: 0, host: '127.0.0.1' })
    const address = other.app.server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const socket = connect({ port, host: '127.0.0.1' })
    const cut = once(socket, 'close')
    const arrived = once(other.app.server, 'request')
    socket.write(
      'POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    )
    await arrived

    const start = performance.now()
    await other.close()
    await cut

    assert.ok(performance.now() - start < 8000)
  })
})
