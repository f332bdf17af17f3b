import type { Session } from '../../shared/schema/account.js'
import type { FramesAnswer, LatestAnswer, SitesAnswer } from '../../shared/schema/api.js'
import type { ReadingsAnswer } from '../../shared/schema/reading.js'
import type { Resolution } from './view.js'

/** The service's HTTP surface, as far as the page uses it. */

const ROOT = '/api/v1'

/** Longer than the service's own statement deadline, so that its answer comes before our patience ends. */
const TIMEOUT_MS = 15_000

/** A request that did not succeed. `status` 0: the service was not reached at all. */
export class ApiFailure extends Error {
  readonly status: number
  readonly code: string | undefined

  constructor(status: number, detail: string, code?: string) {
    super(detail)
    this.name = 'ApiFailure'
    this.status = status
    this.code = code
  }
}

/** All sites; the service tells them in pages. */
export async function getSites(): Promise<SitesAnswer> {
  const answer = await request<SitesAnswer>('GET', '/sites')
  while (answer.next) {
    const page = await request<SitesAnswer>('GET', `/sites?after=${answer.next}`)
    answer.sites.push(...page.sites)
    answer.next = page.next
  }
  return answer
}

/** The latest value of every channel, placed or not. */
export async function getLatest(): Promise<LatestAnswer> {
  const answer = await request<LatestAnswer>('GET', '/latest')
  while (answer.next) {
    const page = await request<LatestAnswer>('GET', `/latest?after=${answer.next}`)
    answer.latest.push(...page.latest)
    answer.next = page.next
  }
  return answer
}

export interface ReadingsRequest {
  /** `site=NAME` or `node=NAME` */
  kind: 'site' | 'node'
  name: string
  quantity: string
  position: number
  fromMs: number
  resolution: Resolution
}

export function getReadings(asked: ReadingsRequest): Promise<ReadingsAnswer> {
  const query = new URLSearchParams({
    [asked.kind]: asked.name,
    quantity: asked.quantity,
    position: String(asked.position),
    from: new Date(asked.fromMs).toISOString(),
    resolution: asked.resolution,
  })
  return request('GET', `/readings?${query}`)
}

/** The frames that carry the reading of a node at exactly this time. */
export function getFrames(node: string, timeMs: number): Promise<FramesAnswer> {
  const query = new URLSearchParams({ node, time: new Date(timeMs).toISOString() })
  return request('GET', `/frames?${query}`)
}

export function getSession(): Promise<Session> {
  return request('GET', '/session')
}

export function signIn(name: string, password: string): Promise<Session> {
  return request('POST', '/session', { name, password })
}

/** Writing requests carry the token that came with the session. */
export function signOut(csrf: string | null): Promise<unknown> {
  return request('DELETE', '/session', undefined, csrf)
}

export interface Setup {
  secret: string
  name: string
  password: string
}

/** The first administrator; signs nobody in. */
export function setUp(setup: Setup): Promise<unknown> {
  return request('POST', '/setup', setup)
}

export const LIVE_URL = `${ROOT}/live`

async function request<Answer>(
  method: string,
  path: string,
  body?: unknown,
  csrf?: string | null,
): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (csrf) headers['x-csrf-token'] = csrf
  let response: Response
  try {
    response = await fetch(ROOT + path, {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (error) {
    throw new ApiFailure(0, error instanceof Error ? error.message : String(error))
  }
  const answer: unknown = await response.json().catch(() => undefined) // 204 and a proxy's own pages
  if (!response.ok) throw toFailure(response.status, answer)
  // The one place where the service is believed: its answers are serialised by the schemas of these types.
  return answer as Answer
}

function toFailure(status: number, answer: unknown): ApiFailure {
  if (typeof answer !== 'object' || answer === null) return new ApiFailure(status, String(status))
  const detail = 'detail' in answer ? String(answer.detail) : String(status)
  return new ApiFailure(status, detail, 'code' in answer ? String(answer.code) : undefined)
}
