import type { Definition, Purpose, Tier } from '../../schema/alarm.js'

/**
 * Rules of a new store. Oxygen: our tiers (class I of PP 22/2021 asks for 6 mg/L; 5 is the least for nila by the
 * agency in July 2025, when fish died at 3.9). The others are engineering defaults, to be tuned like every limit.
 */

export interface DefaultRule {
  name: string
  titleId: string
  titleEn: string
  purpose: Purpose
  definition: Definition
}

const HOUR_S = 3600
/** mg/L and time by which oxygen must be back. */
const OXYGEN_HYSTERESIS = 0.3
const OXYGEN_CLEAR_S = 1800

const OXYGEN_TIERS: readonly [Tier, number][] = [
  ['note', 6],
  ['waspada', 5],
  ['siaga', 4],
  ['awas', 3],
]

export const DEFAULT_RULES: readonly DefaultRule[] = [
  {
    name: 'oxygen',
    titleId: 'Oksigen terlarut rendah',
    titleEn: 'Low dissolved oxygen',
    purpose: 'danger',
    definition: {
      kind: 'level',
      quantity: 'dissolved_oxygen',
      side: 'below',
      levels: OXYGEN_TIERS.map(([tier, raise]) => ({
        tier,
        raise,
        clear: raise + OXYGEN_HYSTERESIS,
      })),
      consecutive: 2,
      forS: 0,
      // Oxygen that sinks by 0.1 an hour lies within the noise of single values for long: their median says it in time.
      median: { overS: 900, within: 0.05 },
      clearForS: OXYGEN_CLEAR_S,
    },
  },
  {
    name: 'upwelling',
    titleId: 'Tanda upwelling: air mendingin dan oksigen turun',
    titleEn: 'Signs of upwelling: the water cools and loses oxygen',
    purpose: 'danger',
    definition: {
      kind: 'upwelling',
      withinS: 6 * HOUR_S,
      coolingC: 0.5,
      oxygenFall: 1.2,
      // At 0.2 mg/L an hour, the least that counts here, it comes within 0.3 mg/L of the tier in an hour.
      oxygenBelow: 5.5,
      tier: 'waspada',
      clearForS: HOUR_S,
    },
  },
  {
    name: 'upwelling-wind',
    titleId: 'Potensi upwelling: angin kencang berjam-jam',
    titleEn: 'Upwelling is possible: strong wind for hours',
    purpose: 'danger',
    definition: {
      kind: 'level',
      quantity: 'wind_gust',
      side: 'above',
      // 8 m/s itself counts, and a gust has a step of 0.1.
      levels: [{ tier: 'note', raise: 7.95, clear: 6 }],
      consecutive: 3,
      forS: 3 * HOUR_S,
      median: null,
      clearForS: 3 * HOUR_S,
    },
  },
  {
    name: 'upwelling-depth',
    titleId: 'Potensi upwelling: oksigen turun di posisi terdalam',
    titleEn: 'Upwelling is possible: oxygen falls at the deepest position',
    purpose: 'danger',
    definition: {
      kind: 'change',
      quantity: 'dissolved_oxygen',
      direction: 'falling',
      withinS: 6 * HOUR_S,
      levels: [{ tier: 'note', raise: 1, clear: 0.5 }],
      deepestOnly: true,
      clearForS: HOUR_S,
    },
  },
  {
    name: 'oxygen-falling',
    titleId: 'Oksigen terlarut turun cepat',
    titleEn: 'Dissolved oxygen falls fast',
    purpose: 'danger',
    definition: {
      kind: 'change',
      quantity: 'dissolved_oxygen',
      direction: 'falling',
      withinS: 3 * HOUR_S,
      levels: [{ tier: 'note', raise: 1.5, clear: 0.7 }],
      deepestOnly: false,
      clearForS: HOUR_S,
    },
  },
  {
    name: 'air-index',
    titleId: 'Indeks udara tidak sehat',
    titleEn: 'Unhealthy air index',
    purpose: 'danger',
    definition: {
      kind: 'air-index',
      levels: [
        { tier: 'waspada', raise: 100, clear: 95 },
        { tier: 'siaga', raise: 200, clear: 190 },
        { tier: 'awas', raise: 300, clear: 285 },
      ],
      clearForS: 2 * HOUR_S,
    },
  },
  {
    name: 'road-congestion',
    titleId: 'Jalan macet',
    titleEn: 'The road is congested',
    purpose: 'danger',
    definition: {
      kind: 'level',
      quantity: 'mean_speed',
      side: 'below',
      // A quarter of the free speed in town, 42 km/h.
      levels: [{ tier: 'waspada', raise: 10, clear: 16 }],
      consecutive: 3,
      forS: 900,
      median: null,
      clearForS: 900,
    },
  },
  ...upkeep(),
]

function upkeep(): DefaultRule[] {
  return [
    {
      name: 'silence',
      titleId: 'Stasiun tidak mengirim data',
      titleEn: 'The station sends nothing',
      purpose: 'upkeep',
      definition: { kind: 'silence', intervals: 3, tier: 'waspada' },
    },
    {
      name: 'incident',
      titleId: 'Gangguan jaringan/server: banyak stasiun diam bersamaan',
      titleEn: 'Network or server: many stations fell silent together',
      purpose: 'upkeep',
      definition: { kind: 'incident', share: 1 / 3, withinS: 600, tier: 'waspada' },
    },
    {
      name: 'stuck',
      titleId: 'Nilai sensor tidak berubah',
      titleEn: 'A sensor’s value does not change',
      purpose: 'upkeep',
      definition: { kind: 'stuck', consecutive: 3, tier: 'waspada', clearForS: HOUR_S },
    },
    simple('low-battery', ['Baterai lemah', 'Low battery'], {
      quantity: 'battery_voltage',
      // A lithium cell with a tenth of its charge left.
      side: 'below',
      levels: [{ tier: 'waspada', raise: 3.5, clear: 3.7 }],
    }),
    simple('enclosure-humidity', ['Air masuk ke kotak', 'Water gets into the housing'], {
      quantity: 'enclosure_humidity',
      side: 'above',
      levels: [{ tier: 'waspada', raise: 80, clear: 70 }],
    }),
    simple('link-down', ['Kamera atau jaringan tidak menjawab', 'A camera or link is down'], {
      quantity: 'availability',
      side: 'below',
      levels: [{ tier: 'waspada', raise: 50, clear: 90 }],
    }),
  ]
}

function simple(
  name: string,
  [titleId, titleEn]: readonly [string, string],
  of: Pick<Extract<Definition, { kind: 'level' }>, 'quantity' | 'side' | 'levels'>,
): DefaultRule {
  const definition = {
    kind: 'level',
    ...of,
    consecutive: 3,
    forS: 0,
    median: null,
    clearForS: HOUR_S,
  } as const
  return { name, titleId, titleEn, purpose: 'upkeep', definition }
}
