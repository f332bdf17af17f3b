import { z } from 'zod'
import type { EmailSettings } from './alarms/channels/email.js'
import type { GatewaySettings } from './alarms/channels/gateway.js'
import type { PushSettings } from './alarms/channels/push.js'
import type { TelegramSettings } from './alarms/channels/telegram.js'
import type { WebhookSettings } from './alarms/channels/webhook.js'
import type { HeartbeatSettings } from './alarms/heartbeat.js'

/** The settings of how people are told, parsed with all others by `config.ts`. No message quotes a value. */

const httpUrl = () => z.url({ protocol: /^https?$/, error: 'expected an http or https address' })
const PUSH_SERVICES = [
  'https://fcm.googleapis.com',
  'https://updates.push.services.mozilla.com',
  'https://*.notify.windows.com',
  'https://web.push.apple.com',
].join(',')

export const alarmSettings = {
  ALARM_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'expected smtp://host:587 or smtps://host:465' })
    .optional()
    .describe(
      'mail server, smtp://host:587 (STARTTLS) or smtps://host:465; mail is sent when it is set',
    ),
  ALARM_SMTP_FROM: z
    .string()
    .regex(/^[^@\r\n]+@[^@\s]+$/, 'expected name@host or Title <name@host>')
    .optional()
    .describe('sender, e.g. Toba Sense <toba@example.id>'),
  ALARM_SMTP_USER: z.string().optional().describe('sent over TLS alone, but to this machine'),
  ALARM_SMTP_PASSWORD: z.string().optional().describe('secret'),
  ALARM_WEBHOOK_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('secret that webhooks are signed with; they are sent when it is set'),
  ALARM_TELEGRAM_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]{30,}$/, 'expected a bot token, 123456789:…')
    .optional()
    .describe('secret of the bot; Telegram is used when it is set'),
  ALARM_TELEGRAM_URL: httpUrl().default('https://api.telegram.org').describe('the Bot API'),
  ALARM_GATEWAY_URL: httpUrl()
    .optional()
    .describe('secret; SMS or WhatsApp gateway, with {to}, {text} and {id}; used when it is set'),
  ALARM_GATEWAY_METHOD: z.enum(['GET', 'POST', 'PUT']).default('POST').describe('of its request'),
  ALARM_GATEWAY_HEADERS: z
    .string()
    .optional()
    .describe('secret; a JSON object, e.g. {"authorization": "Bearer …"}'),
  ALARM_GATEWAY_JSON: z
    .string()
    .optional()
    .describe('secret; the body as JSON, with the placeholders in its strings'),
  ALARM_GATEWAY_FORM: z
    .string()
    .optional()
    .describe('secret; instead of it a form, e.g. to={to}&message={text}'),
  ALARM_GATEWAY_SUCCESS: z
    .string()
    .optional()
    .describe(
      'regular expression that an answer matches when the message was taken; unset, any 2xx',
    ),
  ALARM_PUSH_CONTACT: z
    .string()
    .regex(/^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/, 'expected mailto:name@host or https://…')
    .optional()
    .describe('who answers for the service; Web Push is used when it is set'),
  ALARM_PUSH_SERVICES: z
    .string()
    .default(PUSH_SERVICES)
    .describe('origins that push subscriptions may name, * for one label'),
  HEARTBEAT_URL: httpUrl()
    .optional()
    .describe(
      'secret; asked while the service is ready, so that another host notices when it is not',
    ),
  HEARTBEAT_METHOD: z.enum(['GET', 'POST']).default('GET').describe('of that request'),
  HEARTBEAT_MINUTES: z.coerce.number().positive().max(1440).default(5).describe('how often'),
}

const schema = z.object(alarmSettings)
type Env = z.output<typeof schema>

export interface AlarmConfig {
  channels: {
    email: EmailSettings | undefined
    webhook: WebhookSettings | undefined
    telegram: TelegramSettings | undefined
    gateway: GatewaySettings | undefined
    push: PushSettings | undefined
  }
  heartbeat: HeartbeatSettings | undefined
}

