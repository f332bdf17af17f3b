/**
 * The registry: everything that can be measured, with its number on the wire. An id is never reused and
 * never changes its meaning, step or unit. A value travels and is stored as a whole number of steps.
 */

export type QuantityGroup = 'water' | 'air' | 'traffic' | 'node'

/** How a quantity is summarised over an hour or a day; `vector` is the mean of a direction. */
export type Summary = 'mean' | 'sum' | 'min' | 'max' | 'last' | 'vector'

export interface Quantity {
  id: number
  key: string
  nameEn: string
  nameId: string
  /** Unit in UCUM notation. */
  ucum: string
  /** Unit as people read it; empty where there is none. */
  symbol: string
  /** Resolution in the unit: the value of one step. */
  step: number
  /** Plausible range in the unit, both ends included. Outside it a reading is flagged, never refused. */
  min: number
  max: number
  group: QuantityGroup
  typicalIntervalS: number
  summary: Summary
  /** What an affordable sensor reaches. */
  accuracy: string | null
  note: string | null
}

// biome-ignore format: one quantity a line reads as the table it is
export const QUANTITIES: readonly Quantity[] = [
  { id: 1, key: 'water_temperature', nameEn: 'Water temperature', nameId: 'Suhu air', ucum: 'Cel', symbol: '°C', step: 0.01, min: -5, max: 50, group: 'water', typicalIntervalS: 300, summary: 'mean', accuracy: '±0.5 °C DS18B20 uncalibrated, ±0.1 after one-point; ±0.1–0.2 sonde', note: 'DS18B20 power-on 85 and absent −127 lie outside on purpose' },
  { id: 2, key: 'ph', nameEn: 'pH', nameId: 'pH', ucum: '[pH]', symbol: '', step: 0.01, min: 0, max: 14, group: 'water', typicalIntervalS: 300, summary: 'mean', accuracy: '±0.1 analog/EZO, ±0.2 after 4 weeks in the lake', note: null },
  { id: 3, key: 'dissolved_oxygen', nameEn: 'Dissolved oxygen', nameId: 'Oksigen terlarut', ucum: 'mg/L', symbol: 'mg/L', step: 0.01, min: -0.5, max: 20, group: 'water', typicalIntervalS: 300, summary: 'mean', accuracy: 'galvanic ±0.3 (drifts, membrane 3–6 months); optical RS-485 ±0.1–0.2', note: 'driver must set temperature and local pressure (≈909 hPa); slightly negative = zero drift of the probe, still a low-oxygen reading' },
  { id: 4, key: 'conductivity_25', nameEn: 'Electrical conductivity at 25 °C', nameId: 'Daya hantar listrik pada 25 °C', ucum: 'uS/cm', symbol: 'µS/cm', step: 0.1, min: 0, max: 5000, group: 'water', typicalIntervalS: 300, summary: 'mean', accuracy: '±2–3 % of reading, K=1 cell', note: '0.0191/°C; driver never sends uncompensated values under this id' },
  { id: 5, key: 'turbidity', nameEn: 'Turbidity', nameId: 'Kekeruhan', ucum: '{NTU}', symbol: 'NTU', step: 0.01, min: 0, max: 4000, group: 'water', typicalIntervalS: 300, summary: 'mean', accuracy: 'analog \'dishwasher\' probe ±50 NTU: useless at 0.3–3 NTU; RS-485 nephelometer ±2 % or 0.3 NTU', note: 'no legal limit for lakes in PP 22/2021' },
  { id: 6, key: 'total_dissolved_solids', nameEn: 'Total dissolved solids (estimated)', nameId: 'TDS (perkiraan)', ucum: 'mg/L', symbol: 'mg/L', step: 1, min: 0, max: 5000, group: 'water', typicalIntervalS: 300, summary: 'mean', accuracy: '±10 % (EC × site factor)', note: 'an estimate unless from the laboratory' },
  { id: 7, key: 'total_suspended_solids', nameEn: 'Total suspended solids', nameId: 'TSS', ucum: 'mg/L', symbol: 'mg/L', step: 0.1, min: 0, max: 5000, group: 'water', typicalIntervalS: 300, summary: 'mean', accuracy: '±30 % from turbidity by a site regression; lab ±10 %', note: 'an estimate unless from the laboratory' },
  { id: 8, key: 'oxidation_reduction_potential', nameEn: 'Oxidation-reduction potential', nameId: 'Potensial redoks (ORP)', ucum: 'mV', symbol: 'mV', step: 1, min: -1500, max: 1500, group: 'water', typicalIntervalS: 300, summary: 'mean', accuracy: '±10–20 mV', note: null },
  { id: 9, key: 'chlorophyll_a', nameEn: 'Chlorophyll-a', nameId: 'Klorofil-a', ucum: 'ug/L', symbol: 'µg/L', step: 0.01, min: 0, max: 500, group: 'water', typicalIntervalS: 900, summary: 'mean', accuracy: 'in-situ fluorometer ±20–50 % without lab pairs, ±0.1 µg/L resolution', note: null },
  { id: 10, key: 'water_level', nameEn: 'Water level above site datum', nameId: 'Tinggi muka air di atas datum lokasi', ucum: 'm', symbol: 'm', step: 0.001, min: -20, max: 20, group: 'water', typicalIntervalS: 900, summary: 'mean', accuracy: 'JSN-SR04T ±1 cm; pressure ±0.5 cm', note: 'datum and mounting height belong to the deployment, never to the node' },
  { id: 11, key: 'secchi_depth', nameEn: 'Secchi depth (transparency)', nameId: 'Kecerahan (Secchi)', ucum: 'm', symbol: 'm', step: 0.05, min: 0, max: 50, group: 'water', typicalIntervalS: 1209600, summary: 'mean', accuracy: '±0.2 m, by eye, by hand', note: 'manual' },
  { id: 12, key: 'ammonia_n', nameEn: 'Total ammonia nitrogen', nameId: 'Amonia total (sebagai N)', ucum: 'mg/L', symbol: 'mg/L', step: 0.001, min: 0, max: 100, group: 'water', typicalIntervalS: 3600, summary: 'mean', accuracy: 'ISE ±10 % or 0.2 mg/L: not fit for 0.1–0.2 mg/L; lab ±0.01', note: 'NH3 + NH4+ as N' },
  { id: 13, key: 'nitrate_n', nameEn: 'Nitrate nitrogen', nameId: 'Nitrat (sebagai N)', ucum: 'mg/L', symbol: 'mg/L', step: 0.01, min: 0, max: 100, group: 'water', typicalIntervalS: 3600, summary: 'mean', accuracy: 'ISE ±10 % or 2 mg/L; UV ±0.1; lab ±0.02', note: null },
  { id: 14, key: 'total_nitrogen', nameEn: 'Total nitrogen', nameId: 'Total nitrogen', ucum: 'mg/L', symbol: 'mg/L', step: 0.01, min: 0, max: 100, group: 'water', typicalIntervalS: 2592000, summary: 'mean', accuracy: 'lab ±0.05', note: 'laboratory only' },
  { id: 15, key: 'total_phosphorus', nameEn: 'Total phosphorus', nameId: 'Total fosfor (sebagai P)', ucum: 'mg/L', symbol: 'mg/L', step: 0.001, min: 0, max: 20, group: 'water', typicalIntervalS: 2592000, summary: 'mean', accuracy: 'lab ±0.005', note: 'laboratory only' },
  { id: 16, key: 'nitrite_n', nameEn: 'Nitrite nitrogen', nameId: 'Nitrit (sebagai N)', ucum: 'mg/L', symbol: 'mg/L', step: 0.001, min: 0, max: 10, group: 'water', typicalIntervalS: 2592000, summary: 'mean', accuracy: 'lab ±0.002', note: 'laboratory only; PP 22/2021' },
  { id: 17, key: 'bod5', nameEn: 'Biochemical oxygen demand, 5 days', nameId: 'BOD5', ucum: 'mg/L', symbol: 'mg/L', step: 0.1, min: 0, max: 500, group: 'water', typicalIntervalS: 2592000, summary: 'mean', accuracy: 'lab ±0.5; UV-Vis estimate ±30 %', note: 'laboratory; pollution index, STORET, IKA need it' },
  { id: 18, key: 'cod', nameEn: 'Chemical oxygen demand', nameId: 'COD', ucum: 'mg/L', symbol: 'mg/L', step: 0.1, min: 0, max: 2000, group: 'water', typicalIntervalS: 2592000, summary: 'mean', accuracy: 'lab ±2; UV-Vis estimate ±30 %', note: 'laboratory; same' },
  { id: 19, key: 'fecal_coliform', nameEn: 'Faecal coliform', nameId: 'Fecal coliform', ucum: '{MPN}/dL', symbol: 'MPN/100 mL', step: 1, min: 0, max: 100000000, group: 'water', typicalIntervalS: 2592000, summary: 'mean', accuracy: 'lab, factor 3 (MPN 95 %)', note: 'laboratory only; without it no word on bathing' },
  { id: 20, key: 'total_coliform', nameEn: 'Total coliform', nameId: 'Total coliform', ucum: '{MPN}/dL', symbol: 'MPN/100 mL', step: 1, min: 0, max: 100000000, group: 'water', typicalIntervalS: 2592000, summary: 'mean', accuracy: 'lab, factor 3', note: 'laboratory only' },
  { id: 21, key: 'phycocyanin', nameEn: 'Phycocyanin (blue-green algae)', nameId: 'Fikosianin (alga hijau-biru)', ucum: 'ug/L', symbol: 'µg/L', step: 0.01, min: 0, max: 500, group: 'water', typicalIntervalS: 900, summary: 'mean', accuracy: 'fluorometer ±30–50 %', note: 'bloom warning' },
  { id: 22, key: 'immersion_depth', nameEn: 'Immersion depth of the probe', nameId: 'Kedalaman probe', ucum: 'm', symbol: 'm', step: 0.01, min: -1, max: 600, group: 'water', typicalIntervalS: 300, summary: 'mean', accuracy: '±0.1 m per 100 m', note: 'profiling sondes, chain checks; slightly negative = out of the water' },
  { id: 40, key: 'air_temperature', nameEn: 'Air temperature', nameId: 'Suhu udara', ucum: 'Cel', symbol: '°C', step: 0.01, min: -20, max: 60, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: '±0.2–0.5 °C SHT4x/BME280, +2 °C in a bad shield', note: null },
  { id: 41, key: 'relative_humidity', nameEn: 'Relative humidity', nameId: 'Kelembapan relatif', ucum: '%', symbol: '%', step: 0.1, min: 0, max: 100, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: '±2–3 %', note: null },
  { id: 42, key: 'air_pressure', nameEn: 'Air pressure at the station', nameId: 'Tekanan udara di stasiun', ucum: 'hPa', symbol: 'hPa', step: 0.1, min: 500, max: 1100, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: '±1 hPa BME280', note: 'station pressure, not reduced to sea level' },
  { id: 43, key: 'pm2_5', nameEn: 'PM2.5', nameId: 'PM2,5', ucum: 'ug/m3', symbol: 'µg/m³', step: 0.1, min: 0, max: 1000, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: 'PMS5003/7003 ±10 µg/m³ or 10–30 %, reads high above 80 % RH', note: 'raw; correction is a calibration step' },
  { id: 44, key: 'pm10', nameEn: 'PM10', nameId: 'PM10', ucum: 'ug/m3', symbol: 'µg/m³', step: 0.1, min: 0, max: 2000, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: 'PMS5003/7003: coarse mode largely unseen, −30…−60 % on dust', note: null },
  { id: 45, key: 'carbon_monoxide', nameEn: 'Carbon monoxide', nameId: 'Karbon monoksida (CO)', ucum: 'ug/m3', symbol: 'µg/m³', step: 10, min: -2000, max: 600000, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: 'electrochemical ±0.3–1 ppm (350–1100 µg/m³)', note: 'at 25 °C and 1 atm: 1 ppm = 1145 µg/m³; small negatives are zero drift' },
  { id: 46, key: 'nitrogen_dioxide', nameEn: 'Nitrogen dioxide', nameId: 'Nitrogen dioksida (NO2)', ucum: 'ug/m3', symbol: 'µg/m³', step: 1, min: -200, max: 40000, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: 'electrochemical ±30–60 µg/m³, O3 cross-sensitive', note: '1 ppb = 1.88 µg/m³' },
  { id: 47, key: 'ozone', nameEn: 'Ozone', nameId: 'Ozon (O3)', ucum: 'ug/m3', symbol: 'µg/m³', step: 1, min: -200, max: 20000, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: 'electrochemical ±30–60 µg/m³', note: '1 ppb = 1.96 µg/m³' },
  { id: 48, key: 'sulfur_dioxide', nameEn: 'Sulphur dioxide', nameId: 'Sulfur dioksida (SO2)', ucum: 'ug/m3', symbol: 'µg/m³', step: 1, min: -200, max: 60000, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: 'electrochemical ±50–100 µg/m³', note: '1 ppb = 2.62 µg/m³' },
  { id: 49, key: 'rainfall', nameEn: 'Rainfall since the previous sample', nameId: 'Curah hujan sejak sampel sebelumnya', ucum: 'mm', symbol: 'mm', step: 0.01, min: 0, max: 300, group: 'air', typicalIntervalS: 300, summary: 'sum', accuracy: 'tipping bucket 0.2–0.28 mm a tip, ±5 %, under-catch in storms', note: 'needs the length of its period' },
  { id: 50, key: 'wind_speed', nameEn: 'Wind speed, mean', nameId: 'Kecepatan angin rata-rata', ucum: 'm/s', symbol: 'm/s', step: 0.1, min: 0, max: 75, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: 'cup ±0.5 m/s or 5 %', note: null },
  { id: 51, key: 'wind_direction', nameEn: 'Wind direction, from', nameId: 'Arah angin (dari)', ucum: 'deg', symbol: '°', step: 1, min: 0, max: 360, group: 'air', typicalIntervalS: 300, summary: 'vector', accuracy: 'vane ±11–22° (8/16 steps)', note: 'never average arithmetically' },
  { id: 52, key: 'solar_radiation', nameEn: 'Global solar radiation', nameId: 'Radiasi matahari global', ucum: 'W/m2', symbol: 'W/m²', step: 1, min: -10, max: 2000, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: 'silicon ±5–10 %', note: null },
  { id: 53, key: 'wind_gust', nameEn: 'Wind gust, maximum', nameId: 'Embusan angin maksimum', ucum: 'm/s', symbol: 'm/s', step: 0.1, min: 0, max: 100, group: 'air', typicalIntervalS: 300, summary: 'max', accuracy: '±0.5 m/s or 5 %', note: 'trigger of upwelling' },
  { id: 54, key: 'carbon_dioxide', nameEn: 'Carbon dioxide', nameId: 'Karbon dioksida (CO2)', ucum: '[ppm]', symbol: 'ppm', step: 1, min: 0, max: 10000, group: 'air', typicalIntervalS: 300, summary: 'mean', accuracy: 'MH-Z19/SCD4x ±50 ppm + 5 %', note: 'CO2 sensors SCD4x, MH-Z19' },
  { id: 70, key: 'motorcycle_count', nameEn: 'Motorcycles in the period', nameId: 'Sepeda motor (SM)', ucum: '{vehicle}', symbol: 'kend', step: 1, min: 0, max: 5000, group: 'traffic', typicalIntervalS: 300, summary: 'sum', accuracy: 'two-beam/loop −10…−30 % in platoons; radar −10…−20 %', note: 'position = lane/direction' },
  { id: 71, key: 'light_vehicle_count', nameEn: 'Light vehicles in the period', nameId: 'Kendaraan ringan (KR)', ucum: '{vehicle}', symbol: 'kend', step: 1, min: 0, max: 5000, group: 'traffic', typicalIntervalS: 300, summary: 'sum', accuracy: '±5–10 %', note: null },
  { id: 72, key: 'heavy_vehicle_count', nameEn: 'Heavy vehicles in the period', nameId: 'Kendaraan berat (KB)', ucum: '{vehicle}', symbol: 'kend', step: 1, min: 0, max: 5000, group: 'traffic', typicalIntervalS: 300, summary: 'sum', accuracy: '±10–15 %', note: null },
  { id: 73, key: 'non_motor_count', nameEn: 'Non-motorised vehicles in the period', nameId: 'Kendaraan tak bermotor (KTB)', ucum: '{vehicle}', symbol: 'kend', step: 1, min: 0, max: 5000, group: 'traffic', typicalIntervalS: 300, summary: 'sum', accuracy: '±30 % or worse; manual survey is the reference', note: null },
  { id: 74, key: 'mean_speed', nameEn: 'Mean spot speed', nameId: 'Kecepatan rata-rata setempat', ucum: 'km/h', symbol: 'km/jam', step: 0.1, min: 0, max: 200, group: 'traffic', typicalIntervalS: 300, summary: 'mean', accuracy: '±2–5 km/h', note: 'time mean; weight by count when aggregating' },
  { id: 75, key: 'speed_v85', nameEn: '85th percentile speed', nameId: 'Kecepatan persentil ke-85', ucum: 'km/h', symbol: 'km/jam', step: 0.1, min: 0, max: 250, group: 'traffic', typicalIntervalS: 300, summary: 'last', accuracy: '±3–5 km/h, needs ≥ 30 vehicles', note: 'percentiles are not averaged' },
  { id: 76, key: 'occupancy', nameEn: 'Detector occupancy', nameId: 'Okupansi detektor', ucum: '%', symbol: '%', step: 0.1, min: 0, max: 100, group: 'traffic', typicalIntervalS: 300, summary: 'mean', accuracy: '±2 % points', note: null },
  { id: 77, key: 'counting_period', nameEn: 'Length of the counting period', nameId: 'Lama periode hitung', ucum: 's', symbol: 's', step: 1, min: 1, max: 86400, group: 'traffic', typicalIntervalS: 300, summary: 'last', accuracy: '±1 s', note: 'without it a count is no flow' },
  { id: 100, key: 'battery_voltage', nameEn: 'Battery voltage', nameId: 'Tegangan baterai', ucum: 'V', symbol: 'V', step: 0.01, min: 0, max: 30, group: 'node', typicalIntervalS: 900, summary: 'mean', accuracy: '±2 % ESP32 ADC, ±0.5 % INA219', note: null },
  { id: 101, key: 'rssi', nameEn: 'Received signal strength', nameId: 'Kuat sinyal (RSSI)', ucum: 'dB{mW}', symbol: 'dBm', step: 1, min: -150, max: 10, group: 'node', typicalIntervalS: 900, summary: 'mean', accuracy: '±3 dB', note: null },
  { id: 102, key: 'uptime', nameEn: 'Time since start', nameId: 'Waktu hidup sejak mulai', ucum: 's', symbol: 's', step: 60, min: 0, max: 600000000, group: 'node', typicalIntervalS: 3600, summary: 'last', accuracy: '60 s step', note: 'counts through deep sleep' },
  { id: 103, key: 'free_memory', nameEn: 'Free memory', nameId: 'Memori bebas', ucum: 'By', symbol: 'B', step: 16, min: 0, max: 16777216, group: 'node', typicalIntervalS: 3600, summary: 'min', accuracy: 'exact', note: null },
  { id: 104, key: 'reset_cause', nameEn: 'Cause of the last reset', nameId: 'Penyebab reset terakhir', ucum: '{code}', symbol: '', step: 1, min: 0, max: 255, group: 'node', typicalIntervalS: 3600, summary: 'last', accuracy: 'list in FRAME.md', note: '0 power, 1 watchdog, 2 brown-out, 3 deep sleep, 4 software, 5 update, 6 user, 255 unknown' },
  { id: 105, key: 'outbox_depth', nameEn: 'Samples waiting on the node', nameId: 'Sampel menunggu di node', ucum: '{sample}', symbol: '', step: 1, min: 0, max: 1000000, group: 'node', typicalIntervalS: 3600, summary: 'max', accuracy: 'exact', note: null },
  { id: 106, key: 'dropped_samples', nameEn: 'Samples dropped since installation', nameId: 'Sampel dibuang sejak dipasang', ucum: '{sample}', symbol: '', step: 1, min: 0, max: 1000000000, group: 'node', typicalIntervalS: 3600, summary: 'last', accuracy: 'exact', note: 'monotone, survives restarts; includes undatable samples' },
  { id: 107, key: 'config_revision', nameEn: 'Applied configuration revision', nameId: 'Revisi konfigurasi terpakai', ucum: '{revision}', symbol: '', step: 1, min: 0, max: 1000000000, group: 'node', typicalIntervalS: 3600, summary: 'last', accuracy: 'exact', note: null },
  { id: 108, key: 'sensor_faults', nameEn: 'Faulty sensors (bit mask)', nameId: 'Sensor bermasalah (bit)', ucum: '{bits}', symbol: '', step: 1, min: 0, max: 65535, group: 'node', typicalIntervalS: 900, summary: 'last', accuracy: 'exact', note: 'bit n = n-th sensor of the station' },
  { id: 109, key: 'firmware_build', nameEn: 'Firmware build number', nameId: 'Nomor build firmware', ucum: '{build}', symbol: '', step: 1, min: 0, max: 1000000000, group: 'node', typicalIntervalS: 86400, summary: 'last', accuracy: 'exact', note: 'the node page and the roll-out need it' },
  { id: 110, key: 'clock_correction', nameEn: 'Clock correction at last synchronisation', nameId: 'Koreksi jam saat sinkron terakhir', ucum: 's', symbol: 's', step: 1, min: -1000000000, max: 1000000000, group: 'node', typicalIntervalS: 86400, summary: 'last', accuracy: '±1 s', note: null },
  { id: 111, key: 'enclosure_temperature', nameEn: 'Temperature inside the housing', nameId: 'Suhu di dalam kotak', ucum: 'Cel', symbol: '°C', step: 0.1, min: -20, max: 100, group: 'node', typicalIntervalS: 3600, summary: 'mean', accuracy: '±1 °C', note: null },
  { id: 112, key: 'enclosure_humidity', nameEn: 'Humidity inside the housing', nameId: 'Kelembapan di dalam kotak', ucum: '%', symbol: '%', step: 1, min: 0, max: 100, group: 'node', typicalIntervalS: 3600, summary: 'max', accuracy: '±3 %', note: 'water ingress shows here days before the node dies' },
  { id: 113, key: 'solar_voltage', nameEn: 'Solar panel voltage', nameId: 'Tegangan panel surya', ucum: 'V', symbol: 'V', step: 0.01, min: 0, max: 60, group: 'node', typicalIntervalS: 900, summary: 'max', accuracy: '±2 %', note: 'tells dirty panel from dead battery' },
  { id: 114, key: 'mooring_offset', nameEn: 'Distance from the deployed position', nameId: 'Jarak dari posisi pasang', ucum: 'm', symbol: 'm', step: 1, min: 0, max: 100000, group: 'node', typicalIntervalS: 21600, summary: 'max', accuracy: 'GNSS ±5 m', note: 'broken mooring, theft' },
  { id: 115, key: 'availability', nameEn: 'Share of checks answered', nameId: 'Persentase pengecekan terjawab', ucum: '%', symbol: '%', step: 1, min: 0, max: 100, group: 'node', typicalIntervalS: 300, summary: 'mean', accuracy: 'exact', note: 'cameras and office links' },
  { id: 116, key: 'response_time', nameEn: 'Response time', nameId: 'Waktu tanggap', ucum: 'ms', symbol: 'ms', step: 1, min: 0, max: 60000, group: 'node', typicalIntervalS: 300, summary: 'mean', accuracy: '±1 ms', note: 'same' },
]

