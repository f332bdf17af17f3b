import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { type AlarmConfig, alarmProblems, alarmSettings, toAlarmConfig } from './alarm-config.js'
import type { ClockScale } from './clock.js'
import { AppError } from './errors.js'

/**
 * The one place that reads the environment. Every key, its default and the reason for the default; the
 * table in the README is checked against this schema by a test.
 */

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback)
const yesNo = (fallback: 'yes' | 'no') =>
  z
    .enum(['yes', 'no'])
    .default(fallback)
    .transform((word) => word === 'yes')

/** Loopback, the private ranges of RFC 1918 and RFC 4193, and link-local addresses. */
const PRIVATE_NETWORKS =
  '127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,169.254.0.0/16,::1/128,fc00::/7,fe80::/10'

const environmentSchema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe('TimescaleDB server (2.18 or newer); without it the embedded engine is used'),
  DATA_DIR: z
    .string()
    .default('.data')
    .describe('folder of the embedded engine, the lock and the control socket'),
  STORE_KIND: z
    .enum(['real', 'simulated'])
    .default('real')
    .describe('fixed when the store is created; a simulated store says *simulasi* everywhere'),
  HTTP_HOST: z.string().default('0.0.0.0').describe('address of page and API'),
  HTTP_PORT: port(8080).describe('port of page and API'),
  // Cookies are marked Secure and the origin is checked against this one; unset, the request's own host.
  HTTP_ORIGIN: z.url().optional().describe('public address, e.g. https://toba.example.id'),
  HTTP_TRUST_PROXY: yesNo('no').describe('believe X-Forwarded-* of the proxy in front'),
  MQTT_HOST: z.string().default('0.0.0.0').describe('address of the broker'),
  MQTT_PORT: port(1883).describe('port of the broker without TLS'),
  MQTT_PLAIN_NETWORKS: z
    .string()
    .default(PRIVATE_NETWORKS)
    .transform(networks)
    .describe('networks that may log in without TLS'),
  MQTT_TLS_PORT: port(8883).describe('port of the broker with TLS'),
  MQTT_TLS_CERT: z.string().optional().describe('PEM file; TLS is offered when it is set'),
  MQTT_TLS_KEY: z.string().optional().describe('PEM file of the private key'),
  // 10,000 nodes and some that reconnect before their old socket is gone.
  MQTT_MAX_CONNECTIONS: count(12_000).describe('sockets in total'),
  // A mobile carrier puts hundreds of nodes behind one address.
  MQTT_MAX_CONNECTIONS_PER_ADDRESS: count(500).describe('sockets of one address'),
  // 20,000 frames of 12×5 are 1.2 M readings: at 60 k readings/s twice the 10 s a frame may wait.
  QUEUE_MAX_FRAMES: count(20_000).describe('frames waiting for the database'),
  QUEUE_MAX_BYTES: count(64 * 1024 * 1024).describe('their bytes'),
  RETENTION_FRAMES_DAYS: count(365).describe('days that raw frames are kept'),
  RETENTION_READINGS_DAYS: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('days that readings are kept; unset, without end'),
  CLOCK_TRUSTED: yesNo('no').describe(
    'vouch for the server clock where neither timesyncd, timedatectl nor chrony answers',
  ),
  CLOCK_SCALED: z
    .string()
    .regex(/^\d+:\d+:\d+(\.\d+)?$/, 'expected REAL_MS:OWN_MS:SPEED')
    .optional()
    .transform(scaledClock)
    .describe('REAL_MS:OWN_MS:SPEED, a faster clock for a simulated store; the fleet sets it'),
  ...alarmSettings,
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('pino level'),
})

/** Every setting with its default ('' where there is none), for `--help` and the table in the README. */
export function describeSettings(): { key: string; fallback: string; meaning: string }[] {
  const schema = z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' })
  return Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const { default: fallback = '', description = '' } =
      typeof property === 'object' ? property : {}
    return { key, fallback: String(fallback), meaning: description }
  })
}

/** Families in which an unknown key is a spelling mistake and stops the start. */
const OWN_FAMILIES = /^(MQTT|HTTP|QUEUE|RETENTION|CLOCK|STORE|DATA|ALARM|HEARTBEAT)_/
const FOREIGN = new Set(['HTTP_PROXY'])

