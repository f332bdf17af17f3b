import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Gauge, Registry } from 'prom-client'
import * as assert from 'uvu/assert'
import { AppError } from '../../ingest/errors.js'
import type { Problem } from '../../shared/schema/problem.js'
import { suite } from '../suite.js'
import { type Rig, rig, routesOf } from './rig.js'

interface OpenApi {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object>; securitySchemes: object }
}
interface Operation {
  summary?: string
  security?: object[]
  parameters?: { name: string; in: string }[]
  responses: Record<string, object>
}

suite('documentation, problems and page', (test, { before, after }) => {
  let api: Rig
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toba-page-'))
    const registry = new Registry()
    new Gauge({ name: 'toba_test', help: 'one', registers: [registry] }).set(1)
    api = await rig({ changes: { pageFolder: folder, metrics: { registry } } })
  })
  after(async () => {
    await api.close()
    await rm(folder, { recursive: true })
  })

  const document = async () => (await api.app.inject({ url: '/docs/json' })).json<OpenApi>()

  test('the documentation names every route of the API, with a summary, its answers and its problems', async () => {
    const { openapi, paths } = await document()
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const existing = routesOf(api.app)
      // The page, the documentation itself, and the pages that links in messages lead to.
      .filter((route) => !/ (\*|\/docs.*|\/[ahsy]\/.*)$/.test(route))
      .map((route) => route.replace(/:(\w+)/g, '{$1}'))

    assert.is(openapi, '3.1.0')
    assert.equal(described.sort(), existing.sort())
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { summary, responses, parameters = [] }] of Object.entries(methods)) {
        assert.ok(summary, `${method} ${path}`)
        const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`)
        assert.equal(path.match(/\{\w+\}/g) ?? [], inPath, `${method} ${path}`)
        assert.ok('4XX' in responses, `${method} ${path}`)
      }
    }
  })

  test('every reference of the documentation leads somewhere', async () => {
    const openapi = await document()
    const references = JSON.stringify(openapi).matchAll(
      /"\$ref":"#\/components\/schemas\/([^"]+)"/g,
    )

    for (const [, name = ''] of references) assert.ok(name in openapi.components.schemas, name)
    assert.ok('Problem' in openapi.components.schemas)
  })

  test('the documentation says which routes need whom', async () => {
    const { paths } = await document()

    assert.equal(paths['/api/v1/sites']?.get?.security, [])
    assert.equal(paths['/api/v1/nodes']?.get?.security, [{ session: [] }, { token: [] }])
    assert.equal(paths['/api/v1/accounts']?.get?.security, [{ session: [] }])
  })

  test('the page of the documentation needs nothing that the strict policy forbids', async () => {
    const page = await api.app.inject({ url: '/docs' })

    const policy = String(page.headers['content-security-policy'])
    assert.match(policy, /default-src 'self'/)
    assert.not(policy.includes('unsafe'))
    assert.not(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i.test(page.body))
    for (const [, file = ''] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const url = new URL(file, 'http://localhost/docs/').pathname
      assert.is((await api.app.inject({ url })).statusCode, 200, url)
    }
  })

  const problem = async (url: string, options: object = {}) => {
    const answer = await api.app.inject({ url, ...options })
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
    const body = answer.json<Problem>()
    assert.is(body.status, answer.statusCode)
    return body
  }
  async function whileQueriesThrow(error: Error, body: () => Promise<void>): Promise<void> {
    const query = api.db.query
    api.db.query = () => Promise.reject(error)
    await body().finally(() => {
      api.db.query = query
    })
  }

  test('problems carry a stable code, a title and what is wrong with which part', async () => {
    assert.equal(await problem('/api/v1/sites?kind=sea&limit=0'), {
      type: 'urn:toba-sense:problem:invalid',
      title: 'The request is not valid',
      status: 400,
      detail:
        'querystring.kind: Invalid option: expected one of "lake"|"air"|"road"|"point"; ' +
        'querystring.limit: Too small: expected number to be >=1',
      code: 'INVALID',
      errors: [
        {
          path: 'querystring.kind',
          message: 'Invalid option: expected one of "lake"|"air"|"road"|"point"',
        },
        { path: 'querystring.limit', message: 'Too small: expected number to be >=1' },
      ],
    })
  })

  test('problems name what does not exist, what is too large and what is no JSON', async () => {
    const post = (payload: string) =>
      problem('/api/v1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        payload,
      })

    assert.is((await problem('/api/v1/nowhere')).code, 'NOT_FOUND')
    assert.is((await post('{"name":')).code, 'INVALID')
    assert.is((await post(`"${'x'.repeat(70_000)}"`)).code, 'TOO_LARGE')
  })

  test('problems hide the text of our own failures, and say when to come back', async () => {
    await whileQueriesThrow(new Error('secret detail of the database'), async () => {
      const { code, detail } = await problem('/api/v1/sites')
      assert.is(code, 'INTERNAL')
      assert.not(detail.includes('secret detail'))
    })
    await whileQueriesThrow(new AppError('STORE_REFUSED', 'column secret'), async () => {
      assert.not((await problem('/api/v1/sites')).detail.includes('secret'))
    })
    await whileQueriesThrow(new AppError('STORE_BUSY', 'away', { temporary: true }), async () => {
      const answer = await api.app.inject({ url: '/api/v1/sites' })
      assert.equal([answer.statusCode, answer.headers['retry-after']], [503, '5'])
    })
  })

  test('/metrics is what Prometheus reads', async () => {
    const answer = await api.app.inject({ url: '/metrics' })

    assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/)
    assert.is(answer.body, '# HELP toba_test one\n# TYPE toba_test gauge\ntoba_test 1\n')
  })

  test('every answer says of which kind the store is', async () => {
    for (const url of [
      '/',
      '/health',
      '/docs/json',
      '/api/v1/sites',
      '/api/v1/nowhere',
      '/api/v1/audit',
    ]) {
      assert.is((await api.app.inject({ url })).headers['x-store'], 'simulated', url)
    }
  })

  test('/ready says what is missing: the database by 503, the clock in words', async () => {
    api.clock.isSynchronised = false
    const unsure = await api.app.inject({ url: '/ready' })
    api.clock.isSynchronised = true
    await whileQueriesThrow(new Error('away'), async () => {
      const answer = await api.app.inject({ url: '/ready' })
      assert.is(answer.statusCode, 503)
      assert.match(
        answer.json<{ messages: string[] }>().messages.join(),
        /database does not answer/,
      )
    })

    assert.is(unsure.statusCode, 200)
    assert.is(unsure.json<{ clockSynchronised: boolean }>().clockSynchronised, false)
    assert.match(unsure.json<{ messages: string[] }>().messages[0] ?? '', /not synchronised/)
  })

  test('the page says in one line what to run while it is not built', async () => {
    const answer = await api.app.inject({ url: '/' })

    assert.equal(
      [answer.statusCode, answer.body],
      [503, 'The page is not built yet. Run: npm run build\n'],
    )
  })

  test('the page is served for every view, its hashed files for ever, and never for the API', async () => {
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), '<!doctype html>page')
    await writeFile(join(folder, 'assets/app-1a2b.js'), 'export {}')
    await writeFile(join(folder, 'assets/app-1a2b.js.br'), 'as if compressed')
    const get = (url: string) => api.app.inject({ url })

    const view = await get('/lokasi/balige?hari=7')
    const file = await get('/assets/app-1a2b.js')
    const small = await api.app.inject({
      url: '/assets/app-1a2b.js',
      headers: { 'accept-encoding': 'gzip, br' },
    })

    assert.equal([view.statusCode, view.body], [200, '<!doctype html>page'])
    assert.match(String(view.headers['cache-control']), /max-age=0/)
    assert.match(String(file.headers['cache-control']), /max-age=31536000, immutable/)
    assert.match(String(file.headers['content-type']), /javascript/)
    assert.equal([small.headers['content-encoding'], small.body], ['br', 'as if compressed'])
    assert.is((await get('/assets/gone.js')).statusCode, 404)
    assert.is((await get('/api/v2/sites')).statusCode, 404)
    assert.is((await get('/%2e%2e/%2e%2e/etc/passwd')).body.includes('root:'), false)
    assert.is((await get('/..%2f..%2f..%2fetc%2fpasswd.txt')).statusCode >= 400, true)
  })
})
