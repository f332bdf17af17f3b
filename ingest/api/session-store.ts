import type { FastifySessionOptions } from '@fastify/session'
import { z } from 'zod'
import type { Role } from '../../shared/schema/account.js'
import type { Clock } from '../clock.js'
import type { Database } from '../store/database.js'
import { deleteSession, findSession, saveSession } from '../store/sessions.js'

/** A working week: the desk signs in on Monday. */
export const SESSION_MS = 5 * 86_400_000

type SessionStore = NonNullable<FastifySessionOptions['store']>

declare module 'fastify' {
  interface Session {
    /** Read afresh with every request, so a changed role or a disabled account holds at once. */
    account?: { id: number; name: string; title: string; role: Role }
    _csrf?: string
  }
}

/** What of a session's content is needed again; the cookie's other options are the present ones. */
const contentSchema = z.object({
  cookie: z.object({ originalMaxAge: z.number().nullable() }),
  _csrf: z.string().optional(),
})

/** Sessions on the table `session`: they survive a restart, and only signed-in ones are kept. */
export function sessionStore(db: Database, clock: Clock): SessionStore {
  return {
    set(id, { account, cookie, _csrf }, done) {
      if (account === undefined) return done()
      const now = new Date(clock.now())
      const expiresAt = new Date(now.getTime() + SESSION_MS)
      const content = { cookie, _csrf }
      saveSession(db, { id, accountId: account.id, content, expiresAt, now }).then(
        () => done(),
        done,
      )
    },
    get(id, done) {
      findSession(db, id, new Date(clock.now())).then((row) => {
        if (row === undefined) return done(null, null)
        const { accountId, name, title, role, content } = row
        const { cookie, _csrf } = contentSchema.parse(content)
        const account = { id: accountId, name, title, role }
        done(null, { cookie, account, ...(_csrf !== undefined && { _csrf }) })
      }, done)
    },
    destroy(id, done) {
      deleteSession(db, id).then(() => done(), done)
    },
  }
}
