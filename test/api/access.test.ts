import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import Fastify from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import * as assert from 'uvu/assert'
import { requireDeclaredAccess } from '../../ingest/api/access.js'
import { ROLES, type Role, type Scope } from '../../shared/schema/account.js'
import { suite } from '../suite.js'
import {
  type Browser,
  makeAccount,
  makeToken,
  NOW_MS,
  PASSWORD,
  type Rig,
  rig,
  routesOf,
  signIn,
} from './rig.js'

interface Row {
  roles: 'public' | readonly Role[]
  /** With which a token may call it. */
  scope?: Scope
  /** A request that gets past the door, whatever its handler then says. */
  url?: string
  payload?: object
}

const all = ROLES
const field: readonly Role[] = ['technician', 'admin']
const office: readonly Role[] = ['officer', 'admin']
const admin: readonly Role[] = ['admin']
const MONTH = '/api/v1/sites/no-such-site/months/2026-06'
const NODE = '/api/v1/nodes/no-such-node'

/** Every route that exists, and who may call it. */
const TABLE: Record<string, Row> = {
  'GET /health': { roles: 'public' },
  'GET /ready': { roles: 'public' },
  'GET /metrics': { roles: 'public' },
  'GET /docs': { roles: 'public' },
  'GET /docs/': { roles: 'public' },
  'GET /docs/static/index.html': { roles: 'public' },
  'GET /docs/static/swagger-initializer.js': { roles: 'public' },
  'GET /docs/*': { roles: 'public', url: '/docs/static/swagger-ui.css' },
  'HEAD /docs/*': { roles: 'public', url: '/docs/static/swagger-ui.css' },
  'GET /docs/json': { roles: 'public' },
  'GET /docs/yaml': { roles: 'public' },
  'GET *': { roles: 'public', url: '/' },
  'GET /api/v1/sites': { roles: 'public' },
  'GET /api/v1/sites/:name': { roles: 'public', url: '/api/v1/sites/no-such-site' },
  'GET /api/v1/sites/:name/limits': {
    roles: all,
    scope: 'read',
    url: '/api/v1/sites/no-such-site/limits',
  },
  'PUT /api/v1/sites/:name/limits/:quantity': {
    roles: office,
    url: '/api/v1/sites/no-such-site/limits/ph',
    payload: { limits: null, reason: 'because' },
  },
  'POST /api/v1/sites': { roles: field, scope: 'write:sites', payload: {} },
  'PATCH /api/v1/sites/:name': {
    roles: field,
    scope: 'write:sites',
    url: '/api/v1/sites/no-such-site',
    payload: { title: 'x' },
  },
  'GET /api/v1/nodes': { roles: all, scope: 'read' },
  'GET /api/v1/nodes/:name': { roles: all, scope: 'read', url: NODE },
  'POST /api/v1/nodes': { roles: field, scope: 'write:nodes', payload: {} },
  'PATCH /api/v1/nodes/:name': {
    roles: field,
    scope: 'write:nodes',
    url: NODE,
    payload: { title: 'x' },
  },
  'POST /api/v1/nodes/:name/rotate': { roles: field, scope: 'write:nodes', url: `${NODE}/rotate` },
  'POST /api/v1/nodes/:name/disable': {
    roles: field,
    scope: 'write:nodes',
    url: `${NODE}/disable`,
  },
  'POST /api/v1/nodes/:name/enable': { roles: field, scope: 'write:nodes', url: `${NODE}/enable` },
  'GET /api/v1/nodes/:name/config': { roles: all, scope: 'read', url: `${NODE}/config` },
  'PUT /api/v1/nodes/:name/config': {
    roles: field,
    scope: 'write:nodes',
    url: `${NODE}/config`,
    payload: {},
  },
  'GET /api/v1/placements': { roles: all, scope: 'read' },
  'POST /api/v1/placements': { roles: field, scope: 'write:nodes', payload: {} },
  'POST /api/v1/placements/move': { roles: field, scope: 'write:nodes', payload: {} },
  'PATCH /api/v1/placements/:id': {
    roles: field,
    scope: 'write:nodes',
    url: '/api/v1/placements/999',
    payload: { to: '2026-07-01T00:00:00Z' },
  },
  'GET /api/v1/probes': { roles: all, scope: 'read' },
  'GET /api/v1/probes/:id': { roles: all, scope: 'read', url: '/api/v1/probes/999' },
  'POST /api/v1/probes': { roles: field, scope: 'write:nodes', payload: {} },
  'PATCH /api/v1/probes/:id': {
    roles: field,
    scope: 'write:nodes',
    url: '/api/v1/probes/999',
    payload: { to: '2026-07-01T00:00:00Z' },
  },
  'GET /api/v1/calibrations': { roles: all, scope: 'read' },
  'GET /api/v1/calibrations/:id': { roles: all, scope: 'read', url: '/api/v1/calibrations/999' },
  'POST /api/v1/calibrations': { roles: field, scope: 'write:nodes', payload: {} },
  'POST /api/v1/calibrations/preview': { roles: field, scope: 'write:nodes', payload: {} },
  'POST /api/v1/calibrations/:id/withdraw': {
    roles: all,
    scope: 'write:nodes',
    url: '/api/v1/calibrations/999/withdraw',
    payload: { reason: 'x' },
  },
  'GET /api/v1/visits': { roles: all, scope: 'read' },
  'GET /api/v1/visits/:id': { roles: all, scope: 'read', url: '/api/v1/visits/999' },
  'POST /api/v1/visits': { roles: field, scope: 'write:nodes', payload: {} },
  'POST /api/v1/visits/:id/withdraw': {
    roles: all,
    scope: 'write:nodes',
    url: '/api/v1/visits/999/withdraw',
    payload: { reason: 'x' },
  },
  'GET /api/v1/quantities': { roles: 'public' },
  'GET /api/v1/latest': { roles: 'public' },
  'GET /api/v1/readings': { roles: 'public', url: '/api/v1/readings?site=no-such-site' },
  'GET /api/v1/sites/:name/months': {
    roles: 'public',
    url: '/api/v1/sites/no-such-site/months',
  },
  'GET /api/v1/sites/:name/months/:month': { roles: 'public', url: MONTH },
  'GET /api/v1/sites/:name/months/:month/versions/:version': {
    roles: 'public',
    url: `${MONTH}/versions/1`,
  },
  'POST /api/v1/sites/:name/months/:month/approve': {
    roles: office,
    url: `${MONTH}/approve`,
    payload: { hash: '0'.repeat(64) },
  },
  'POST /api/v1/sites/:name/months/:month/reopen': {
    roles: office,
    url: `${MONTH}/reopen`,
    payload: { reason: 'x' },
  },
  'GET /api/v1/sites/:name/water-status': {
    roles: 'public',
    url: '/api/v1/sites/no-such-site/water-status',
  },
  'PUT /api/v1/sites/:name/natural-temperature': {
    roles: office,
    url: '/api/v1/sites/no-such-site/natural-temperature',
    payload: { tempC: 25, basis: 'x' },
  },
  'DELETE /api/v1/sites/:name/natural-temperature': {
    roles: office,
    url: '/api/v1/sites/no-such-site/natural-temperature',
  },
  'GET /api/v1/laboratory/parameters': { roles: 'public' },
  'GET /api/v1/laboratory/results': {
    roles: 'public',
    url: '/api/v1/laboratory/results?site=no-such-site',
  },
  'GET /api/v1/laboratory/results/:id': {
    roles: 'public',
    url: '/api/v1/laboratory/results/999',
  },
  'POST /api/v1/laboratory/results': { roles: office, payload: {} },
  'POST /api/v1/laboratory/results/:id/correct': {
    roles: office,
    url: '/api/v1/laboratory/results/999/correct',
    payload: {},
  },
  'POST /api/v1/laboratory/results/:id/withdraw': {
    roles: office,
    url: '/api/v1/laboratory/results/999/withdraw',
    payload: { reason: 'x' },
  },
  'POST /api/v1/laboratory/imports': { roles: office, payload: {} },
  'GET /api/v1/live': { roles: 'public', url: '/api/v1/live?site=no-such-site' },
  'GET /api/v1/marks': { roles: all, scope: 'read', url: '/api/v1/marks?site=no-such-site' },
  'POST /api/v1/marks': { roles: office, payload: {} },
  'POST /api/v1/marks/preview': { roles: office, payload: {} },
  'POST /api/v1/marks/:id/undo': {
    roles: office,
    url: '/api/v1/marks/999/undo',
    payload: { reason: 'a test' },
  },
  'GET /api/v1/rules': { roles: all, scope: 'read' },
  'GET /api/v1/rules/:name': { roles: all, scope: 'read', url: '/api/v1/rules/no-such-rule' },
  'PUT /api/v1/rules/:name': { roles: office, url: '/api/v1/rules/no-such-rule', payload: {} },
  'POST /api/v1/rules/preview': { roles: office, payload: {} },
  'GET /api/v1/alarms': { roles: all, scope: 'read' },
  'GET /api/v1/alarms/:id': { roles: all, scope: 'read', url: '/api/v1/alarms/999' },
  'GET /api/v1/alarms/years/:year': {
    roles: all,
    scope: 'read',
    url: '/api/v1/alarms/years/2026',
  },
  'POST /api/v1/alarms/:id/acknowledge': {
    roles: all,
    url: '/api/v1/alarms/999/acknowledge',
    payload: {},
  },
  'POST /api/v1/alarms/:id/confirm': { roles: office, url: '/api/v1/alarms/999/confirm' },
  'GET /api/v1/sites/:name/maintenance': {
    roles: all,
    scope: 'read',
    url: '/api/v1/sites/no-such-site/maintenance',
  },
  'PUT /api/v1/sites/:name/maintenance': {
    roles: all,
    url: '/api/v1/sites/no-such-site/maintenance',
    payload: {},
  },
  'GET /api/v1/jobs': { roles: all, scope: 'read' },
  'GET /api/v1/jobs/:id': { roles: all, scope: 'read', url: '/api/v1/jobs/999' },
  'POST /api/v1/jobs/:id/retry': { roles: all, url: '/api/v1/jobs/999/retry' },
  'GET /api/v1/channels': { roles: 'public' },
  'POST /api/v1/channels/test': { roles: admin, payload: {} },
  'GET /api/v1/frames': {
    roles: all,
    scope: 'read',
    url: '/api/v1/frames?node=no-such-node&time=2026-07-01T00:00:00Z',
  },
  'GET /api/v1/rejected-frames': { roles: all, scope: 'read' },
  'GET /api/v1/rejected-frames/:id': {
    roles: all,
    scope: 'read',
    url: '/api/v1/rejected-frames/999',
  },
  'POST /api/v1/rejected-frames/replay': { roles: all, scope: 'replay', payload: { ids: [999] } },
  'GET /api/v1/people': { roles: office },
  'POST /api/v1/people': { roles: office, payload: {} },
  'PUT /api/v1/people/:id': {
    roles: office,
    url: '/api/v1/people/999',
    payload: { title: 'x', contacts: [] },
  },
  'DELETE /api/v1/people/:id': { roles: office, url: '/api/v1/people/999' },
  'GET /api/v1/duties': { roles: all, scope: 'read' },
  'POST /api/v1/duties': { roles: office, payload: {} },
  'DELETE /api/v1/duties/:id': { roles: office, url: '/api/v1/duties/999' },
  'GET /api/v1/escalation': { roles: all, scope: 'read' },
  'PUT /api/v1/escalation': { roles: office, payload: {} },
  'GET /api/v1/subscriptions': { roles: office },
  'DELETE /api/v1/subscriptions/:id': { roles: office, url: '/api/v1/subscriptions/999' },
  // Pages whose address holds what vouches for the caller, or that are for everybody.
  'GET /a/:key': { roles: 'public', url: '/a/no-such-key' },
  'POST /a/:key': { roles: 'public', url: '/a/no-such-key', payload: {} },
  'GET /y/:key': { roles: 'public', url: '/y/no-such-key' },
  'POST /y/:key': { roles: 'public', url: '/y/no-such-key' },
  'GET /h/:key': { roles: 'public', url: '/h/no-such-key' },
  'POST /h/:key': { roles: 'public', url: '/h/no-such-key' },
  'GET /s/:site': { roles: 'public', url: '/s/no-such-site' },
  'POST /s/:site': { roles: 'public', url: '/s/no-such-site', payload: {} },
  'GET /s/:site/qr': { roles: 'public', url: '/s/no-such-site/qr' },
  // Its handler lets only the operator of the machine on.
  'POST /api/v1/backups': { roles: admin, payload: {} },
  'GET /api/v1/accounts': { roles: admin },
  'POST /api/v1/accounts': { roles: admin, payload: {} },
  'PATCH /api/v1/accounts/:name': {
    roles: admin,
    url: '/api/v1/accounts/nobody-here',
    payload: { title: 'x' },
  },
  'GET /api/v1/tokens': { roles: all },
  'POST /api/v1/tokens': { roles: all, payload: {} },
  'DELETE /api/v1/tokens/:id': { roles: all, url: '/api/v1/tokens/999' },
  'GET /api/v1/audit': { roles: admin },
  'POST /api/v1/setup': {
    roles: 'public',
    payload: { secret: 'wrong', name: 'somebody', password: PASSWORD },
  },
  'GET /api/v1/session': { roles: 'public' },
  'POST /api/v1/session': { roles: 'public', payload: { name: 'nobody-here', password: 'wrong' } },
  'PUT /api/v1/session/password': {
    roles: all,
    payload: { current: 'wrong', password: PASSWORD },
  },
  // Last: it signs its caller out.
  'DELETE /api/v1/session': { roles: 'public' },
}

