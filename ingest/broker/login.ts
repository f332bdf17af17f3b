import { createHash, timingSafeEqual } from 'node:crypto'
import { NODE_NAME } from '../../shared/wire/topics.js'
import type { Sender } from '../pipeline/accept.js'
import { trailerKey } from '../pipeline/trailer.js'
import type { Database } from '../store/database.js'
import { loginByName, type NodeLogin, retirePreviousLogin } from '../store/logins.js'

export type LoginResult = { sender: Sender } | { refused: LoginRefusal }

export type LoginRefusal = 'unknown-node' | 'wrong-secret' | 'disabled' | 'client-id' | 'plain-network'

/** Compared with where there is no node, so that an unknown name takes as long as a wrong secret. */
const NOBODY = createHash('sha256').update('nobody').digest()

/**
 * Identity of a node: client id = user name = its name, and a secret of which only the SHA-256 is kept. After
 * a rotation the previous secret logs in until the new one has done so once. Throws when the store is away.
 */
export async function logIn(
  db: Database,
  now: number,
  credentials: { clientId: string; username: string | undefined; password: Uint8Array | undefined },
): Promise<LoginResult> {
  const { clientId, username = '', password = new Uint8Array() } = credentials
  if (clientId !== username || !NODE_NAME.test(username)) return { refused: 'client-id' }
  const node = await loginByName(db, username, now)
  const offered = createHash('sha256').update(password).digest()
  const isCurrent = timingSafeEqual(offered, node?.secretHash ?? NOBODY)
  const isPrevious = timingSafeEqual(offered, node?.previousSecretHash ?? NOBODY)
  if (node === undefined) return { refused: 'unknown-node' }
  if (!isCurrent && !(isPrevious && node.previousMayLogIn)) return { refused: 'wrong-secret' }
  if (node.disabled) return { refused: 'disabled' }
  if (isCurrent && node.previousMayLogIn) await retirePreviousLogin(db, node.id)
  return { sender: senderFrom(node) }
}

export function senderFrom(node: NodeLogin): Sender {
  const keys = [trailerKey(node.secretHash)]
  if (node.previousSecretHash !== null && (node.previousMaySign || node.previousMayLogIn)) {
    keys.push(trailerKey(node.previousSecretHash))
  }
  const { id, name, trailerRequired } = node
  return { id, name, trailerRequired, trailerKeys: keys }
}
