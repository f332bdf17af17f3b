import type { Recipient } from '../../../shared/schema/channel.js'
import { type Channel, DeliveryError, type Message, plainText, withoutSecrets } from './channel.js'
import { exchange, keysIn } from './http.js'
import { fillForm, fillJson, fillUrl, type Values } from './template.js'

/** Ten joined SMS; WhatsApp takes more, and nobody reads it. */
const TEXT_LIMIT = 1530

/** A service that turns HTTP requests into SMS or WhatsApp messages, as its operator describes them. */
export interface GatewaySettings {
  method: 'GET' | 'POST' | 'PUT'
  /** With placeholders, as the body. */
  url: string
  headers: Record<string, string>
  body: { format: 'json'; template: unknown } | { format: 'form'; template: string } | undefined
  /** What the answer holds when it was taken: many gateways answer 200 to everything. */
  success: RegExp | undefined
}

export function gatewayChannel(settings: GatewaySettings): Channel {
  const { method, success } = settings
  const secrets = secretsOf(settings)
  return {
    kind: 'gateway',
    send: async (to: Recipient, message: Message, signal: AbortSignal) => {
      if (!/^\+?\d{6,15}$/.test(to.address)) {
        throw new DeliveryError('this is not a telephone number', { temporary: false })
      }
      const values = { to: to.address, text: plainText(message, TEXT_LIMIT), id: message.id }
      const url = fillUrl(settings.url, values)
      const request = { url, method, secrets, ...content(settings, values) }
      const answer = await exchange(request, signal)
      if (success !== undefined && !success.test(answer)) {
        const said = withoutSecrets(answer, secrets)
        throw new DeliveryError(`${url.host} took nothing: ${said}`, { temporary: true })
      }
    },
  }
}

function content({ body, headers }: GatewaySettings, values: Values) {
  if (body === undefined) return { headers }
  if (body.format === 'json') {
    const filled = JSON.stringify(fillJson(body.template, values))
    return { headers: { 'content-type': 'application/json', ...headers }, body: filled }
  }
  const type = 'application/x-www-form-urlencoded'
  return { headers: { 'content-type': type, ...headers }, body: fillForm(body.template, values) }
}

/** Keys stand anywhere in what was configured; short words would black out ordinary ones. */
function secretsOf({ headers, url, body }: GatewaySettings): string[] {
  const configured = [
    ...Object.values(headers),
    ...(body === undefined ? [] : valuesOf(body.template)),
  ].flatMap((text) => text.split(/[\s{}]+/))
  return [...configured.filter(({ length }) => length >= 8), ...keysIn(new URL(url))]
}

function valuesOf(template: unknown): string[] {
  if (typeof template === 'string') return [...new URLSearchParams(template).values(), template]
  if (typeof template !== 'object' || template === null) return []
  return Object.values(template).flatMap(valuesOf)
}
