import { idParamsSchema } from '../../../shared/schema/api.js'
import { jobSchema, jobsAnswerSchema, jobsQuerySchema } from '../../../shared/schema/job.js'
import { writeAudit } from '../../store/audit.js'
import { jobById, jobPage, retryJob } from '../../store/jobs.js'
import { audited, EVERY_ROLE } from '../access.js'
import type { Api, ApiDeps } from '../deps.js'
import { toJob } from '../mark-answers.js'

const tags = ['jobs']
const READ = { access: EVERY_ROLE, scope: 'read' } as const

export function jobRoutes(app: Api, deps: ApiDeps): void {
  const { db } = deps.store

  app.get(
    '/api/v1/jobs',
    {
      config: READ,
      schema: {
        tags,
        summary: 'What is being computed anew behind, newest first',
        querystring: jobsQuerySchema,
        response: { 200: jobsAnswerSchema },
      },
    },
    async (request) => {
      const rows = await jobPage(db, request.query)
      const next = rows.length === request.query.limit ? (rows.at(-1)?.id ?? null) : null
      return { jobs: rows.map(toJob), next }
    },
  )

  app.get(
    '/api/v1/jobs/:id',
    {
      config: READ,
      schema: {
        tags,
        summary: 'One job: how far it is, and why it failed',
        params: idParamsSchema,
        response: { 200: jobSchema },
      },
    },
    async (request) =>
      toJob(await db.run('read', (session) => jobById(session, request.params.id))),
  )

  app.post(
    '/api/v1/jobs/:id/retry',
    {
      config: { access: EVERY_ROLE },
      schema: {
        tags,
        summary: 'Let a failed job go on where it stopped',
        params: idParamsSchema,
        response: { 200: jobSchema },
      },
    },
    async (request) => {
      const { id } = request.params
      const row = await db.transaction('write', async (session) => {
        const retried = await retryJob(session, id)
        const entry = { action: 'job.retry', subject: retried.subject, detail: { id } }
        await writeAudit(session, audited(request, deps, entry))
        return retried
      })
      deps.jobs.wake()
      return toJob(row)
    },
  )
}
