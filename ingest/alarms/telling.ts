import { Counter, Gauge, type Registry } from 'prom-client'
import type { Recipient } from '../../shared/schema/channel.js'
import type { AlarmConfig } from '../alarm-config.js'
import type { Clock } from '../clock.js'
import { addDeliveries } from '../store/notifications.js'
import { answers } from '../store/ping.js'
import { type OpenChannels, openChannels } from './channels/open.js'
import { DeliveryRunner } from './delivery.js'
import { escalate } from './escalation.js'
import { Heartbeat } from './heartbeat.js'
import { type PeopleDeps, recipientsOf } from './people.js'
import { say } from './send.js'
import { WeeklyTest } from './weekly-test.js'

export interface TellingOptions {
  /** The store, and how people find the service. */
  people: PeopleDeps
  clock: Pick<Clock, 'now'>
  log: { info(fields: object): void; warn(fields: object): void }
  config: AlarmConfig
  registry: Registry
}

/** Everything that carries the outbox to people, and says to another host that we are there. */
export interface Telling extends OpenChannels {
  start(): void
  /** There is something in the outbox. */
  wake(): void
  /** One message outside of any alarm, tried once. @throws DeliveryError */
  say(to: Recipient, text: string): Promise<void>
  stop(): Promise<void>
  /** What is worth a warning to whoever asks whether we are ready. */
  messages(): string[]
}

export async function openTelling(options: TellingOptions): Promise<Telling> {
  const { people, clock, log, config, registry } = options
  const { db } = people
  const open = await openChannels(config.channels, { db, clock })
  const outcomes = new Counter({
    name: 'toba_deliveries_total',
    help: 'attempts to tell somebody, by channel and outcome; nobody: a notification without a recipient',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
  })
  const runner = new DeliveryRunner({
    ...{ db, clock, log, random: Math.random },
    recipientsOf: (notification) => recipientsOf(people, notification, clock.now()),
    escalate: () =>
      escalate(people, clock.now(), async (session, { notificationId, recipients }) => {
        await addDeliveries(session, notificationId, { recipients, at: new Date(clock.now()) })
      }),
    channels: open.channels,
    onOutcome: (outcome, channel) => outcomes.inc({ channel, outcome }),
  })
  const weekly = new WeeklyTest({ db, clock, log, onNotification: () => runner.wake() })
  const isReady = () => answers(db)
  const heartbeat = config.heartbeat && new Heartbeat({ ...config.heartbeat, log, isReady })
  if (heartbeat !== undefined) measure(heartbeat, registry)
  return {
    ...open,
    start: () => {
      runner.start()
      weekly.start()
      heartbeat?.start()
    },
    wake: () => runner.wake(),
    say: (to, text) => say(open.channels, to, text),
    stop: async () => {
      weekly.stop()
      heartbeat?.stop()
      await runner.stop()
    },
    messages: () =>
      heartbeat?.state().state === 'failed'
        ? ['the heartbeat does not reach its host: nobody would notice if this service died']
        : [],
  }
}

function measure(heartbeat: Heartbeat, registry: Registry): void {
  new Gauge({
    name: 'toba_heartbeat_ok',
    help: '1 when the last heartbeat was taken by its host',
    registers: [registry],
    collect() {
      this.set(heartbeat.state().state === 'ok' ? 1 : 0)
    },
  })
  new Gauge({
    name: 'toba_heartbeat_failures',
    help: 'heartbeats since start that their host did not take',
    registers: [registry],
    collect() {
      this.set(heartbeat.state().failures)
    },
  })
}
