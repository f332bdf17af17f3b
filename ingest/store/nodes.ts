import type { NodeKind } from '../../shared/schema/common.js'
import type { Configuration } from '../../shared/schema/configuration.js'
import { AppError } from '../errors.js'
import type { Database, Session } from './database.js'
import { sameHash, secretHash } from './secrets.js'

/** A frame signed with the secret before the last rotation verifies this long. */
export const PREVIOUS_TRAILER_MS = 365 * 86_400_000

/** What the broker must know before it lets a node in. Secrets are SHA-256, never the secret itself. */
export interface NodeIdentity {
  id: number
  name: string
  simulated: boolean
  secretHash: Buffer
  previousSecretHash: Buffer | null
  /** The previous secret may still log in: the new one never has. */
  previousLogin: boolean
  previousUntil: Date | null
  trailerRequired: boolean
  disabledAt: Date | null
}

export interface NodeRow {
  id: number
  name: string
  title: string
  kind: NodeKind
  simulated: boolean
  trailerRequired: boolean
  configRevision: number
  /** The revision that the node says it applies; null while it has not said. */
  confirmedRevision: number | null
  createdAt: Date
  disabledAt: Date | null
  lastSeenAt: Date | null
  openRejectedFrames: number
}

const IDENTITY = `id, name, simulated, secret_hash AS "secretHash",
  previous_secret_hash AS "previousSecretHash", previous_login AS "previousLogin",
  previous_until AS "previousUntil", trailer_required AS "trailerRequired",
  disabled_at AS "disabledAt"`

/** The quantity `config_revision` of shared/wire/quantities.ts, by which a node confirms what it was told. */
const CONFIG_REVISION = 107

const NODE = `n.id, n.name, n.title, n.kind, n.simulated, n.trailer_required AS "trailerRequired",
  n.config_revision AS "configRevision",
  (SELECT l.value FROM latest l WHERE l.node_id = n.id AND l.position = 0
     AND l.quantity_id = ${CONFIG_REVISION}) AS "confirmedRevision",
  n.created_at AS "createdAt", n.disabled_at AS "disabledAt",
  (SELECT max(l.received_at) FROM latest l WHERE l.node_id = n.id) AS "lastSeenAt",
  (SELECT count(*)::int FROM rejected_frame r WHERE r.node_id = n.id AND r.resolved_at IS NULL)
    AS "openRejectedFrames"`

/** In the write lane: a node that cannot log in cannot deliver, so under load it must not wait for pages. */
export async function nodeIdentity(
  db: Database,
  key: { name: string } | { id: number },
): Promise<NodeIdentity | undefined> {
  const [column, value] = 'id' in key ? ['id', key.id] : ['name', key.name]
  const rows = await db.query<NodeIdentity>(
    'write',
    `SELECT ${IDENTITY} FROM node WHERE ${column} = $1`,
    [value],
  )
  return rows[0]
}

/**
 * Which of the node's secrets this is, in constant time, or undefined. The previous one counts only until
 * the new one has logged in once. A disabled node has none.
 */
export function matchSecret(
  identity: Pick<
    NodeIdentity,
    'secretHash' | 'previousSecretHash' | 'previousLogin' | 'disabledAt'
  >,
  secret: string,
): 'current' | 'previous' | undefined {
  const hash = secretHash(secret)
  const { previousSecretHash, previousLogin } = identity
  const isCurrent = sameHash(identity.secretHash, hash)
  const isPrevious = sameHash(previousSecretHash ?? Buffer.alloc(hash.length), hash)
  if (identity.disabledAt !== null) return undefined
  if (isCurrent) return 'current'
  return previousSecretHash !== null && isPrevious && previousLogin ? 'previous' : undefined
}

/** The hashes whose trailer keys still verify this node's frames. */
export function trailerHashes(identity: NodeIdentity, now: Date): Buffer[] {
  const { secretHash: current, previousSecretHash: previous, previousUntil } = identity
  const isPreviousValid = previous !== null && previousUntil !== null && previousUntil > now
  return isPreviousValid ? [current, previous] : [current]
}

/**
 * The new secret, of which this is the hash, has logged in: from now on the previous one cannot. Unless the
 * secret was replaced again meanwhile: the newest one has not been used.
 */
