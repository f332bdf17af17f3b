/**
 * Anything the service throws on purpose. `temporary` decides what becomes of the work in hand: tried
 * again (true) or set aside with its reason (false). Retired codes are never reused.
 */
export type ErrorCode =
  | 'CONFIG' // the configuration cannot be used
  | 'STORE_BUSY' // the database is away, overloaded or out of space: the same work may succeed later
  | 'STORE_REFUSED' // the database refused the data or the statement: trying again changes nothing
  | 'STORE_LOCKED' // another process owns the data folder
  | 'STORE_KIND' // a real store opened as a simulated one, or the reverse
  | 'BACKUP' // a backup, restore or upgrade that cannot be done: damaged, in the way, no room on the disk
  | 'QUEUE_FULL' // the pipeline holds as much as it may
  | 'DEADLINE' // the work was not done in time
  | 'NOT_FOUND'
  | 'CONFLICT' // the name is taken, or the state does not allow it
  | 'LOCKED' // it would change an approved month
  | 'INVALID' // the request contradicts itself or the schema
  | 'FORBIDDEN'
  | 'UNAUTHENTICATED' // nobody is signed in, or the token is unknown, revoked or expired
  | 'RATE_LIMITED' // too many attempts or clients
  | 'DELIVERY' // a message was not taken by whoever should carry it
  | 'TOO_LARGE' // a request asks for more than one answer may hold

export class AppError extends Error {
  readonly code: ErrorCode
  readonly temporary: boolean

  constructor(
    code: ErrorCode,
    message: string,
    options: { temporary?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.temporary = options.temporary ?? false
  }
}