const byId = new Map(QUANTITIES.map((quantity) => [quantity.id, quantity]))
const byKey = new Map(QUANTITIES.map((quantity) => [quantity.key, quantity]))

export function quantityById(id: number): Quantity | undefined {
  return byId.get(id)
}

export function quantityByKey(key: string): Quantity | undefined {
  return byKey.get(key)
}

/** Decimal places that write any whole number of steps exactly: 2 for 0.05, 0 for 60. */
export function decimals(quantity: Quantity): number {
  const text = String(quantity.step)
  const point = text.indexOf('.')
  return point < 0 ? 0 : text.length - point - 1
}

/**
 * The whole number of steps nearest to `value` (in the unit), judged on the decimal digits of `value` and
 * not on its binary rounding; half a step goes away from zero.
 * Throws RangeError where the result is no int32 (also for NaN and infinities).
 */
export function toSteps(quantity: Quantity, value: number): number {
  const places = decimals(quantity)
  const scaled = shiftPoint(Math.abs(value), places) / shiftPoint(quantity.step, places)
  const steps = value < 0 ? 0 - Math.round(scaled) : Math.round(scaled)
  if (steps !== (steps | 0)) {
    throw new RangeError(`${value} is no int32 in steps of ${quantity.step} (${quantity.key})`)
  }
  return steps
}

/** The value in the unit, decimal-exact: 2582 steps of 0.01 are 25.82. */
export function fromSteps(quantity: Quantity, steps: number): number {
  const { whole, parts } = fractions.get(quantity.step) ?? fractionOf(quantity)
  return (steps * whole) / parts
}

/** Steps as whole numbers over a power of ten. Kept: an answer has thousands of values of one quantity. */
const fractions = new Map<number, { whole: number; parts: number }>()

function fractionOf(quantity: Quantity): { whole: number; parts: number } {
  const places = decimals(quantity)
  const fraction = { whole: shiftPoint(quantity.step, places), parts: 10 ** places }
  fractions.set(quantity.step, fraction)
  return fraction
}

/** `value` times ten to the power of `places`, without the rounding error that a multiplication adds. */
function shiftPoint(value: number, places: number): number {
  const [digits, exponent] = value.toString().split('e')
  return Number(`${digits}e${Number(exponent ?? 0) + places}`)
}
