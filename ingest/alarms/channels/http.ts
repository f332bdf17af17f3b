import { DeliveryError, withoutSecrets } from './channel.js'

/** No answer that we need is longer. */
const ANSWER_LIMIT_BYTES = 64 * 1024

export interface HttpRequest {
  url: URL
  method: string
  headers: Record<string, string>
  body?: string | Uint8Array | undefined
  /** What an answer may quote and nobody should read, besides the parts of the address. */
  secrets: readonly string[]
}

/** The body of a 2xx answer. Follows no redirect: what is signed or addressed goes to its address alone. */
export async function exchange(request: HttpRequest, signal: AbortSignal): Promise<string> {
  const { status, headers, text } = await roundTrip(request, signal)
  if (status >= 200 && status < 300) return text
  const said = withoutSecrets(text, [...request.secrets, ...keysIn(request.url)])
  throw new DeliveryError(
    `${request.url.host} answered ${status}${said === '' ? '' : `: ${said}`}`,
    {
      temporary: isTemporary(status),
      retryAfterMs: retryAfterMs(headers),
    },
  )
}

/** Hooks, push services and gateways carry their keys in the address; short parts are ordinary words. */
export function keysIn({ pathname, searchParams }: URL): string[] {
  return [...pathname.split('/'), ...searchParams.values()].filter(({ length }) => length >= 8)
}

/** Too early, too many, timed out there, or its own trouble. Everything else says no to this very message. */
function isTemporary(status: number): boolean {
  return [408, 425, 429].includes(status) || status >= 500
}

async function roundTrip(request: HttpRequest, signal: AbortSignal) {
  const { url, method, headers, body } = request
  try {
    const response = await fetch(url, {
      ...{ method, headers, signal },
      ...(body !== undefined && { body }),
      redirect: 'manual',
    })
    return { status: response.status, headers: response.headers, text: await readSome(response) }
  } catch (error) {
    const reason = signal.aborted ? 'no answer in time' : networkReason(error)
    throw new DeliveryError(`${url.host}: ${reason}`, { temporary: true })
  }
}

async function readSome({ body }: Response): Promise<string> {
  if (body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  // Leaving the loop early cancels the rest.
  for await (const chunk of body) {
    bytes += chunk.length
    text += decoder.decode(chunk, { stream: true })
    if (bytes >= ANSWER_LIMIT_BYTES) break
  }
  return text
}

/** A code at most, e.g. ECONNREFUSED: the texts of these errors quote whole addresses. */
function networkReason(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return 'the exchange failed'
}

/** Seconds, or a date, which counts from the date of the answer: the other side's clock may be wrong. */
function retryAfterMs(headers: Headers): number | undefined {
  const header = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000
  const ms = Date.parse(header) - Date.parse(headers.get('date') ?? '')
  return ms > 0 ? ms : undefined
}
