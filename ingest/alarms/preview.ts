import type { Definition, Tier } from '../../shared/schema/alarm.js'
import {
  type ChannelDefinition,
  episodesOf,
  isAbout,
  isOfChannel,
} from '../../shared/science/alarms/evaluate.js'
import { QUANTITIES, type Quantity, quantityByKey } from '../../shared/wire/quantities.js'
import { AppError } from '../errors.js'
import { alarmSeries } from '../store/alarm-series.js'
import { type Database, reader } from '../store/database.js'
import { type SeriesRow, seriesOfAllSites } from '../store/readings.js'

/** How often a rule would have been met, by what is stored. */
export interface Preview {
  channels: number
  times: { site: string; tier: Tier; times: number; hours: number }[]
}

/** A read of each takes a tenth of a second and more: whoever has more nodes looks at the first ones. */
const MOST_CHANNELS = 40
const TEMPERATURE = quantityByKey('water_temperature')?.id ?? 0

/** INVALID for rules that do not follow from what was measured. */
export async function previewRule(
  db: Database,
  definition: Definition,
  span: { from: Date; to: Date; includeSimulated: boolean },
): Promise<Preview> {
  if (!isOfChannel(definition)) {
    throw new AppError('INVALID', `${definition.kind} follows from the clock: there is no preview`)
  }
  const all: { row: SeriesRow; quantity: Quantity }[] = []
  for (const quantity of QUANTITIES.filter(({ key }) => isAbout(definition, key))) {
    const rows = await seriesOfAllSites(db, { ...span, quantityId: quantity.id })
    all.push(...rows.map((row) => ({ row, quantity })))
  }
  const looked = all.slice(0, MOST_CHANNELS)
  const times: Preview['times'] = []
  for (const { row, quantity } of looked) {
    for (const { tier, firstS, clearedS } of await episodesAt(db, definition, { row, quantity })) {
      const site = row.site ?? row.node
      const hours = ((clearedS ?? row.to.getTime() / 1000) - firstS) / 3600
      const found = times.find((each) => each.site === site && each.tier === tier)
      if (found === undefined) times.push({ site, tier, times: 1, hours })
      else Object.assign(found, { times: found.times + 1, hours: found.hours + hours })
    }
  }
  return {
    channels: looked.length,
    times: times.map((each) => ({ ...each, hours: Math.round(10 * each.hours) / 10 })),
  }
}

async function episodesAt(
  db: Database,
  definition: ChannelDefinition,
  { row, quantity }: { row: SeriesRow; quantity: Quantity },
) {
  const fromS = row.from.getTime() / 1000
  const own = { quantityId: row.quantityId, position: row.position, fromS }
  const beside = { quantityId: TEMPERATURE, position: 0, fromS }
  const wanted = definition.kind === 'upwelling' ? [own, beside] : [own]
  const series = await alarmSeries(reader(db), row.nodeId, wanted)
  const [points = [], waterTemperature = []] = series.map((each) =>
    each.filter(({ time }) => time < row.to.getTime() / 1000),
  )
  return episodesOf(definition, { own: points, quantity: quantity.key, waterTemperature })
}
