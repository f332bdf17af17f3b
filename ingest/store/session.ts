import type { ClientBase, Pool, QueryConfig } from 'pg'
import { AppError } from '../errors.js'
import type { Database, Lane, Session } from './database.js'
import { isBroken, isCollision, toAppError } from './sqlstate.js'

/** Told the text of each statement before it is sent: what a call did is known when it took too long. */
export type Tell = (statement: string) => void

/** What an engine adds to the rest: how a connection is had, and for how long. */
export interface Engine {
  readonly engine: Database['engine']
  readonly writers: number
  /** True when a commit is answered only after the disk has it. */
  readonly powerSafe: boolean
  /** Hands a connection to `work` alone until its promise settles; `work` tells each statement it sends. */
  borrow<T>(lane: Lane, work: (client: ClientBase, tell: Tell) => Promise<T>): Promise<T>
  /** Work before anybody else has the engine, with no limit of time: migrations. */
  prepare<T>(work: (client: ClientBase) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Collisions end by themselves as soon as one side has committed; more than this is not a collision. */
const TRIES = 5

/**
 * `Database` on any engine. 40P01 and 40001 are repeated here, at once: in `transaction` the whole `work`
 * (so it must be repeatable), elsewhere the one statement, which the database has rolled back whole.
 */
export function databaseOn(engine: Engine): Database {
  const run = <T>(lane: Lane, work: (session: Session) => Promise<T>) =>
    engine.borrow(lane, (client, tell) => work(sessionOn(client, { tries: TRIES, tell })))
  return {
    engine: engine.engine,
    writers: engine.writers,
    run,
    transaction: (lane, work) =>
      retried(TRIES, () =>
        engine.borrow(lane, (client, tell) =>
          transacted(sessionOn(client, { tell }), client, work),
        ),
      ),
    query: <Row extends object>(lane: Lane, text: string, values?: readonly unknown[]) =>
      run(lane, (session) => session.query<Row>(text, values)),
    close: () => engine.close(),
  }
}

/** Statements on `client` as a `Session`; a statement that collided is sent up to `tries` times. */
export function sessionOn(
  client: ClientBase,
  { tries = 1, tell }: { tries?: number; tell?: Tell } = {},
): Session {
  const send = <Row extends object>(config: QueryConfig): Promise<Row[]> =>
    retried(tries, async () => {
      tell?.(config.text)
      try {
        return (await client.query<Row>(config)).rows
      } catch (error) {
        throw toAppError(error)
      }
    })
  return {
    query: (text, values) => send({ text, ...(values && { values: [...values] }) }),
    prepared: (name, text, values) => send({ name, text, values: [...values] }),
  }
}

/** Lends a client of `pool`, and destroys it instead of giving it back when its state is not known. */
export async function lend<T>(pool: Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error) => {
    // Whatever keeps us from having a connection says nothing about the data: it is always temporary.
    const { message } = toAppError(error)
    throw new AppError('STORE_BUSY', `no connection to the database: ${message}`, {
      temporary: true,
      cause: error,
    })
  })
  // A connection that ends between two statements of `work` reports it here; the next statement fails.
  const ignore = () => {}
  client.on('error', ignore)
  let broken = true
  try {
    const result = await work(client)
    broken = false
    return result
  } catch (error) {
    broken = error instanceof AppError && isBroken(error)
    throw error
  } finally {
    client.off('error', ignore)
    client.release(broken || client.getTransactionStatus() !== 'I')
  }
}

async function transacted<T>(
  session: Session,
  client: ClientBase,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  await session.query('BEGIN')
  try {
    const result = await work(session)
    // After a statement whose error `work` has swallowed, COMMIT is answered with ROLLBACK and no error.
    const { command } = await client.query('COMMIT').catch((error) => {
      throw toAppError(error)
    })
    if (command !== 'COMMIT') {
      throw new AppError('STORE_REFUSED', 'the transaction was rolled back by an earlier error')
    }
    return result
  } catch (error) {
    // On a broken connection there is nothing to roll back; the first error is the one to report.
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

async function retried<T>(tries: number, work: () => Promise<T>): Promise<T> {
  for (let left = tries; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left <= 1 || !isCollision(error)) throw error
    }
  }
}