export interface Config {
  databaseUrl: string | undefined
  dataDir: string
  storeKind: 'real' | 'simulated'
  http: { host: string; port: number; origin: string | undefined; trustProxy: boolean }
  mqtt: BrokerConfig
  queue: { maxFrames: number; maxBytes: number }
  retention: { framesDays: number; readingsDays: number | undefined }
  clockTrusted: boolean
  /** A clock that is not the machine's; simulated stores only. */
  scaledClock: ClockScale | undefined
  alarms: AlarmConfig
  logLevel: string
}

export interface BrokerConfig {
  host: string
  port: number
  tls: { port: number; cert: Buffer; key: Buffer } | undefined
  plainNetworks: BlockList
  maxConnections: number
  maxConnectionsPerAddress: number
}

/** Parses the environment; throws one `AppError` CONFIG that lists every problem. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const problems: string[] = []
  for (const key of Object.keys(environment)) {
    if (OWN_FAMILIES.test(key) && !FOREIGN.has(key) && !(key in environmentSchema.shape)) {
      problems.push(`${key} is not a setting of this service`)
    }
  }
  const parsed = environmentSchema.safeParse(environment)
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      problems.push(`${issue.path.join('.')}: ${issue.message}`)
    }
  }
  if (parsed.data?.CLOCK_SCALED !== undefined && parsed.data.STORE_KIND !== 'simulated') {
    problems.push('CLOCK_SCALED: only a simulated store may have a clock of its own')
  }
  if (parsed.success) problems.push(...alarmProblems(parsed.data))
  if (!parsed.success || problems.length > 0) throw new AppError('CONFIG', problems.join('; '))
  return toConfig(parsed.data)
}

function toConfig(env: z.output<typeof environmentSchema>): Config {
  return Object.freeze({
    databaseUrl: env.DATABASE_URL,
    dataDir: resolve(env.DATA_DIR),
    storeKind: env.STORE_KIND,
    http: {
      host: env.HTTP_HOST,
      port: env.HTTP_PORT,
      origin: env.HTTP_ORIGIN,
      trustProxy: env.HTTP_TRUST_PROXY,
    },
    mqtt: {
      host: env.MQTT_HOST,
      port: env.MQTT_PORT,
      tls: readTls(env.MQTT_TLS_PORT, env.MQTT_TLS_CERT, env.MQTT_TLS_KEY),
      plainNetworks: env.MQTT_PLAIN_NETWORKS,
      maxConnections: env.MQTT_MAX_CONNECTIONS,
      maxConnectionsPerAddress: env.MQTT_MAX_CONNECTIONS_PER_ADDRESS,
    },
    queue: { maxFrames: env.QUEUE_MAX_FRAMES, maxBytes: env.QUEUE_MAX_BYTES },
    retention: { framesDays: env.RETENTION_FRAMES_DAYS, readingsDays: env.RETENTION_READINGS_DAYS },
    clockTrusted: env.CLOCK_TRUSTED,
    scaledClock: env.CLOCK_SCALED,
    alarms: toAlarmConfig(env),
    logLevel: env.LOG_LEVEL,
  })
}

function readTls(
  port: number,
  cert: string | undefined,
  key: string | undefined,
): BrokerConfig['tls'] {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) {
    throw new AppError('CONFIG', 'MQTT_TLS_CERT and MQTT_TLS_KEY must be set together')
  }
  try {
    return { port, cert: readFileSync(cert), key: readFileSync(key) }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('CONFIG', `the TLS certificate cannot be read: ${reason}`, { cause })
  }
}

function scaledClock(text: string | undefined): ClockScale | undefined {
  if (text === undefined) return undefined
  const [realMs = 0, ownMs = 0, speed = 1] = text.split(':').map(Number)
  return { realMs, ownMs, speed }
}

function networks(text: string, context: z.RefinementCtx): BlockList {
  const list = new BlockList()
  for (const network of text.split(',').filter((part) => part !== '')) {
    const [address = '', prefix = ''] = network.trim().split('/')
    const family = isIP(address)
    const bits = Number(prefix)
    const valid = /^\d+$/.test(prefix) && bits <= (family === 6 ? 128 : 32)
    if (family === 0 || !valid) {
      context.addIssue({
        code: 'custom',
        message: `"${network}" is not a network such as 10.0.0.0/8`,
      })
      continue
    }
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}
