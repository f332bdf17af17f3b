import {
  ruleParamsSchema,
  rulePreviewAnswerSchema,
  rulePreviewSchema,
  rulePutSchema,
  ruleSchema,
  rulesAnswerSchema,
} from '../../../shared/schema/alarm.js'
import { previewRule } from '../../alarms/preview.js'
import { writeAudit } from '../../store/audit.js'
import { reader } from '../../store/database.js'
import { changeRule, currentRules, ruleVersions } from '../../store/rules.js'
import { audited, EVERY_ROLE, OFFICE_ROLES } from '../access.js'
import { toRule } from '../alarm-answers.js'
import { iso } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['alarms']
const READ = { access: EVERY_ROLE, scope: 'read' } as const
const PREVIEW_MS = 90 * 86_400_000

export function ruleRoutes(app: Api, deps: ApiDeps): void {
  const { clock } = deps
  const { db, kind } = deps.store

  app.get(
    '/api/v1/rules',
    {
      config: READ,
      schema: { tags, summary: 'Rules as they hold now', response: { 200: rulesAnswerSchema } },
    },
    async () => ({ rules: (await currentRules(reader(db))).map(toRule) }),
  )

  app.get(
    '/api/v1/rules/:name',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Every version of a rule, newest first',
        params: ruleParamsSchema,
        response: { 200: rulesAnswerSchema },
      },
    },
    async (request) => ({
      rules: (await ruleVersions(reader(db), request.params.name)).map(toRule),
    }),
  )

  app.put(
    '/api/v1/rules/:name',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary: 'Change a rule: a new version, with a reason',
        params: ruleParamsSchema,
        body: rulePutSchema,
        response: { 200: ruleSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      const { enabled, definition, reason } = request.body
      const at = new Date(clock.now())
      const change = { name, enabled, definition, reason, actor: request.actor.name, at }
      const rule = await db.transaction('write', async (session) => {
        const { before, after } = await changeRule(session, change)
        const detail = {
          version: after.version,
          reason,
          before: shown(before),
          after: shown(after),
        }
        const entry = { action: 'rule.change', subject: name, detail }
        await writeAudit(session, audited(request, deps, entry))
        return after
      })
      await deps.alarms.rulesChanged()
      return toRule(rule)
    },
  )

  app.post(
    '/api/v1/rules/preview',
    {
      config: { access: OFFICE_ROLES },
      schema: {
        tags,
        summary: 'How often a rule would have been met in the last 90 days, and for how long',
        description:
          'Of at most 40 channels. What is stored now counts, with the flags it has now.',
        body: rulePreviewSchema,
        response: { 200: rulePreviewAnswerSchema },
      },
    },
    async (request) => {
      const to = new Date(clock.now())
      const from = new Date(to.getTime() - PREVIEW_MS)
      const includeSimulated = kind === 'simulated'
      const preview = await previewRule(db, request.body.definition, { from, to, includeSimulated })
      return { from: iso(from), to: iso(to), ...preview }
    },
  )
}

function shown({ enabled, definition }: { enabled: boolean; definition: object }) {
  return { enabled, definition }
}