/** How the door itself refuses; handlers say other things. */
const REFUSAL =
  /^this is for the roles|no token may call|lacks the scope|nobody may call|revoked or expired$/

type Caller = (options: InjectOptions) => Promise<LightMyRequestResponse>

suite('access', (test, { before, after }) => {
  let api: Rig
  let expired: Caller
  const callers: Record<string, Caller> = {}
  const withScope: Partial<Record<Scope, Caller>> = {}
  let withoutScope: Caller

  before(async () => {
    api = await rig()
    const { app } = api
    const bearer =
      (token: string): Caller =>
      (options) =>
        app.inject({ ...options, headers: { authorization: `Bearer ${token}` } })
    callers.anonymous = (options) => app.inject(options)
    callers.operator = api.operator
    for (const role of ROLES) {
      await makeAccount(api, `an-${role}`, role)
      const browser: Browser = await signIn(api, `an-${role}`)
      callers[role] = browser.inject
    }
    for (const scope of ['read', 'write:nodes', 'write:sites', 'replay'] as const) {
      withScope[scope] = bearer(await makeToken(api, 'an-admin', [scope]))
    }
    withoutScope = bearer(await makeToken(api, 'an-admin', ['write:sites']))
    const short = await makeToken(api, 'an-admin', ['read'], 1)
    await api.db.query('write', 'UPDATE token SET expires_at = $1 WHERE expires_at < $2', [
      new Date(NOW_MS),
      new Date(NOW_MS + 2 * 86_400_000),
    ])
    expired = bearer(short)
  })
  after(() => api.close())

  test('the table names exactly the routes that exist', () => {
    assert.equal(routesOf(api.app).sort(), Object.keys(TABLE).sort())
  })

  for (const [route, row] of Object.entries(TABLE)) {
    test(`${route} lets in whom it should, and nobody else`, async () => {
      const { roles, scope } = row
      const mayAll = roles === 'public'

      assert.is(await outcome('anonymous', route), mayAll ? 'passed' : '401')
      for (const role of ROLES) {
        assert.is(
          await outcome(role, route),
          mayAll || roles.includes(role) ? 'passed' : '403',
          role,
        )
      }
      assert.is(await outcome('operator', route), 'passed')
      assert.is(await outcomeOf(expired, route), '401', 'expired token')
      const other = scope === 'write:sites' ? withScope.read : withoutScope
      assert.is(await outcomeOf(other, route), mayAll ? 'passed' : '403', 'token without scope')
      if (scope === undefined) return
      assert.is(await outcomeOf(withScope[scope], route), 'passed', 'token with scope')
    })
  }

  test('a token never does what its account’s role may not', async () => {
    const token = await makeToken(api, 'an-officer', ['write:nodes', 'read'])
    const headers = { authorization: `Bearer ${token}` }

    const write = await api.app.inject({ method: 'POST', url: `${NODE}/rotate`, headers })
    const read = await api.app.inject({ url: '/api/v1/nodes', headers })

    assert.is(write.statusCode, 403)
    assert.is(read.statusCode, 200)
  })

  test('nothing in a request from the network can claim to be the operator', async () => {
    const headers = {
      'x-actor': 'operator',
      'x-operator': 'true',
      authorization: 'Bearer operator',
    }

    const answer = await api.app.inject({ url: '/api/v1/audit', headers })

    assert.is(answer.statusCode, 401)
  })

  test('a backup is written where it is told to, so no password is enough for it', async () => {
    const folder = join(tmpdir(), `toba-no-backup-${process.pid}`)
    const request = { method: 'POST', url: '/api/v1/backups', payload: { folder } } as const

    const { inject } = await signIn(api, 'an-admin')
    const answer = await inject(request)

    assert.is(answer.statusCode, 403)
    assert.not.ok(existsSync(folder))
  })

  test('a route without declared access does not start', async () => {
    const app = Fastify().withTypeProvider<ZodTypeProvider>()
    requireDeclaredAccess(app)
    app.get('/forgotten', async () => 'open')

    const error = await app.ready().then(
      () => undefined,
      (thrown: Error) => thrown,
    )

    assert.match(error?.message ?? '', /GET \/forgotten/)
  })

  async function outcome(caller: string, route: string): Promise<string> {
    return outcomeOf(callers[caller], route)
  }

  async function outcomeOf(caller: Caller | undefined, route: string): Promise<string> {
    const [method = '', path = ''] = route.split(' ')
    const row = TABLE[route]
    const options = {
      method: method as 'GET',
      url: row?.url ?? path,
      ...(row?.payload && { payload: row.payload }),
    }
    const answer = await caller?.(options)
    if (answer === undefined) return 'no caller'
    if (answer.body === '') return answer.statusCode === 401 ? '401' : 'passed'
    const isProblem = String(answer.headers['content-type']).startsWith('application/problem')
    const detail = isProblem ? answer.json<{ detail: string }>().detail : ''
    return REFUSAL.test(detail) ? String(answer.statusCode) : 'passed'
  }
})
