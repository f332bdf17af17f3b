import { once } from 'node:events'
import { accountSchema } from '../../shared/schema/account.js'
import { type ServiceClient, ServiceError } from '../service-client.js'
import { progressOf } from '../terminal.js'
import { rememberStart } from './memory.js'
import { startService } from './service-process.js'
import { prepareStations, type Station, sendHistory, sendLive } from './stations.js'

export interface DemoOptions {
  dataDir: string
  environment: Record<string, string | undefined>
  service: ServiceClient
  /** Unix time in ms. */
  now(): number
  signal: AbortSignal
  print(line: string): void
}

const ACCOUNT = 'demo'

/** Runs until the signal, or until the service ends: then it throws a ServiceError. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { dataDir, service, signal, print } = options
  print('starting the service …')
  const running = await startService(dataDir, demoEnvironment(options.environment), signal)
  if (running === undefined) return
  let stations: Station[] = []
  const work = async () => {
    const { starts, password } = await rememberStart(dataDir)
    await ensureAccount(service, password, starts === 1)
    print('preparing sites and nodes …')
    const nowS = Math.floor(options.now() / 1000)
    const prepared = await prepareStations(service, {
      port: running.mqttPort,
      boot: starts,
      nowS,
    })
    if (signal.aborted) return
    stations = prepared
    for (const { node } of stations) node.start()
    await backFill(stations, nowS)
    for (const line of welcome(running.httpPort, password, dataDir)) print(line)
    await sendLive(stations, options.now, signal)
  }
  const crash = async () => {
    await running.ended
    if (!signal.aborted)
      throw new ServiceError(0, `the service ended; ${dataDir}/service.log says why`)
  }
  try {
    await Promise.race([work(), crash(), aborted(signal)])
  } finally {
    await Promise.all(stations.map(({ node }) => node.stop()))
    await running.stop()
    if (signal.aborted) print('stopped; npm run demo goes on from here')
  }
}

/** The demo is never anything but simulated, never on a server's store, and private unless told otherwise. */
function demoEnvironment(
  environment: Record<string, string | undefined>,
): Record<string, string | undefined> {
  return {
    HTTP_HOST: '127.0.0.1',
    MQTT_HOST: '127.0.0.1',
    // Nothing depends on the time of a simulated lake.
    CLOCK_TRUSTED: 'yes',
    ...environment,
    STORE_KIND: 'simulated',
    DATABASE_URL: undefined,
  }
}

async function ensureAccount(
  service: ServiceClient,
  password: string,
  isNew: boolean,
): Promise<void> {
  const account = { name: ACCOUNT, title: 'Demo', role: 'admin', password }
  try {
    await service.post('/api/v1/accounts', account, accountSchema)
  } catch (error) {
    if (!(error instanceof ServiceError && error.status === 409)) throw error
    // The account is older than the file that remembered its password.
    if (isNew) await service.patch(`/api/v1/accounts/${ACCOUNT}`, { password }, accountSchema)
  }
}

async function backFill(stations: readonly Station[], nowS: number): Promise<void> {
  let done = 0
  const frames = sendHistory(stations, nowS)
  const progress = progressOf(frames.length, 'history')
  for (const frame of frames) {
    void frame.then(
      () => progress.update(++done, `${done} frames acknowledged`),
      () => {}, // the wait below meets it
    )
  }
  await Promise.all(frames).finally(() => progress.stop())
}

function welcome(port: number, password: string, dataDir: string): string[] {
  return [
    '',
    'Toba Sense, demo: 19 sites, 19 nodes. Every value is SIMULATED.',
    `  page     http://localhost:${port}`,
    `  sign in  ${ACCOUNT} / ${password}`,
    `  data     ${dataDir}`,
    '  a sample from every node each 10 s; Ctrl-C ends it',
    '',
  ]
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
