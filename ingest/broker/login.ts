import { NODE_NAME } from '../../shared/wire/topics.js'
import type { Sender } from '../pipeline/accept.js'
import { trailerKey } from '../pipeline/trailer.js'
import type { Database } from '../store/database.js'
import {
  endPreviousLogin,
  matchSecret,
  type NodeIdentity,
  nodeIdentity,
  trailerHashes,
} from '../store/nodes.js'
import { secretHash } from '../store/secrets.js'

export type LoginRefusal = 'unknown-node' | 'wrong-secret' | 'disabled' | 'client-id'

/** Compared with where there is no node, so that an unknown name takes as long as a wrong secret. */
const NOBODY = {
  secretHash: secretHash(''),
  previousSecretHash: null,
  previousLogin: false,
  disabledAt: null,
}

/**
 * Identity of a node: client id = user name = its name, and a secret of which only the SHA-256 is kept. After
 * a rotation the previous secret logs in until the new one has done so once. `now` in unix milliseconds.
 * Throws when the store is away.
 */
export async function logIn(
  db: Database,
  now: number,
  credentials: { clientId: string; username: string | undefined; secret: string },
): Promise<{ sender: Sender } | { refused: LoginRefusal }> {
  const { clientId, username = '', secret } = credentials
  if (clientId !== username || !NODE_NAME.test(username)) return { refused: 'client-id' }
  const node = await nodeIdentity(db, { name: username })
  const match = matchSecret(node ?? NOBODY, secret)
  if (node === undefined) return { refused: 'unknown-node' }
  if (node.disabledAt !== null) return { refused: 'disabled' }
  if (match === undefined) return { refused: 'wrong-secret' }
  if (match === 'current' && node.previousLogin) {
    await endPreviousLogin(db, node.id, node.secretHash)
  }
  return { sender: senderFrom(node, now) }
}

/** The node as its frames are judged. */
export function senderFrom(node: NodeIdentity, now: number): Sender {
  const { id, name, trailerRequired } = node
  const trailerKeys = trailerHashes(node, new Date(now)).map(trailerKey)
  return { id, name, trailerRequired, trailerKeys }
}
