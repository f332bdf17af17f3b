import { createHash } from 'node:crypto'
import { AppError } from '../errors.js'
import type { Session } from './database.js'

/** The identity that a sender gave to what it sends, and the digest of what was sent under it. */
export interface Sent {
  clientId: string | undefined
  digest: Buffer
}

/** `body` as its schema has parsed it: the order of its keys is the schema's. */
export function sentAs(body: { clientId?: string | undefined }): Sent {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest()
  return { clientId: body.clientId, digest }
}

/**
 * What was made of the same request before; undefined when it is new. A queue that lost its answer sends again.
 * @throws AppError CONFLICT where another request had this identity.
 */
export async function madeBefore(
  session: Session,
  table: 'probe' | 'calibration' | 'visit',
  { clientId, digest }: Sent,
): Promise<number | undefined> {
  if (clientId === undefined) return undefined
  const [row] = await session.query<{ id: number; digest: Buffer }>(
    `SELECT id, client_digest AS digest FROM ${table} WHERE client_id = $1`,
    [clientId],
  )
  if (row !== undefined && !row.digest.equals(digest)) {
    throw new AppError(
      'CONFLICT',
      `${table} ${row.id} was sent under ${clientId}, and is different`,
    )
  }
  return row?.id
}
