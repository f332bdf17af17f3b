import { once } from 'node:events'
import { accountSchema } from '../../shared/schema/account.js'
import { type OwnService, startOwnService } from '../fleet/service.js'
import { type ServiceClient, ServiceError, serviceClient } from '../service-client.js'
import { type Memory, rememberStart } from './memory.js'
import type { Toba } from './toba.js'

export interface DemoOptions {
  dataDir: string
  environment: Record<string, string | undefined>
  /** The lake station's built script. */
  firmware: string
  /** Unix time in ms. */
  now(): number
  signal: AbortSignal
  print(line: string): void
}

const ACCOUNT = 'demo'

/** Runs until the signal, or until the service ends: then it throws a ServiceError. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { dataDir, environment, signal, print } = options
  const elapsed = () => `${(performance.now() / 1000).toFixed(1)} s`
  print('starting the service …')
  // The world and the boards are loaded while the service starts.
  const [own, nodes] = await Promise.all([
    startOwnService({
      dataDir,
      environment: { HTTP_PORT: '8080', MQTT_PORT: '1883', ...environment },
      clockSetting: undefined,
      tokenDays: 1,
      signal,
    }),
    import('./toba.js'),
  ])
  if (own === undefined) return
  const over = new AbortController()
  const until = AbortSignal.any([signal, over.signal])
  let toba: Toba | undefined
  const work = async () => {
    const memory = await rememberStart(dataDir)
    print(`preparing sites and nodes, ${elapsed()} after the start …`)
    toba = new nodes.Toba({ ...options, ...own, memory, signal: until })
    await Promise.all([ensureAccount(serviceClient({ dataDir }), memory), toba.begin()])
    for (const line of welcome(own, memory, options)) print(line)
    print(`the last hours of all sites were there ${elapsed()} after the start`)
    await toba.fillIn()
    print(`all of the last 30 days is there ${elapsed()} after the start`)
    await toba.live()
  }
  try {
    await Promise.race([work(), crash(own, options), aborted(signal)])
  } finally {
    over.abort()
    await toba?.stop()
    await Promise.all([toba?.save(), own.process.stop()])
    for (const line of toba?.problems ?? []) print(line)
    if (signal.aborted) print('stopped; npm run demo goes on from here')
  }
}

async function crash({ process }: OwnService, { dataDir, signal }: DemoOptions): Promise<void> {
  await process.ended
  if (!signal.aborted) {
    throw new ServiceError(0, `the service ended; ${dataDir}/service.log says why`)
  }
}

async function ensureAccount(operator: ServiceClient, memory: Memory): Promise<void> {
  const { password } = memory
  const account = { name: ACCOUNT, title: 'Demo', role: 'admin', password }
  try {
    await operator.post('/api/v1/accounts', account, accountSchema)
  } catch (error) {
    if (!(error instanceof ServiceError && error.status === 409)) throw error
    // The account is older than the file that remembered its password.
    if (memory.starts === 1) {
      await operator.patch(`/api/v1/accounts/${ACCOUNT}`, { password }, accountSchema)
    }
  }
}

function welcome(own: OwnService, { password }: Memory, { dataDir }: DemoOptions): string[] {
  return [
    '',
    'Toba Sense, demo: 19 sites, 19 nodes. Every value is SIMULATED.',
    `  page     http://localhost:${own.process.httpPort}`,
    `  sign in  ${ACCOUNT} / ${password}`,
    `  data     ${dataDir}`,
    '  a sample from every node each 10 s; Ctrl-C ends it',
    '',
  ]
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
