import { Worker } from 'node:worker_threads'
import { EmbeddedSocket } from './embedded-socket.js'
import type { FromWorker, ToWorker, WorkerData } from './embedded-worker.js'

/**
 * The worker is TypeScript too. The loader does not reach a thread through `--import` on every Node, so it
 * is registered inside, by addresses that do not depend on the working directory.
 */
const PROGRAM = `import(${address(import.meta.resolve('tsx/esm/api'))})
  .then(({ register }) => register())
  .then(() => import(${address(new URL('embedded-worker.ts', import.meta.url).href)}))`

function address(url: string): string {
  return JSON.stringify(url)
}

/** An opened engine. When its thread ends, for whatever reason, every socket ends with it. */
export interface EmbeddedThread {
  readonly powerSafe: boolean
  /** Resolves with the reason once the thread has ended; undefined when it was asked to. */
  readonly ended: Promise<Error | undefined>
  socket(): EmbeddedSocket
  /** Checkpoints and closes the folder. */
  stop(): Promise<void>
  /** Ends the thread in the middle of whatever it does. What was committed stays. */
  kill(): Promise<void>
}

/** Opens `folder` (initialising an empty one) in a thread of its own. Rejects when the engine cannot. */
export function startThread(data: WorkerData): Promise<EmbeddedThread> {
  const worker = new Worker(PROGRAM, { eval: true, workerData: data, execArgv: [] })
  const send = (message: ToWorker, transfer: ArrayBuffer[] = []) =>
    worker.postMessage(message, transfer)
  const sockets = new Map<number, EmbeddedSocket>()
  let connections = 0
  let isAsked = false

  const ended = new Promise<Error | undefined>((resolve) => {
    worker.once('error', (error) => resolve(error instanceof Error ? error : new Error(`${error}`)))
    worker.once('exit', () => resolve(isAsked ? undefined : new Error('the engine has ended')))
  })
  void ended.then(() => {
    for (const socket of sockets.values()) socket.destroy()
  })

  function socket(): EmbeddedSocket {
    const connection = ++connections
    const created = new EmbeddedSocket({
      hello: () => send({ kind: 'hello', connection }),
      bytes: (bytes) => send({ kind: 'bytes', connection, bytes }, [bytes.buffer]),
    })
    sockets.set(connection, created)
    created.once('close', () => sockets.delete(connection))
    return created
  }

  async function end(how: () => unknown): Promise<void> {
    isAsked = true
    how()
    await ended
  }

  return new Promise((resolve, reject) => {
    void ended.then((reason) =>
      reject(reason ?? new Error('the engine was stopped while it opened')),
    )
    worker.on('message', (message: FromWorker) => {
      // An answer to a client that is gone is nobody's.
      if (message.kind === 'bytes') sockets.get(message.connection)?.push(message.bytes)
      else {
        resolve({
          powerSafe: message.powerSafe,
          ended,
          socket,
          stop: () => end(() => send({ kind: 'stop' })),
          kill: () => end(() => worker.terminate()),
        })
      }
    })
  })
}
