import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { createJsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { problemSchema } from '../../shared/schema/problem.js'
import type { Api, ApiDeps } from './deps.js'

const problem = {
  description: 'Problem details (RFC 9457)',
  content: { 'application/problem+json': { schema: problemSchema } },
}

const fromZod = createJsonSchemaTransform({})

/** OpenAPI 3.1 from the schemas of the routes; must be registered before them. */
export async function describeRoutes(app: Api, deps: ApiDeps): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Toba Sense',
        version: 'v1',
        description:
          'Sensing system of Kabupaten Toba. Public readings need no account. The header `x-store` of ' +
          'every answer says whether the store is `real` or `simulated`' +
          (deps.store.kind === 'simulated' ? '; this one is simulated (simulasi).' : '.'),
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'toba_session' },
        },
      },
    },
    transform: (document) => {
      const { schema, route } = document
      if (schema === undefined || schema.hide === true) return fromZod(document)
      const { access, scope } = route.config ?? {}
      const isPublic = access === 'public' || access === undefined
      const security = isPublic
        ? []
        : [{ session: [] }, ...(scope === undefined ? [] : [{ token: [] }])]
      const roles = isPublic ? 'Public.' : `For ${access.join(', ')}.`
      const forToken = scope === undefined ? '' : ` A token needs the scope \`${scope}\`.`
      const description = [schema.description, roles + forToken].filter(Boolean).join(' ')
      const response = { ...(schema.response ?? {}), '4XX': problem, '5XX': problem }
      return fromZod({ ...document, schema: { ...schema, description, security, response } })
    },
    transformObject: jsonSchemaTransformObject,
  })
}

/** The page at /docs; its scripts and styles are files, so it lives with the strict policy of all pages. */
export async function serveDocs(app: Api): Promise<void> {
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' }
    })
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: { docExpansion: 'list', deepLinking: true, validatorUrl: null },
    })
  })
}
