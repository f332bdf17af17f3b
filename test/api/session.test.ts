import * as assert from 'uvu/assert'
import { LoginLimiter, PER_ACCOUNT } from '../../ingest/api/login-limiter.js'
import { passwordFits } from '../../ingest/api/passwords.js'
import { SESSION_MS } from '../../ingest/api/session-store.js'
import { ensureSetupSecret } from '../../ingest/api/setup.js'
import { suite } from '../suite.js'
import { made, makeAccount, makeToken, PASSWORD, type Rig, rig, signIn } from './rig.js'

suite('session', (test, { before, after }) => {
  let api: Rig
  before(async () => {
    api = await rig()
  })
  after(() => api.close())

  const setup = (secret: string) =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { secret, name: 'first', password: PASSWORD },
    })
  const login = (name: string, password: string) =>
    api.app.inject({ method: 'POST', url: '/api/v1/session', payload: { name, password } })
  const who = async (cookie: string): Promise<string | undefined> => {
    const answer = await api.app.inject({ url: '/api/v1/session', headers: { cookie } })
    return answer.json<{ account: { name: string } | null }>().account?.name
  }

  test('the first admin is made with the one-time secret, once', async () => {
    const lost = (await ensureSetupSecret(api.db)) ?? ''
    const secret = (await ensureSetupSecret(api.db)) ?? ''

    const withLost = await setup(lost)
    const first = await setup(secret)
    const again = await setup(secret)

    assert.is(withLost.statusCode, 403, 'a new start makes a new secret')
    assert.is(first.statusCode, 201)
    assert.is(first.json<{ role: string }>().role, 'admin')
    assert.is(again.statusCode, 403)
    assert.is(await ensureSetupSecret(api.db), undefined)
  })

  test('the cookie is for the API alone, hidden from scripts and other sites', async () => {
    const answer = await login('first', PASSWORD)

    const { httpOnly, sameSite, path, secure } = answer.cookies[0] ?? {}
    assert.equal([httpOnly, sameSite, path, secure], [true, 'Strict', '/api/', undefined])
  })

  test('only the hash of a session’s id is kept, and it ends when its time is over', async () => {
    const { cookie } = await signIn(api, 'first')

    const kept = await api.db.query<{ ids: string }>(
      'read',
      `SELECT string_agg(encode(id_hash, 'escape') || content::text, ' ') AS ids FROM session`,
    )
    const before = await who(cookie)
    api.clock.nowMs += SESSION_MS + 1

    assert.not(kept[0]?.ids.includes(cookie.split('=')[1] ?? ''))
    assert.is(before, 'first')
    assert.is(await who(cookie), undefined)
  })

  test('signing in gives a new id, signing out ends it', async () => {
    const one = await signIn(api, 'first')
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: { cookie: one.cookie, 'x-csrf-token': one.csrf },
      payload: { name: 'first', password: PASSWORD },
    })

    assert.is(answer.statusCode, 200)
    assert.is.not(answer.cookies[0]?.value, one.cookie.split('=')[1])
    assert.is(await who(one.cookie), undefined, 'the id from before is worth nothing')

    const two = await signIn(api, 'first')
    await two.inject({ method: 'DELETE', url: '/api/v1/session' })
    assert.is(await who(two.cookie), undefined)
  })

  test('a write by cookie needs its page’s token and its page’s origin; a token needs neither', async () => {
    const browser = await signIn(api, 'first')
    const bearer = `Bearer ${await makeToken(api, 'first', ['write:nodes'])}`
    const post = (name: string, headers: Record<string, string>) =>
      api.app.inject({
        method: 'POST',
        url: '/api/v1/nodes',
        headers,
        payload: { name, kind: 'lake' },
      })
    const { cookie, csrf } = browser

    const without = await post('csrf-1', { cookie })
    const wrong = await post('csrf-2', { cookie, 'x-csrf-token': 'aaaaaaaa-aaaaaaaa' })
    const foreign = await post('csrf-3', {
      cookie,
      'x-csrf-token': csrf,
      origin: 'https://evil.example',
    })
    const own = await post('csrf-4', {
      cookie,
      'x-csrf-token': csrf,
      origin: 'http://localhost:80',
    })
    const token = await post('csrf-5', { authorization: bearer })

    assert.equal([without.statusCode, without.json<{ code: string }>().code], [403, 'CSRF'])
    assert.equal([wrong.statusCode, wrong.json<{ code: string }>().code], [403, 'CSRF'])
    assert.is(foreign.statusCode, 403)
    assert.is(own.statusCode, 201)
    assert.is(token.statusCode, 201)
  })

  test('what a form of another page can send is not read', async () => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      headers: { 'content-type': 'text/plain' },
      payload: JSON.stringify({ name: 'first', password: PASSWORD }),
    })

    assert.equal([answer.statusCode, answer.json<{ code: string }>().code], [415, 'UNSUPPORTED'])
  })

  test('guessing a password gets slower, for one account and without telling names', async () => {
    await makeAccount(api, 'guessed', 'officer')
    const codes: number[] = []
    for (let guess = 0; guess < PER_ACCOUNT.free + 1; guess++) {
      codes.push((await login('guessed', 'wrong')).statusCode)
    }
    const right = await login('guessed', PASSWORD)
    api.clock.nowMs += 1001
    const later = await login('guessed', PASSWORD)
    const unknown = await login('not-there', 'wrong')

    assert.equal(codes, [401, 401, 401, 401, 401, 429])
    assert.is(right.statusCode, 429, 'the right one has to wait too')
    assert.is(right.headers['retry-after'], '1')
    assert.is(later.statusCode, 200)
    const wrongBody = (await login('guessed', 'wrong')).body
    assert.is(unknown.body, wrongBody)
  })

  test('a new password ends every other session of the account', async () => {
    await makeAccount(api, 'changing', 'officer')
    const here = await signIn(api, 'changing')
    const elsewhere = await signIn(api, 'changing')
    const change = (current: string) =>
      here.inject({
        method: 'PUT',
        url: '/api/v1/session/password',
        payload: { current, password: 'a brand new password' },
      })

    const wrong = await change('wrong')
    const right = await change(PASSWORD)

    assert.is(wrong.statusCode, 403)
    assert.is(right.statusCode, 204)
    assert.is(await who(here.cookie), 'changing')
    assert.is(await who(elsewhere.cookie), undefined)
    assert.is((await login('changing', 'a brand new password')).statusCode, 200)
  })

  test('a disabled account is out at once, with its tokens', async () => {
    await makeAccount(api, 'leaving', 'technician')
    const { cookie } = await signIn(api, 'leaving')
    const authorization = `Bearer ${await makeToken(api, 'leaving', ['read'])}`
    const list = () => api.app.inject({ url: '/api/v1/nodes', headers: { authorization } })
    const before = await list()

    await made(api, 'accounts/leaving', { disabled: true }, 'PATCH')

    assert.is(before.statusCode, 200)
    assert.is(await who(cookie), undefined)
    assert.is((await list()).statusCode, 401)
    assert.is((await login('leaving', PASSWORD)).statusCode, 401)
  })

  test('what another service has disabled is out here too', async () => {
    await makeAccount(api, 'elsewhere', 'officer')
    const { cookie } = await signIn(api, 'elsewhere')

    await api.db.query('write', `UPDATE account SET disabled_at = now() WHERE name = 'elsewhere'`)

    assert.is(await who(cookie), undefined)
  })

  test('a changed role holds in the session that is open', async () => {
    await makeAccount(api, 'rising', 'officer')
    const browser = await signIn(api, 'rising')
    const audit = () => browser.inject({ url: '/api/v1/audit' })
    const before = (await audit()).statusCode

    await made(api, 'accounts/rising', { role: 'admin' }, 'PATCH')

    assert.equal([before, (await audit()).statusCode], [403, 200])
    await made(api, 'accounts/rising', { role: 'officer' }, 'PATCH')
  })

  test('the last admin cannot be disabled or lose the role', async () => {
    const patch = (payload: object) =>
      api.operator({ method: 'PATCH', url: '/api/v1/accounts/first', payload })

    const disabled = await patch({ disabled: true })
    const demoted = await patch({ role: 'officer' })
    const renamed = await patch({ title: 'Kepala' })

    assert.is(disabled.statusCode, 409)
    assert.is(demoted.statusCode, 409)
    assert.is(renamed.statusCode, 200)
    assert.is((await login('first', PASSWORD)).statusCode, 200)
  })

  test('a token is shown once, used with a note, revoked by its owner only', async () => {
    await makeAccount(api, 'owner', 'technician')
    await makeAccount(api, 'other', 'technician')
    const owner = await signIn(api, 'owner')
    const other = await signIn(api, 'other')
    const created = await owner.inject({
      method: 'POST',
      url: '/api/v1/tokens',
      payload: { name: 'script', scopes: ['read'] },
    })
    const { id, secret } = created.json<{ id: number; secret: string }>()
    const list = () =>
      api.app.inject({ url: '/api/v1/nodes', headers: { authorization: `Bearer ${secret}` } })
    const revoke = (browser: typeof owner) =>
      browser.inject({ method: 'DELETE', url: `/api/v1/tokens/${id}` })

    assert.is((await list()).statusCode, 200)
    const listed = await owner.inject({ url: '/api/v1/tokens' })
    assert.not(listed.body.includes(secret))
    assert.equal((await other.inject({ url: '/api/v1/tokens' })).json(), { tokens: [] })
    assert.is((await revoke(other)).statusCode, 404)
    assert.is((await revoke(owner)).statusCode, 204)
    assert.is((await list()).statusCode, 401)
    const forAnother = await other.inject({
      method: 'POST',
      url: '/api/v1/tokens',
      payload: { name: 'script', scopes: ['read'], account: 'owner' },
    })
    assert.is(forAnother.statusCode, 403)
  })

  test('every change is in the audit with who made it', async () => {
    const browser = await signIn(api, 'first')
    await browser.inject({
      method: 'POST',
      url: '/api/v1/nodes',
      payload: { name: 'audited-1', kind: 'air' },
    })

    const answer = await browser.inject({ url: '/api/v1/audit?subject=audited-1' })

    const { entries } = answer.json<{ entries: { actor: string; action: string }[] }>()
    assert.equal(
      entries.map(({ actor, action }) => [actor, action]),
      [['first', 'node.create']],
    )
  })

  test('a change that fails leaves no audit entry', async () => {
    const payload = { name: 'audited-1', kind: 'air' }
    const answer = await api.operator({ method: 'POST', url: '/api/v1/nodes', payload })

    const rows = await api.db.query('read', `SELECT 1 FROM audit WHERE subject = 'audited-1'`)
    assert.is(answer.statusCode, 409)
    assert.is(rows.length, 1)
  })

  test('no password fits where there is no account', async () => {
    assert.not(await passwordFits(undefined, 'nobody'))
  })
})

suite('login limiter', (test) => {
  test('counts attempts before they are judged, doubles the wait, forgets after an hour', () => {
    const clock = { nowMs: 0, now: () => clock.nowMs }
    const limiter = new LoginLimiter(clock)
    const limit = { free: 3, longestMs: 4000 }
    const attempt = () => limiter.attempt('key', limit)
    const waits: number[] = []

    for (let at = 0; at < 3; at++) waits.push(attempt())
    for (const waitMs of [1000, 2000, 4000, 4000]) {
      waits.push(attempt())
      clock.nowMs += waitMs
      attempt()
    }
    clock.nowMs += 3_600_001

    assert.equal(waits, [0, 0, 0, 1000, 2000, 4000, 4000])
    assert.equal([attempt(), attempt(), attempt(), attempt()], [0, 0, 0, 1000])
    limiter.succeeded('key')
    assert.is(attempt(), 0)
  })
})
