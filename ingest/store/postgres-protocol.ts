/**
 * The few bytes of PostgreSQL's frontend/backend protocol 3.0 that the embedded engine's two ends share.
 * Every message but a client's first is: one byte of type, then an int32 length that counts itself.
 */

export const SSL_REQUEST = 80877103
export const GSS_REQUEST = 80877104
export const CANCEL_REQUEST = 80877102

/** DISCARD ALL and RESET ALL are not among them: on this engine they leave search_path at pg_catalog. */
export const CLEAN_SESSION = [
  'ROLLBACK',
  'CLOSE ALL',
  'UNLISTEN *',
  'DEALLOCATE ALL',
  `SET search_path TO public; SET TIME ZONE 'UTC'`,
]

/** Bytes of the message that starts at `at`, its type byte included; NaN while its length is not there. */
export function byteLength(bytes: Uint8Array, at: number): number {
  if (at + 5 > bytes.length) return Number.NaN
  return 1 + int32(bytes, at + 1)
}

export function int32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getInt32(0)
}

export function simpleQuery(text: string): Uint8Array<ArrayBuffer> {
  return message('Q', `${text}\0`)
}

/** The text of the first ErrorResponse among an engine's answers. */
export function errorIn(messages: Uint8Array): string | undefined {
  for (let at = 0; at < messages.length; at += byteLength(messages, at)) {
    if (messages[at] !== 'E'.charCodeAt(0)) continue
    const fields = new TextDecoder().decode(
      messages.subarray(at + 5, at + byteLength(messages, at)),
    )
    return (
      fields
        .split('\0')
        .find((field) => field.startsWith('M'))
        ?.slice(1) ?? 'no reason given'
    )
  }
  return undefined
}

/** What a server says once a client is in: no password, the parameters pg looks at, ready for a query. */
export const GREETING = join([
  message('R', '\0\0\0\0'),
  message('S', 'server_version\x0017.5\0'),
  message('S', 'server_encoding\0UTF8\0'),
  message('S', 'client_encoding\0UTF8\0'),
  message('S', 'DateStyle\0ISO, MDY\0'),
  message('S', 'integer_datetimes\0on\0'),
  message('S', 'standard_conforming_strings\0on\0'),
  message('K', '\0\0\0\0\0\0\0\0'),
  message('Z', 'I'),
])

function message(type: string, body: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(body)
  const bytes = new Uint8Array(5 + text.length)
  bytes[0] = type.charCodeAt(0)
  new DataView(bytes.buffer).setInt32(1, 4 + text.length)
  bytes.set(text, 5)
  return bytes
}

/** Copies the parts into one buffer of its own, which can then be transferred. */
export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
