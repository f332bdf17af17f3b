import { AppError } from '../errors.js'

/**
 * Which errors of a database mean "the same work may succeed later" (temporary) and which mean "never with
 * this data or statement". The classes are those of PostgreSQL's appendix A:
 * 08 connection, 53 resources (53100 disk full), 57P0x shutdown and start, 57014 our own time limit,
 * 58 input and output, 25006 a server that is read-only for now, 55P03 lock not available, 40001
 * serialisation and 40P01 deadlock. Everything else (22 data, 23 constraint, 42 statement ...) is permanent.
 */
const TEMPORARY = /^(08|53|57P0|57014$|58|25006$|55P03$|40001$|40P01$)/

/** Rolled back by the database for the sake of others, and repeated at once. */
const COLLISION = /^(40001|40P01)$/

/** What node and pg say when the connection itself fails; they carry no SQLSTATE. */
const NETWORK_CODE =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ENOENT|ENOTFOUND|EAI_|ERR_STREAM)/
const CONNECTION_MESSAGE =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after)/

/** Any error as `AppError`: STORE_BUSY (temporary) or STORE_REFUSED; one that is an `AppError` stays itself. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const message = error instanceof Error ? error.message : String(error)
  const temporary = isBroken(error) || TEMPORARY.test(sqlState(error) ?? '')
  return new AppError(temporary ? 'STORE_BUSY' : 'STORE_REFUSED', message, {
    temporary,
    cause: error,
  })
}

/** Five characters when the database itself has spoken, for it or as the cause of an `AppError`. */
export function sqlState(error: unknown): string | undefined {
  const code = codeOf(error instanceof AppError ? error.cause : error)
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

export function isCollision(error: unknown): boolean {
  return COLLISION.test(sqlState(error) ?? '')
}

/** True when the connection cannot be used again: it must not go back to its pool. */
export function isBroken(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error
  if (sqlState(cause) !== undefined) return /^(08|57P0)/.test(sqlState(cause) ?? '')
  const message = cause instanceof Error ? cause.message : ''
  return NETWORK_CODE.test(codeOf(cause) ?? '') || CONNECTION_MESSAGE.test(message)
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
