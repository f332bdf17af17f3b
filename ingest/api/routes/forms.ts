import type { FastifyError, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Language } from '../../alarms/wording.js'
import { AppError, type ErrorCode } from '../../errors.js'
import type { Api, ApiDeps } from '../deps.js'
import { sendPage } from '../pages/html.js'
import { type Said, saying } from '../pages/simple.js'

/** What the pages without a script have in common: forms, the language in the address, errors in plain words. */

/** Messengers add parameters of their own to what they open. */
export const pageQuerySchema = z.object({ en: z.string().optional() })
export const languageOf = ({ en }: z.infer<typeof pageQuerySchema>): Language =>
  en === undefined ? 'id' : 'en'

/** Only these routes read forms: a page of another site can send one anywhere. */
export function pageScope(app: Api, deps: ApiDeps, define: (scope: Api) => void): void {
  app.register(async (scope: Api) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 8192 },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    scope.setErrorHandler<FastifyError | AppError>((error, request, reply) => {
      // A program that sends a token, and is told as programs are.
      if (error instanceof AppError && error.code === 'UNAUTHENTICATED') throw error
      const [said, status] = saidOf(error)
      if (status >= 500) {
        request.log.error({ event: 'page_failed', method: request.method, err: error })
      }
      const language = /[?&]en\b/.test(request.url) ? 'en' : 'id'
      return sendPage(
        reply,
        { ...page(request, deps, language), ...saying(said, language) },
        status,
      )
    })
    define(scope)
  })
}

const SAID: Partial<Record<ErrorCode, [Said, number]>> = {
  NOT_FOUND: ['no-site', 404],
  RATE_LIMITED: ['wait', 429],
  FORBIDDEN: ['failed', 403],
  INVALID: ['failed', 400],
  STORE_BUSY: ['failed', 503],
}

function saidOf(error: FastifyError | AppError): [Said, number] {
  if (error instanceof AppError) return SAID[error.code] ?? ['failed', 500]
  return ['failed', error.statusCode ?? 500]
}

export function page(request: FastifyRequest, deps: ApiDeps, language: Language) {
  const path = request.url.split('?', 1)[0] ?? '/'
  return { language, path, store: deps.store.kind }
}

/** The form's own address, in the language of the page. */
export function actionOf(path: string, language: Language): string {
  return language === 'en' ? `${path}?en` : path
}
