import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { Problem, ProblemCode } from '../../shared/schema/problem.js'
import { AppError, type ErrorCode } from '../errors.js'
import type { Api } from './deps.js'

const KNOWN: Record<ProblemCode, { status: number; title: string }> = {
  INVALID: { status: 400, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, title: 'Sign in first' },
  CSRF: { status: 403, title: 'The request did not come from our page' },
  FORBIDDEN: { status: 403, title: 'Not allowed' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  CONFLICT: { status: 409, title: 'The present state does not allow it' },
  LOCKED: { status: 423, title: 'An approved month is locked' },
  TOO_LARGE: { status: 413, title: 'Too large' },
  UNSUPPORTED: { status: 415, title: 'This content type is not read here' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  STORE_BUSY: { status: 503, title: 'The database is busy or away' },
  INTERNAL: { status: 500, title: 'Something failed here' },
}

/** Whatever is not named here is ours alone, and is told to nobody. */
const CODES: Partial<Record<ErrorCode, ProblemCode>> = {
  INVALID: 'INVALID',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  LOCKED: 'LOCKED',
  TOO_LARGE: 'TOO_LARGE',
  RATE_LIMITED: 'RATE_LIMITED',
  STORE_BUSY: 'STORE_BUSY',
  QUEUE_FULL: 'STORE_BUSY',
  DEADLINE: 'STORE_BUSY',
}

/** Seconds after which a busy database is worth another try. */
const BUSY_RETRY_S = 5

type Told = { code: ProblemCode; detail: string; errors?: Problem['errors'] }

/** Errors of every route as RFC 9457 problem details; the text of our own failures goes to the log only. */
export function tellProblems(app: Api): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const told = tell(error, request)
    const { status } = KNOWN[told.code]
    if (status >= 500) {
      request.log.error({
        event: 'http_failed',
        method: request.method,
        url: request.url,
        err: error,
      })
    }
    if (told.code === 'STORE_BUSY') reply.header('retry-after', BUSY_RETRY_S)
    if (told.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer')
    return send(reply, told)
  })
  app.setNotFoundHandler((request, reply) =>
    send(reply, { code: 'NOT_FOUND', detail: `there is no ${request.method} ${pathOf(request)}` }),
  )
}

function tell(error: FastifyError | AppError, request: FastifyRequest): Told {
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error)
  if (error instanceof AppError) {
    const code = CODES[error.code]
    if (code === 'STORE_BUSY') return { code, detail: 'try again in a few seconds' }
    if (code !== undefined) return { code, detail: error.message }
    return internal(request)
  }
  if (error.code?.startsWith('FST_CSRF_')) {
    return {
      code: 'CSRF',
      detail: 'send the csrf of GET /api/v1/session in the header x-csrf-token',
    }
  }
  const { statusCode = 500 } = error
  if (statusCode === 404) return { code: 'NOT_FOUND', detail: error.message }
  if (statusCode === 413) return { code: 'TOO_LARGE', detail: error.message }
  if (statusCode === 415) return { code: 'UNSUPPORTED', detail: 'send application/json' }
  return statusCode < 500 ? { code: 'INVALID', detail: error.message } : internal(request)
}

function invalid(error: Pick<FastifyError, 'validation' | 'validationContext'>): Told {
  const where = error.validationContext ?? 'request'
  const errors = (error.validation ?? []).map(({ instancePath, message }) => ({
    path: [where, ...instancePath.split('/').filter((part) => part !== '')].join('.'),
    message: message ?? '',
  }))
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return { code: 'INVALID', detail, errors }
}

function internal(request: FastifyRequest): Told {
  return { code: 'INTERNAL', detail: `the log has it under ${request.id}` }
}

function send(reply: FastifyReply, { code, detail, errors }: Told): FastifyReply {
  const { status, title } = KNOWN[code]
  const type = `urn:toba-sense:problem:${code.toLowerCase().replaceAll('_', '-')}`
  const problem: Problem = { type, title, status, detail, code, ...(errors && { errors }) }
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(problem)
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}
