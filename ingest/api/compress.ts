import { pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { createGzip, gzip } from 'node:zlib'
import type { Api } from './deps.js'

/** Below one network packet there is nothing to win. */
const WORTH_BYTES = 1400
const gzipped = promisify(gzip)

/**
 * Answers and exports as gzip where the client takes it: the first view is read over 3G. The work is done in
 * the thread pool. The page's own files come compressed from the build.
 */
export function compress(app: Api): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type'))
    if (!/^(application\/json|text\/csv)/.test(type)) return payload
    const isStream = payload instanceof Readable
    const isLong = typeof payload === 'string' && payload.length >= WORTH_BYTES
    if (!isStream && !isLong) return payload
    reply.header('vary', 'accept-encoding')
    if (!takesGzip(request.headers['accept-encoding'])) return payload
    reply.header('content-encoding', 'gzip')
    reply.removeHeader('content-length')
    if (isLong) return gzipped(payload)
    // An error of either side ends both; the reply reports it where it is sent.
    return pipeline(payload, createGzip(), () => {})
  })
}

function takesGzip(accepted: string | string[] | undefined): boolean {
  const quality = /(?:^|,)\s*gzip\s*(?:;\s*q=([\d.]+)\s*)?(?:,|$)/i.exec(String(accepted))
  return quality !== null && Number(quality[1] ?? 1) > 0
}