export async function endPreviousLogin(
  db: Database,
  nodeId: number,
  loggedIn: Buffer,
): Promise<void> {
  await db.query(
    'write',
    'UPDATE node SET previous_login = false WHERE id = $1 AND previous_login AND secret_hash = $2',
    [nodeId, loggedIn],
  )
}

export async function nodeByName(db: Database, name: string): Promise<NodeRow> {
  const rows = await db.query<NodeRow>('read', `SELECT ${NODE} FROM node n WHERE n.name = $1`, [
    name,
  ])
  return rows[0] ?? missing(name)
}

/** In the order of their names, `after` one. */
export function nodePage(db: Database, after: string, limit: number): Promise<NodeRow[]> {
  return db.query<NodeRow>(
    'read',
    `SELECT ${NODE} FROM node n WHERE n.name > $1 ORDER BY n.name LIMIT $2`,
    [after, limit],
  )
}

export async function insertNode(
  session: Session,
  node: {
    name: string
    title: string
    kind: NodeKind
    simulated: boolean
    trailerRequired: boolean
    secret: string
    createdAt: Date
  },
): Promise<void> {
  const rows = await session.query(
    `INSERT INTO node (name, title, kind, simulated, trailer_required, secret_hash, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO NOTHING RETURNING id`,
    [
      node.name,
      node.title,
      node.kind,
      node.simulated,
      node.trailerRequired,
      secretHash(node.secret),
      node.createdAt,
    ],
  )
  if (rows.length === 0) throw new AppError('CONFLICT', `a node named ${node.name} exists already`)
}

export async function updateNode(
  session: Session,
  name: string,
  change: { title?: string | undefined; trailerRequired?: boolean | undefined },
): Promise<void> {
  const rows = await session.query(
    `UPDATE node SET title = coalesce($2, title), trailer_required = coalesce($3, trailer_required)
     WHERE name = $1 RETURNING id`,
    [name, change.title ?? null, change.trailerRequired ?? null],
  )
  if (rows.length === 0) missing(name)
}

/**
 * Replaces the secret. While an earlier new secret has never logged in, the node still carries the one
 * before it, so that one stays valid and not the one nobody has.
 */
export async function rotateNode(
  session: Session,
  name: string,
  secret: string,
  now: Date,
): Promise<void> {
  const rows = await session.query(
    `UPDATE node SET
       previous_secret_hash = CASE WHEN previous_login THEN previous_secret_hash ELSE secret_hash END,
       previous_login = true, previous_until = $3, secret_hash = $2
     WHERE name = $1 RETURNING id`,
    [name, secretHash(secret), new Date(now.getTime() + PREVIOUS_TRAILER_MS)],
  )
  if (rows.length === 0) missing(name)
}

/** A disabled node is let in no more; its data stays. */
export async function disableNode(session: Session, name: string, at: Date | null): Promise<void> {
  const rows = await session.query(
    `UPDATE node SET disabled_at = CASE WHEN $2::timestamptz IS NULL THEN NULL
       ELSE coalesce(disabled_at, $2) END WHERE name = $1 RETURNING id`,
    [name, at],
  )
  if (rows.length === 0) missing(name)
}

export interface NodeConfigRow {
  revision: number
  configuration: Configuration
}

export async function nodeConfig(db: Database, name: string): Promise<NodeConfigRow> {
  const rows = await db.query<NodeConfigRow>(
    'read',
    'SELECT config_revision AS revision, config AS configuration FROM node WHERE name = $1',
    [name],
  )
  return rows[0] ?? missing(name)
}

/** Counts the revision up and returns it. */
export async function setNodeConfig(
  session: Session,
  name: string,
  configuration: Configuration,
): Promise<number> {
  const rows = await session.query<{ revision: number }>(
    `UPDATE node SET config = $2, config_revision = config_revision + 1 WHERE name = $1
     RETURNING config_revision AS revision`,
    [name, JSON.stringify(configuration)],
  )
  return (rows[0] ?? missing(name)).revision
}

function missing(name: string): never {
  throw new AppError('NOT_FOUND', `there is no node named ${name}`)
}
