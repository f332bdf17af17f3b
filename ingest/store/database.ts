/**
 * What both engines offer to the rest of this room. Work is done on a session that is the caller's alone
 * until its promise settles. A server has several sessions; the embedded engine has one, handed out
 * writes first, so there a read must be short: key-set pages of at most 2,000 rows, no cursor, no OFFSET.
 */
export interface Database {
  readonly engine: 'server' | 'embedded'
  /** Sessions that may write at the same time. */
  readonly writers: number
  /** Runs `work` on a session of its own. Errors of the database arrive as `AppError`, STORE_BUSY or STORE_REFUSED. */
  run<T>(lane: Lane, work: (session: Session) => Promise<T>): Promise<T>
  /** As `run`, between BEGIN and COMMIT; ROLLBACK when `work` throws. */
  transaction<T>(lane: Lane, work: (session: Session) => Promise<T>): Promise<T>
  /** One statement, its rows. */
  query<Row extends object>(lane: Lane, text: string, values?: readonly unknown[]): Promise<Row[]>
  close(): Promise<void>
}

/** In falling order of precedence where there is only one session. */
export type Lane = 'write' | 'read' | 'maintenance'

export interface Session {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** As `query`, planned once per session under `name`: for the statements of the hot path. */
  prepared<Row extends object>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]>
}

/** What asks, and does not care on which session. */
export type Reader = Pick<Session, 'query'>

/** Each statement on its own in the read lane: between two of them whoever writes goes first. */
export function reader(db: Database): Reader {
  return { query: (text, values) => db.query('read', text, values) }
}
