import type { ServiceAddress } from './service-client.js'
import { UsageError } from './terminal.js'

/** Options of the command line that several commands have. */

export interface BrokerAddress {
  host: string
  port: number
  /** Present: the connection is encrypted, and the broker's certificate checked. */
  tls?: object
}

/** @throws UsageError unless it is from `low` to `high`, and whole where asked for. */
export function number(
  name: string,
  text: string,
  [low, high]: readonly [number, number],
  isWhole = false,
): number {
  const value = Number(text)
  const isNumber = isWhole ? /^\d+$/.test(text) : /^\d+(\.\d+)?$/.test(text)
  if (isNumber && value >= low && value <= high) return value
  const kind = isWhole ? 'whole number' : 'number'
  throw new UsageError(`${name} ${text}: expected a ${kind} from ${low} to ${high}`)
}

function serviceUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new UsageError(`--url ${text}: expected http://… or https://…`)
  }
  return text
}

/** The running service that `--data` or `--url` and `--token` name; the folder `otherwise` without any. */
export function serviceAddress(
  {
    data,
    url,
    token,
  }: { data?: string | undefined; url?: string | undefined; token?: string | undefined },
  otherwise: string,
): ServiceAddress {
  if (url === undefined && token !== undefined) throw new UsageError('--token belongs to --url')
  if (url === undefined) return { dataDir: data ?? otherwise }
  return { url: serviceUrl(url), ...(token === undefined ? {} : { token }) }
}

export function brokerAddress(
  text: string | undefined,
  service: ServiceAddress,
  environment: Record<string, string | undefined>,
): BrokerAddress {
  const ownHost = 'url' in service ? new URL(service.url).hostname : '127.0.0.1'
  const ownPort = environment.MQTT_PORT ?? '1883'
  if (text === undefined)
    return { host: ownHost, port: number('MQTT_PORT', ownPort, [1, 65_535], true) }
  const { tls, host, port } =
    /^(?<tls>mqtts:\/\/)?(?<host>\[.+\]|[^:/]+)(?::(?<port>\d+))?$/.exec(text)?.groups ?? {}
  if (host === undefined) throw new UsageError(`--mqtt ${text}: expected HOST:PORT`)
  const standard = tls === undefined ? ownPort : '8883'
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: number('--mqtt', port ?? standard, [1, 65_535], true),
    ...(tls === undefined ? {} : { tls: {} }),
  }
}
