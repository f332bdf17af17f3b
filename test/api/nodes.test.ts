import * as assert from 'uvu/assert'
import {
  endPreviousLogin,
  matchSecret,
  nodeIdentity,
  PREVIOUS_TRAILER_MS,
  trailerHashes,
} from '../../ingest/store/nodes.js'
import { secretHash } from '../../ingest/store/secrets.js'
import { suite } from '../suite.js'
import { made, NOW_MS, type Rig, rig, storeReadings } from './rig.js'

suite('nodes', (test, { before, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
  })
  after(() => api.close())

  const add = async (name: string) =>
    (await made<{ secret: string }>(api, 'nodes', { name, kind: 'lake' })).secret
  const rotate = async (name: string) =>
    (await made<{ secret: string }>(api, `nodes/${name}/rotate`, {})).secret
  const fits = async (name: string, secret: string) => {
    const identity = await nodeIdentity(api.db, { name })
    return identity === undefined ? undefined : matchSecret(identity, secret)
  }

  test('a secret is 128 bits, shown once and kept as SHA-256', async () => {
    const secret = await add('shown-once')

    const answer = await api.operator({ url: '/api/v1/nodes/shown-once' })
    const rows = await api.db.query<{ node: string }>('read', 'SELECT node::text FROM node')

    assert.match(secret, /^[0-9a-f]{32}$/)
    assert.not(answer.body.includes(secret))
    assert.not(JSON.stringify(rows).includes(secret))
    const identity = await nodeIdentity(api.db, { name: 'shown-once' })
    assert.equal(identity?.secretHash, secretHash(secret))
  })

  test('after a rotation the old secret logs in until the new one has', async () => {
    const old = await add('rotated')
    const fresh = await rotate('rotated')

    assert.equal(
      [await fits('rotated', old), await fits('rotated', fresh)],
      ['previous', 'current'],
    )
    const { id } = (await nodeIdentity(api.db, { name: 'rotated' })) ?? { id: 0 }
    await endPreviousLogin(api.db, id, secretHash(fresh))
    assert.equal([await fits('rotated', old), await fits('rotated', fresh)], [undefined, 'current'])
    assert.is(await fits('rotated', 'neither'), undefined)
  })

  test('a login that a rotation has overtaken leaves the old secret its login', async () => {
    const old = await add('overtaken')
    const lost = await rotate('overtaken')
    const { id } = (await nodeIdentity(api.db, { name: 'overtaken' })) ?? { id: 0 }
    await rotate('overtaken')

    await endPreviousLogin(api.db, id, secretHash(lost))

    assert.is(await fits('overtaken', old), 'previous')
  })

  test('rotating twice keeps the secret that the node really has', async () => {
    const old = await add('twice')
    const lost = await rotate('twice')
    const fresh = await rotate('twice')

    assert.equal(
      [await fits('twice', old), await fits('twice', lost), await fits('twice', fresh)],
      ['previous', undefined, 'current'],
    )
  })

  test('the old secret verifies frames for a year, and no longer', async () => {
    const old = await add('signing')
    const fresh = await rotate('signing')
    const identity = await nodeIdentity(api.db, { name: 'signing' })
    if (identity === undefined) throw new Error('the node is gone')

    const now = trailerHashes(identity, new Date(NOW_MS))
    const later = trailerHashes(identity, new Date(NOW_MS + PREVIOUS_TRAILER_MS))

    assert.equal(now, [secretHash(fresh), secretHash(old)])
    assert.equal(later, [secretHash(fresh)])
  })

  test('a disabled node has no secret, is cut off, and may come back', async () => {
    const secret = await add('cut-off')

    await made(api, 'nodes/cut-off/disable', {})
    const disabled = await fits('cut-off', secret)
    await made(api, 'nodes/cut-off/enable', {})

    assert.is(disabled, undefined)
    assert.ok(api.asked.includes('disconnect cut-off'))
    assert.is(await fits('cut-off', secret), 'current')
  })

  test('a configuration is checked, counted and sent', async () => {
    await add('configured')
    const put = (payload: object) =>
      api.operator({ method: 'PUT', url: '/api/v1/nodes/configured/config', payload })

    const first = await put({ intervalS: 300 })
    const second = await put({ channels: [{ quantity: 'ph', intervalS: 600 }] })
    const wrong = await put({ intervall: 300 })

    assert.is(first.json<{ revision: number }>().revision, 1)
    assert.is(second.json<{ revision: number }>().revision, 2)
    assert.is(wrong.statusCode, 400)
    assert.match(wrong.json<{ detail: string }>().detail, /unknown: intervall; known: intervalS/)
    const kept = await api.operator({ url: '/api/v1/nodes/configured/config' })
    assert.equal(kept.json(), {
      revision: 2,
      configuration: { channels: [{ quantity: 'ph', position: 0, intervalS: 600 }] },
    })
    assert.is(api.asked.filter((what) => what === 'config configured').length, 2)
  })

  test('the revision that a node says it applies stands beside the one it is told', async () => {
    await add('confirming')
    const revisions = async () => {
      const answer = await api.operator({ url: '/api/v1/nodes/confirming' })
      const node = answer.json<{ configRevision: number; confirmedRevision: number | null }>()
      return [node.configRevision, node.confirmedRevision]
    }
    await made(api, 'nodes/confirming/config', { intervalS: 300 }, 'PUT')
    await made(api, 'nodes/confirming/config', { intervalS: 600 }, 'PUT')
    assert.equal(await revisions(), [2, null])

    await storeReadings(api, 'confirming', 'config_revision', [
      [NOW_MS / 1000 - 120, 2],
      [NOW_MS / 1000 - 180, 1],
    ])

    assert.equal(await revisions(), [2, 2])
  })

  test('last seen is when readings came last; the name and simulated never change', async () => {
    await made(api, 'nodes', { name: 'seen', kind: 'lake', simulated: true })
    await storeReadings(api, 'seen', 'ph', [[NOW_MS / 1000 - 60, 750]])
    const patch = await api.operator({
      method: 'PATCH',
      url: '/api/v1/nodes/seen',
      payload: { simulated: false },
    })

    const node = await made<{ lastSeenAt: string; simulated: boolean; title: string }>(
      api,
      'nodes/seen',
      { title: 'Dilihat' },
      'PATCH',
    )

    assert.is(patch.statusCode, 400)
    assert.equal(
      [node.lastSeenAt, node.simulated, node.title],
      ['2026-06-30T23:59:00Z', true, 'Dilihat'],
    )
  })

  test('a name can be given once, and must be a name', async () => {
    const post = (name: string) =>
      api.operator({ method: 'POST', url: '/api/v1/nodes', payload: { name, kind: 'lake' } })

    assert.is((await post('once-only')).statusCode, 201)
    assert.is((await post('once-only')).statusCode, 409)
    assert.is((await post('Not A Name')).statusCode, 400)
  })

  test('nodes come in pages by name', async () => {
    const page = async (query: string) => {
      const answer = await api.operator({ url: `/api/v1/nodes?limit=2${query}` })
      const { nodes, next } = answer.json<{ nodes: { name: string }[]; next: string | null }>()
      return { names: nodes.map(({ name }) => name), next }
    }
    const names: string[] = []

    let { names: some, next } = await page('')
    for (; next !== null; { names: some, next } = await page(`&after=${next}`)) names.push(...some)
    names.push(...some)

    const rows = await api.db.query<{ name: string }>('read', 'SELECT name FROM node ORDER BY name')
    assert.equal(
      names,
      rows.map(({ name }) => name),
    )
  })
})
