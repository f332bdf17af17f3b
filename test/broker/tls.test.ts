import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { BlockList } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ingestRig, oxygenFrame, type Rig } from '../ingest-fixture.js'
import { login, openSocket, publish } from '../mqtt-client.js'
import { suite } from '../suite.js'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

suite('the door for nodes with TLS', (test, { before, after }) => {
  if (!hasOpenssl) return test.skip('all tests', 'there is no openssl to make a certificate')
  const { cert, key } = certificate()
  let rig: Rig
  before(async () => {
    // Nobody may come in without TLS.
    const plainNetworks = new BlockList()
    const tls = { port: 0, cert, key }
    rig = await ingestRig('embedded', {
      broker: { tls, plainNetworks, maxConnectionsPerAddress: 5 },
    })
  })
  after(() => rig.close())

  test('a node delivers over TLS where plain logins are refused', async () => {
    const node = await rig.addNode('tls-node')
    const plain = await openSocket(rig.broker.port)
    await plain.closed
    const client = await login(tlsPort(), node.name, node.secret, {}, cert)

    await publish(client, 'toba/tls-node/r', oxygenFrame({ start: rig.clock.seconds - 600 }))

    assert.equal(rig.refused, ['plain-network'])
    assert.is((await rig.rows('SELECT FROM reading WHERE node_id = $1', [node.id])).length, 4)
    client.end()
  })

  test('sockets are counted before their handshake; silent and strange ones are closed', async () => {
    const known = rig.refused.length
    const open = () => openSocket(tlsPort())
    const silent = await Promise.all([open(), open(), open(), open(), open()])
    const beyond = await open()
    await beyond.closed
    silent[0]?.socket.write('this is no handshake')
    await Promise.all(silent.map(({ closed }) => closed))

    const reasons = rig.refused.slice(known)
    assert.equal(reasons.slice(0, 2), ['too-many-sockets', 'protocol'])
    assert.equal(reasons.slice(2), Array(4).fill('connect-timeout'))
    const node = await rig.addNode('tls-later')
    const client = await login(tlsPort(), node.name, node.secret, {}, cert)
    assert.is(client.returnCode, 0, 'there is room again')
    client.end()
  })

  const tlsPort = () => rig.broker.tlsPort ?? 0
})

/** For 127.0.0.1, signed by itself. */
function certificate(): { cert: Buffer; key: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'toba-tls-'))
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', '/CN=toba-test'],
        ...['-addext', 'subjectAltName=IP:127.0.0.1'],
      ],
      { stdio: 'ignore' },
    )
    return { cert: readFileSync(certFile), key: readFileSync(keyFile) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