/** What is wrong with settings that are each right. */
export function alarmProblems(env: Env): string[] {
  const { ALARM_GATEWAY_JSON: json, ALARM_GATEWAY_FORM: form, ALARM_GATEWAY_METHOD: method } = env
  const checks: [wrong: boolean, message: string][] = [
    [
      (env.ALARM_SMTP_URL === undefined) !== (env.ALARM_SMTP_FROM === undefined),
      'ALARM_SMTP_URL and ALARM_SMTP_FROM must be set together',
    ],
    [
      (env.ALARM_SMTP_USER === undefined) !== (env.ALARM_SMTP_PASSWORD === undefined),
      'ALARM_SMTP_USER and ALARM_SMTP_PASSWORD must be set together',
    ],
    [
      env.ALARM_SMTP_URL !== undefined && new URL(env.ALARM_SMTP_URL).username !== '',
      'ALARM_SMTP_URL: name the user in ALARM_SMTP_USER',
    ],
    [
      json !== undefined && form !== undefined,
      'ALARM_GATEWAY_JSON or ALARM_GATEWAY_FORM, not both',
    ],
    [
      method === 'GET' && (json ?? form) !== undefined,
      'ALARM_GATEWAY_METHOD: GET has no body; put the placeholders in ALARM_GATEWAY_URL',
    ],
    [json !== undefined && parsed(json) === undefined, 'ALARM_GATEWAY_JSON is not JSON'],
    [headersOf(env) === undefined, 'ALARM_GATEWAY_HEADERS is not a JSON object of strings'],
    [
      env.ALARM_GATEWAY_SUCCESS !== undefined &&
        expression(env.ALARM_GATEWAY_SUCCESS) === undefined,
      'ALARM_GATEWAY_SUCCESS is not a regular expression',
    ],
    [
      !env.ALARM_PUSH_SERVICES.split(',').every((origin) => /^https?:\/\/[^/\s]+$/.test(origin)),
      'ALARM_PUSH_SERVICES: expected origins such as https://push.example.id',
    ],
    [
      env.ALARM_GATEWAY_URL !== undefined &&
        !['{to}', '{text}'].every((part) =>
          `${env.ALARM_GATEWAY_URL}${json}${form}`.includes(part),
        ),
      'ALARM_GATEWAY_URL: neither it nor the body has both {to} and {text}',
    ],
  ]
  return checks.filter(([isWrong]) => isWrong).map(([, message]) => message)
}

/** Of settings without problems. */
export function toAlarmConfig(env: Env): AlarmConfig {
  return {
    channels: {
      email: emailOf(env),
      webhook:
        env.ALARM_WEBHOOK_SECRET === undefined ? undefined : { secret: env.ALARM_WEBHOOK_SECRET },
      telegram:
        env.ALARM_TELEGRAM_TOKEN === undefined
          ? undefined
          : { token: env.ALARM_TELEGRAM_TOKEN, url: env.ALARM_TELEGRAM_URL },
      gateway: gatewayOf(env),
      push:
        env.ALARM_PUSH_CONTACT === undefined
          ? undefined
          : { contact: env.ALARM_PUSH_CONTACT, services: env.ALARM_PUSH_SERVICES.split(',') },
    },
    heartbeat:
      env.HEARTBEAT_URL === undefined
        ? undefined
        : {
            url: new URL(env.HEARTBEAT_URL),
            method: env.HEARTBEAT_METHOD,
            everyMs: env.HEARTBEAT_MINUTES * 60_000,
          },
  }
}

function emailOf(env: Env): EmailSettings | undefined {
  const { ALARM_SMTP_URL, ALARM_SMTP_FROM: from, ALARM_SMTP_USER: user } = env
  if (ALARM_SMTP_URL === undefined || from === undefined) return undefined
  const { protocol, hostname, port } = new URL(ALARM_SMTP_URL)
  const secure = protocol === 'smtps:'
  return {
    host: hostname,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    auth: user === undefined ? undefined : { user, password: env.ALARM_SMTP_PASSWORD ?? '' },
    from,
  }
}

function gatewayOf(env: Env): GatewaySettings | undefined {
  const { ALARM_GATEWAY_URL: url, ALARM_GATEWAY_JSON: json, ALARM_GATEWAY_FORM: form } = env
  if (url === undefined) return undefined
  const filled = form === undefined ? undefined : ({ format: 'form', template: form } as const)
  return {
    url,
    method: env.ALARM_GATEWAY_METHOD,
    headers: headersOf(env) ?? {},
    body: json === undefined ? filled : { format: 'json', template: parsed(json) },
    success: expression(env.ALARM_GATEWAY_SUCCESS ?? ''),
  }
}

function headersOf({ ALARM_GATEWAY_HEADERS: text = '{}' }: Env) {
  return z.record(z.string(), z.string()).safeParse(parsed(text)).data
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined // told by alarmProblems
  }
}

function expression(source: string): RegExp | undefined {
  try {
    return source === '' ? undefined : new RegExp(source)
  } catch {
    return undefined // told by alarmProblems
  }
}
