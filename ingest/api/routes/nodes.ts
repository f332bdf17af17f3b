import type { FastifyRequest } from 'fastify'
import {
  nodeAnswerSchema,
  nodeParamsSchema,
  nodesAnswerSchema,
  nodesQuerySchema,
} from '../../../shared/schema/api.js'
import { configurationSchema } from '../../../shared/schema/configuration.js'
import {
  type Node,
  nodeConfigSchema,
  nodeCreateSchema,
  nodePatchSchema,
  nodeSchema,
  nodeWithSecretSchema,
} from '../../../shared/schema/node.js'
import { writeAudit } from '../../store/audit.js'
import type { Session } from '../../store/database.js'
import { latestPage } from '../../store/latest.js'
import {
  disableNode,
  insertNode,
  type NodeRow,
  nodeByName,
  nodeConfig,
  nodePage,
  rotateNode,
  setNodeConfig,
  updateNode,
} from '../../store/nodes.js'
import { placementPage } from '../../store/placements.js'
import { newSecret } from '../../store/secrets.js'
import { audited, EVERY_ROLE, FIELD_ROLES } from '../access.js'
import { iso, isoOrNull, toLatest, toPlacement } from '../answers.js'
import type { Api, ApiDeps } from '../deps.js'

const tags = ['nodes']
const READ = { access: EVERY_ROLE, scope: 'read' } as const
const WRITE = { access: FIELD_ROLES, scope: 'write:nodes' } as const
/** A node has at most 64 channels a frame; this many rows are all that one has in years. */
const MOST_ROWS = 2000

export function nodeRoutes(app: Api, deps: ApiDeps): void {
  const { clock, links } = deps
  const { db, kind } = deps.store

  /** A change of a node and its audit, in one transaction; answers the node as it is now. */
  async function changed(
    request: FastifyRequest,
    entry: { action: string; subject: string; detail?: Record<string, unknown> },
    change: (session: Session) => Promise<unknown>,
  ): Promise<Node> {
    await db.transaction('write', async (session) => {
      await change(session)
      await writeAudit(session, audited(request, deps, entry))
    })
    return toNode(await nodeByName(db, entry.subject), links.connected())
  }

  app.get(
    '/api/v1/nodes',
    {
      config: READ,
      schema: {
        tags,
        summary: 'Nodes by name',
        querystring: nodesQuerySchema,
        response: { 200: nodesAnswerSchema },
      },
    },
    async (request) => {
      const { after = '', limit } = request.query
      const rows = await nodePage(db, after, limit)
      const connected = links.connected()
      const next = rows.length === limit ? (rows.at(-1)?.name ?? null) : null
      const nodes = rows.map((row) => toNode(row, connected))
      return { store: kind, now: iso(clock.now()), nodes, next }
    },
  )

  app.get(
    '/api/v1/nodes/:name',
    {
      config: READ,
      schema: {
        tags,
        summary: 'One node, its latest values and its placements',
        params: nodeParamsSchema,
        response: { 200: nodeAnswerSchema },
      },
    },
    async (request) => {
      const node = request.params.name
      const now = clock.now()
      const row = await nodeByName(db, node)
      const filter = { node, limit: MOST_ROWS, includeSimulated: true }
      const latest = await latestPage(db, { ...filter, now: new Date(now) })
      const placements = await placementPage(db, { ...filter, after: 0 })
      return {
        ...toNode(row, links.connected()),
        latest: latest.map((one) => toLatest(one, one.site, now)),
        placements: placements.map(toPlacement).reverse(),
      }
    },
  )

  app.post(
    '/api/v1/nodes',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Add a node; the answer shows its secret this once',
        body: nodeCreateSchema,
        response: { 201: nodeWithSecretSchema },
      },
    },
    async (request, reply) => {
      const { name, title = name, ...rest } = request.body
      const secret = newSecret()
      const createdAt = new Date(clock.now())
      const entry = { action: 'node.create', subject: name, detail: request.body }
      const node = await changed(request, entry, (session) =>
        insertNode(session, { name, title, ...rest, secret, createdAt }),
      )
      reply.code(201)
      return { ...node, secret }
    },
  )

  app.patch(
    '/api/v1/nodes/:name',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Change the title of a node, or whether it must sign its frames',
        params: nodeParamsSchema,
        body: nodePatchSchema,
        response: { 200: nodeSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      const entry = { action: 'node.change', subject: name, detail: request.body }
      const node = await changed(request, entry, (session) =>
        updateNode(session, name, request.body),
      )
      // What its frames must carry is fixed when it logs in.
      if (request.body.trailerRequired !== undefined) links.disconnect(name)
      return node
    },
  )

  app.post(
    '/api/v1/nodes/:name/rotate',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Give a node a new secret, shown this once',
        description: 'The old one logs in until the new one has, and signs frames for a year.',
        params: nodeParamsSchema,
        response: { 200: nodeWithSecretSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      const secret = newSecret()
      const node = await changed(request, { action: 'node.rotate', subject: name }, (session) =>
        rotateNode(session, name, secret, new Date(clock.now())),
      )
      return { ...node, secret }
    },
  )

  for (const action of ['disable', 'enable'] as const) {
    app.post(
      `/api/v1/nodes/:name/${action}`,
      {
        config: WRITE,
        schema: {
          tags,
          summary:
            action === 'disable'
              ? 'Cut a node off at once; its data stays'
              : 'Let a disabled node in again',
          params: nodeParamsSchema,
          response: { 200: nodeSchema },
        },
      },
      async (request) => {
        const { name } = request.params
        const at = action === 'disable' ? new Date(clock.now()) : null
        const entry = { action: `node.${action}`, subject: name }
        await changed(request, entry, (session) => disableNode(session, name, at))
        if (action === 'disable') links.disconnect(name)
        return toNode(await nodeByName(db, name), links.connected())
      },
    )
  }

  app.get(
    '/api/v1/nodes/:name/config',
    {
      config: READ,
      schema: {
        tags,
        summary: 'What the node is told',
        params: nodeParamsSchema,
        response: { 200: nodeConfigSchema },
      },
    },
    async (request) => nodeConfig(db, request.params.name),
  )

  app.put(
    '/api/v1/nodes/:name/config',
    {
      config: WRITE,
      schema: {
        tags,
        summary: 'Tell the node something else; the revision counts up',
        params: nodeParamsSchema,
        body: configurationSchema,
        response: { 200: nodeConfigSchema },
      },
    },
    async (request) => {
      const { name } = request.params
      const configuration = request.body
      const revision = await db.transaction('write', async (session) => {
        const counted = await setNodeConfig(session, name, configuration)
        const detail = { revision: counted, configuration }
        await writeAudit(
          session,
          audited(request, deps, { action: 'node.config', subject: name, detail }),
        )
        return counted
      })
      // A node that is away, or lost right now, gets it when it subscribes again.
      links
        .sendConfig(name)
        .catch((error) =>
          request.log.warn({ event: 'config_not_sent', node: name, reason: String(error) }),
        )
      return { revision, configuration }
    },
  )
}

function toNode(row: NodeRow, connected: ReadonlySet<string>): Node {
  return {
    name: row.name,
    title: row.title,
    kind: row.kind,
    simulated: row.simulated,
    trailerRequired: row.trailerRequired,
    connected: connected.has(row.name),
    lastSeenAt: isoOrNull(row.lastSeenAt),
    openRejectedFrames: row.openRejectedFrames,
    configRevision: row.configRevision,
    confirmedRevision: row.confirmedRevision,
    createdAt: iso(row.createdAt),
    disabledAt: isoOrNull(row.disabledAt),
  }
}
