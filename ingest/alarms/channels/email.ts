import { createTransport } from 'nodemailer'
import { z } from 'zod'
import type { Recipient } from '../../../shared/schema/channel.js'
import { type Channel, DeliveryError, type Message, withoutSecrets } from './channel.js'

export interface EmailSettings {
  host: string
  port: number
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  secure: boolean
  auth: { user: string; password: string } | undefined
  /** Sender, `name@host` or `Title <name@host>`. */
  from: string
}

const ADDRESS = /^[^\s@<>,;:"]{1,64}@[a-z0-9.-]{1,255}$/i
/** A server may hang longer than our patience with one message; the signal ends that. */
const SOCKET_LIMIT_MS = 30_000

export function emailChannel(settings: EmailSettings): Channel {
  const { host, port, secure, auth, from } = settings
  const transport = createTransport({
    ...{ host, port, secure },
    ...(auth !== undefined && { auth: { user: auth.user, pass: auth.password } }),
    // A password never goes over the network in the clear.
    requireTLS: auth !== undefined && !isThisMachine(host),
    connectionTimeout: SOCKET_LIMIT_MS,
    greetingTimeout: SOCKET_LIMIT_MS,
    socketTimeout: SOCKET_LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const secrets = auth === undefined ? [] : secretsOf(auth)
  return {
    kind: 'email',
    send: async (to: Recipient, message: Message, signal: AbortSignal) => {
      if (!ADDRESS.test(to.address)) {
        throw new DeliveryError('this is not a mail address', { temporary: false })
      }
      try {
        await transport.sendMail({ ...mail(from, to, message), signal })
      } catch (error) {
        throw signal.aborted
          ? new DeliveryError(`${host}: no answer in time`, { temporary: true })
          : failure(host, error, secrets)
      }
    },
  }
}

function mail(from: string, to: Recipient, message: Message) {
  return {
    from,
    to: { name: '', address: to.address },
    subject: message.title,
    text: `${message.text}${message.link === undefined ? '' : `\n\n${message.link}`}\n`,
    messageId: `<${message.id}@${from.replace(/^.*@|>.*$/g, '')}>`,
    headers: {
      'Content-Language': message.language,
      // No holiday answers to the service.
      'Auto-Submitted': 'auto-generated',
    },
    priority: message.urgency,
  } as const
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

/** Servers quote what they were told, which is base64. */
function secretsOf({ user, password }: { user: string; password: string }): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return [password, base64(password), base64(`\0${user}\0${password}`)]
}

const toldSchema = z.object({
  code: z.string().optional(),
  response: z.string().optional(),
  /** RFC 5321 §4.2.1: 5yz refuses for good, 4yz for now. Absent: the server refused nothing, the network failed. */
  permanent: z.boolean().optional(),
})

function failure(host: string, error: unknown, secrets: readonly string[]): DeliveryError {
  const { code, response, permanent } = toldSchema.safeParse(error).data ?? {}
  const said = withoutSecrets(response ?? code ?? 'the exchange failed', secrets)
  return new DeliveryError(`${host}: ${said}`, { temporary: permanent !== true })
}
