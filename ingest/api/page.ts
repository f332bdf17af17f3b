import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { Api, ApiDeps } from './deps.js'

const BUILT_PAGE = fileURLToPath(new URL('../web/dist', import.meta.url))
const NOT_BUILT = 'The page is not built yet. Run: npm run build\n'

/** Files under assets/ carry a hash of their content in their names, so they never change. */
const FOREVER = { maxAge: '365d', immutable: true }
const ASK_EVERY_TIME = { maxAge: 0 }

/**
 * The Command Center. Paths without a file behind them are views of the page, which reads the rest of the
 * address itself; a path that looks like a file, or like the API, is one that does not exist.
 */
export async function servePage(app: Api, { pageFolder = BUILT_PAGE }: ApiDeps): Promise<void> {
  await app.register(fastifyStatic, {
    root: pageFolder,
    serve: false,
    preCompressed: true,
    suppressWarning: true,
  })
  app.get('/*', { config: { access: 'public' }, schema: { hide: true } }, (request, reply) => {
    const path = new URL(request.url, 'http://localhost').pathname.slice(1)
    if (/^(api|docs)(\/|$)/.test(path)) return reply.callNotFound()
    if (!existsSync(join(pageFolder, 'index.html'))) {
      return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT)
    }
    if (!path.includes('.')) return reply.sendFile('index.html', ASK_EVERY_TIME)
    return reply.sendFile(path, path.startsWith('assets/') ? FOREVER : ASK_EVERY_TIME)
  })
}
