import type { Database } from './database.js'

/** A database that does not answer this long is away for whoever asks whether we are ready. */
const PING_LIMIT_MS = 2_000

export async function answers(db: Database): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PING_LIMIT_MS, false)
  })
  const ping = db.query('read', 'SELECT 1 AS alive').then(
    () => true,
    () => false, // whatever it is, it has been reported where it happened
  )
  return Promise.race([ping, late]).finally(() => clearTimeout(timer))
}
