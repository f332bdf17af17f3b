import { quantityByKey } from '../../wire/quantities.js'
import type { Text } from '../result.js'
import { WATER_PARAMETERS } from '../water/limits-table.js'

/** What a laboratory finds in water: the parameters of the standard, and what probes measure besides. */
export interface LabParameter {
  /** Key of the quantity where the registry has one. */
  parameter: string
  name: Text
  unit: string
}

/** Quantities that have no limit in the standard. */
const WITHOUT_LIMIT = [
  'conductivity_25',
  'turbidity',
  'oxidation_reduction_potential',
  'phycocyanin',
]

export const LAB_PARAMETERS: readonly LabParameter[] = [
  ...WATER_PARAMETERS.map(({ parameter, name, unit }) => ({
    parameter,
    // The table's own name for it speaks of its limit.
    name: parameter === 'water_temperature' ? { id: 'Suhu air', en: 'Water temperature' } : name,
    unit,
  })),
  ...WITHOUT_LIMIT.map((key) => {
    const quantity = quantityByKey(key)
    if (quantity === undefined) throw new RangeError(`no quantity is called ${key}`)
    const name = { id: quantity.nameId, en: quantity.nameEn }
    return { parameter: key, name, unit: quantity.symbol }
  }),
]

/** How laboratories here write them, beside key and name. */
const ALIASES: Record<string, readonly string[]> = {
  water_temperature: ['suhu', 'temperatur', 'temperature'],
  total_dissolved_solids: [
    'padatan terlarut total',
    'zat padat terlarut',
    'total dissolved solids',
  ],
  total_suspended_solids: ['padatan tersuspensi total', 'total suspended solids'],
  secchi_depth: ['kecerahan', 'secchi', 'secchi disk', 'transparansi', 'transparency'],
  colour: ['color'],
  ph: ['derajat keasaman'],
  bod5: ['bod'],
  cod: [],
  dissolved_oxygen: ['do', 'oksigen terlarut (do)'],
  sulphate: ['so4', 'sulfate'],
  chloride: ['cl', 'klorida (cl)'],
  nitrate_n: ['no3-n', 'nitrat-n', 'nitrat sebagai n', 'nitrate-n', 'nitrate as n'],
  nitrite_n: ['no2-n', 'nitrit-n', 'nitrit sebagai n', 'nitrite-n', 'nitrite as n'],
  ammonia_n: ['nh3-n', 'amonia-n', 'amoniak-n', 'amonia sebagai n', 'amonia total', 'ammonia-n'],
  total_nitrogen: ['tn', 'total n', 'nitrogen total'],
  total_phosphorus: [
    'tp',
    'total p',
    'fosfor total',
    'total fosfat sebagai p',
    'total fosfat (sebagai p)',
  ],
  fluoride: ['f', 'fluorida (f)'],
  chlorophyll_a: ['klorofil a', 'chlorophyll a', 'chl-a'],
  oil_grease: ['minyak & lemak', 'minyak dan lemak', 'oil & grease'],
  detergent_mbas: ['mbas', 'deterjen', 'detergen', 'surfaktan anionik (mbas)'],
  phenol: ['fenol total'],
  fecal_coliform: ['faecal coliform', 'fecal coli', 'koli tinja', 'koliform tinja'],
  total_coliform: ['total koliform', 'koliform total'],
  iron: ['fe', 'besi', 'besi terlarut (fe)'],
  manganese: ['mn', 'mangan'],
  cadmium: ['cd', 'kadmium'],
  lead: ['pb', 'timbal'],
  copper: ['cu', 'tembaga'],
  zinc: ['zn', 'seng'],
  mercury: ['hg', 'merkuri', 'air raksa', 'raksa'],
  conductivity_25: ['dhl', 'daya hantar listrik', 'konduktivitas', 'conductivity', 'ec'],
  turbidity: ['kekeruhan'],
  oxidation_reduction_potential: ['orp', 'redoks'],
}

const byName = new Map(
  LAB_PARAMETERS.flatMap((each) =>
    [each.parameter, each.name.id, each.name.en, ...(ALIASES[each.parameter] ?? [])].map(
      (name) => [plain(name), each] as const,
    ),
  ),
)

export function labParameter(key: string): LabParameter | undefined {
  return LAB_PARAMETERS.find(({ parameter }) => parameter === key)
}

/**
 * The parameter that a laboratory calls so. Nitrate, nitrite, ammonia and phosphate without "as N" or "as P" are
 * nobody's: the same water has 4.4 times as much nitrate as nitrate nitrogen.
 */
export function labParameterCalled(name: string): LabParameter | undefined {
  return byName.get(plain(name))
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[₀-₉]/g, (digit) => String(digit.charCodeAt(0) - 0x2080))
    .replaceAll(/[\s_]+/g, ' ')
    .replaceAll(/[‐-―]/g, '-')
    .trim()
}
