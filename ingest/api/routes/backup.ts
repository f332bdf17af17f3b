import { isAbsolute } from 'node:path'
import { PassThrough } from 'node:stream'
import { z } from 'zod'
import { AppError } from '../../errors.js'
import { writeAudit } from '../../store/audit.js'
import { ADMIN, audited } from '../access.js'
import type { Api, ApiDeps } from '../deps.js'

const bodySchema = z.strictObject({
  folder: z.string().refine(isAbsolute, 'must be an absolute path').describe('does not exist yet'),
})

/** Often enough to see it move. */
const TOLD_EVERY_MS = 200

export function backupRoutes(app: Api, deps: ApiDeps): void {
  const { store, log } = deps

  app.post(
    '/api/v1/backups',
    {
      config: { access: ADMIN },
      schema: {
        tags: ['system'],
        summary:
          'Copies the embedded store to a folder of this machine; over the control socket only',
        description:
          'Answers a line of JSON now and then (`doneBytes`, `totalBytes`), and at the end one with ' +
          '`manifest` or `problem`. Whoever hangs up ends it, and nothing is left.',
        body: bodySchema,
        response: { 200: { content: { 'application/x-ndjson': { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      // It writes where it is told to, so an administrator's password is not enough.
      if (request.actor.kind !== 'operator') {
        throw new AppError('FORBIDDEN', 'this is for the operator of the machine: npm run backup')
      }
      const { folder } = request.body
      const entry = audited(request, deps, { action: 'backup.take', subject: folder })
      await store.db.transaction('write', (session) => writeAudit(session, entry))
      const lines = new PassThrough()
      const tell = (line: object) => lines.write(`${JSON.stringify(line)}\n`)
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort(new AppError('BACKUP', 'nobody waits for it')))
      void take(folder, gone.signal, tell).finally(() => lines.end())
      reply.type('application/x-ndjson')
      return stream(reply, lines)
    },
  )

  async function take(
    folder: string,
    signal: AbortSignal,
    tell: (line: object) => void,
  ): Promise<void> {
    let toldMs = 0
    try {
      const manifest = await store.backup(folder, {
        signal,
        onProgress: (progress) => {
          if (performance.now() - toldMs < TOLD_EVERY_MS) return
          toldMs = performance.now()
          tell(progress)
        },
      })
      log.info({ event: 'backup_taken', folder, bytes: manifest.bytes })
      tell({ manifest })
    } catch (error) {
      log.warn({ event: 'backup_failed', folder, reason: String(error) })
      tell({
        problem: error instanceof AppError ? error.message : 'the backup failed: see the log',
      })
    }
  }
}

/** The schema describes the text; what is sent is the stream it comes in. */
function stream<Reply extends { send(payload: unknown): unknown }>(
  reply: Reply,
  lines: PassThrough,
): Reply {
  reply.send(lines)
  return reply
}
