import { randomBytes } from 'node:crypto'
import { accountSchema, tokenWithSecretSchema } from '../../shared/schema/account.js'
import type { BrokerAddress } from '../addresses.js'
import { type ServiceProcess, startService } from '../demo/service-process.js'
import { type ServiceClient, ServiceError, serviceClient } from '../service-client.js'

/** A service of the fleet's own, on a simulated store, that goes by the fleet's clock. */
export interface OwnService {
  client: ServiceClient
  broker: BrokerAddress
  process: ServiceProcess
}

export interface OwnServiceOptions {
  dataDir: string
  environment: Record<string, string | undefined>
  /** For CLOCK_SCALED. */
  clockSetting: string | undefined
  /** How long the fleet makes sites and nodes, by the service's clock. */
  tokenDays: number
  signal: AbortSignal
}

const ACCOUNT = 'fleet'
const HOST = '127.0.0.1'

/** @returns undefined when the signal came first. */
export async function startOwnService(options: OwnServiceOptions): Promise<OwnService | undefined> {
  const { dataDir, environment, clockSetting, tokenDays, signal } = options
  const settings = {
    HTTP_PORT: '0',
    MQTT_PORT: '0',
    ...environment,
    HTTP_HOST: environment.HTTP_HOST ?? HOST,
    MQTT_HOST: environment.MQTT_HOST ?? HOST,
    // Nothing real depends on the time of a simulated lake.
    CLOCK_TRUSTED: 'yes',
    CLOCK_SCALED: clockSetting,
    STORE_KIND: 'simulated',
    DATABASE_URL: undefined,
  }
  const process = await startService(dataDir, settings, signal)
  if (process === undefined) return undefined
  const token = await scopedToken(serviceClient({ dataDir }), tokenDays).catch(async (error) => {
    await process.stop()
    throw error
  })
  return {
    client: serviceClient({
      url: `http://${reachable(settings.HTTP_HOST)}:${process.httpPort}`,
      token,
    }),
    broker: { host: reachable(settings.MQTT_HOST), port: process.mqttPort },
    process,
  }
}

/** Who listens on every address is met at this machine's own. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? HOST : host
}

/** What the fleet may do: make sites and nodes, and look. */
async function scopedToken(operator: ServiceClient, expiresInDays: number): Promise<string> {
  const password = randomBytes(24).toString('base64url')
  const account = { name: ACCOUNT, title: 'Simulated fleet', role: 'technician', password }
  await operator.post('/api/v1/accounts', account, accountSchema).catch((error) => {
    // On a store that is used again it is there already.
    if (!(error instanceof ServiceError && error.status === 409)) throw error
  })
  const wish = {
    name: 'Simulated fleet',
    scopes: ['read', 'write:nodes', 'write:sites'],
    account: ACCOUNT,
    expiresInDays,
  }
  return (await operator.post('/api/v1/tokens', wish, tokenWithSecretSchema)).secret
}
