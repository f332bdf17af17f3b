import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { AppError } from '../errors.js'
import type { Api } from './deps.js'
import { asOperator } from './operator.js'

/** `sun_path` holds 108 bytes on Linux and 104 elsewhere, the closing zero included. */
const PATH_LIMIT = process.platform === 'linux' ? 107 : 103

export interface ControlSocket {
  close(): Promise<void>
}

/**
 * Serves the API on a unix socket that only the service's own user can open (mode 0600): whoever reaches it
 * is the operator. The data folder is locked by now, so a socket that is already there is left over.
 */
export async function openControlSocket(app: Api, path: string): Promise<ControlSocket> {
  if (Buffer.byteLength(path) > PATH_LIMIT) {
    throw new AppError(
      'CONFIG',
      `the control socket's path is longer than ${PATH_LIMIT} bytes, use a shorter DATA_DIR: ${path}`,
    )
  }
  await rm(path, { force: true })
  const server = createServer((request, response) => {
    void asOperator(() => app.routing(request, response))
  })
  // The file is made within listen(), so there is no moment in which others could open it.
  const umask = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(umask)
  }
  try {
    await once(server, 'listening')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('CONFIG', `the control socket cannot be opened: ${reason}`, { cause })
  }
  return {
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
