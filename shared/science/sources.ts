import type { Source, Text } from './result.js'

/**
 * Where the numbers of this folder come from. None of the Indonesian regulations could be read whole; each table was
 * compared, on the day given, with quotations of it collected from public texts.
 */

const CHECKED = '2026-11-24'

const READ_THE_LAW = {
  id: 'Peraturan belum dapat dibaca utuh; sebelum dipakai untuk penegakan, cocokkan dengan naskah resmi di peraturan.bpk.go.id.',
  en: 'The regulation could not be read whole; before it is used for enforcement, compare with the official text at peraturan.bpk.go.id.',
}

const OF_A_REPEALED_LAW = withMore({
  id: 'Keputusan ini melaksanakan PP 82/2001 yang sudah dicabut.',
  en: 'The decree implements PP 82/2001, which has been repealed.',
})

/** What the decree leaves open. */
const POLLUTION_DECISIONS = {
  id: 'Logaritma berbasis 10 dengan P = 5; nilai maksimum oksigen adalah oksigen jenuh pada suhu terukur dan tekanan setempat, dan oksigen di atas jenuh dihitung 0.',
  en: 'The logarithm is to base 10 and P is 5; the maximum of oxygen is its saturation at the measured temperature and the local pressure, and oxygen above saturation counts as 0.',
}

export const SOURCES = {
  atmosphere: {
    title: 'Atmosfer standar ICAO, troposfer',
    confidence: 'high',
    checked: CHECKED,
  },
  oxygen: {
    title: 'Benson & Krause 1984; APHA Standard Methods 4500-O',
    confidence: 'high',
    checked: CHECKED,
  },
  conductivity: {
    title: 'APHA Standard Methods 2510: 0,0191/°C',
    confidence: 'high',
    checked: CHECKED,
  },
  calibration: {
    title: 'Garis lurus melalui titik acuan; tiga titik: kuadrat terkecil',
    confidence: 'high',
    checked: CHECKED,
  },
  record: {
    title: 'Wagner et al. 2006, USGS Techniques and Methods 1-D3',
    confidence: 'high',
    checked: CHECKED,
    note: {
      id: 'Kriteria dikutip dari ingatan dan belum dicocokkan dengan naskahnya (pubs.usgs.gov/tm/2006/tm1D3).',
      en: 'The criteria are recalled and not yet compared with the text (pubs.usgs.gov/tm/2006/tm1D3).',
    },
  },
  phSlope: {
    title: 'USGS National Field Manual A6.4 (95–105 %); batas pakai 85 % menurut Mettler Toledo',
    confidence: 'medium',
    checked: CHECKED,
    note: {
      id: 'Batas atas 110 % adalah aturan kami.',
      en: 'The upper bound of 110 % is our rule.',
    },
  },
  sondeSlope: {
    title: 'Manual sonde YSI: konstanta sel ±10 %, gain oksigen 0,85–1,15 (0,7–1,4)',
    confidence: 'low',
    checked: CHECKED,
    note: {
      id: 'Untuk kekeruhan dan suhu, dan batas tolak daya hantar, angkanya aturan kami.',
      en: 'For turbidity and temperature, and where conductivity is refused, the numbers are our rule.',
    },
  },
  ammonia: { title: 'Emerson et al. 1975', confidence: 'high', checked: CHECKED },
  waterLimits: {
    title: 'PP 22/2021 Lampiran VI',
    confidence: 'medium',
    checked: CHECKED,
    note: READ_THE_LAW,
  },
  pollutionIndex: {
    title: 'KepMenLH 115/2003 Lampiran II (Indeks Pencemaran), baku mutu PP 22/2021 Lampiran VI',
    confidence: 'high',
    checked: CHECKED,
    note: {
      id: `${OF_A_REPEALED_LAW.id} ${POLLUTION_DECISIONS.id}`,
      en: `${OF_A_REPEALED_LAW.en} ${POLLUTION_DECISIONS.en}`,
    },
  },
  storet: {
    title: 'KepMenLH 115/2003 Lampiran I (STORET), baku mutu PP 22/2021 Lampiran VI',
    confidence: 'high',
    checked: CHECKED,
    note: OF_A_REPEALED_LAW,
  },
  carlson: { title: 'Carlson 1977, Trophic State Index', confidence: 'high', checked: CHECKED },
  lakeTrophic: {
    title: 'Permen LH 28/2009 (status trofik danau)',
    confidence: 'medium',
    checked: CHECKED,
    note: withMore({
      id: 'Mengambil status terburuk dari parameter yang ada adalah cara kami.',
      en: 'Taking the worst status of the parameters that are there is our way.',
    }),
  },
  ispu: {
    title: 'Permen LHK P.14/2020 (ISPU)',
    confidence: 'high',
    checked: CHECKED,
    note: withMore({
      id: 'Syarat 18 jam valid dari 24 jam adalah aturan kami.',
      en: 'Asking for 18 valid hours of 24 is our rule.',
    }),
  },
  speeds: {
    title: 'PM 96/2015: rata-rata waktu dan ruang, persentil ke-85 (interpolasi linear)',
    confidence: 'high',
    checked: CHECKED,
    note: {
      id: 'Syarat 20 kendaraan terukur adalah aturan kami.',
      en: 'Asking for 20 measured vehicles is our rule.',
    },
  },
  serviceLevel: {
    title: 'PKJI 2014 / MKJI 1997, jalan perkotaan; tingkat pelayanan menurut V/C',
    confidence: 'high',
    checked: CHECKED,
    note: {
      id: 'Indikasi: PM 96/2015 menilai tingkat pelayanan juga dari kecepatan dan tundaan.',
      en: 'An indication: PM 96/2015 judges the level of service by speed and delay too.',
    },
  },
  traffic: {
    title: 'PKJI 2014 / MKJI 1997, jalan perkotaan',
    confidence: 'high',
    checked: CHECKED,
    note: {
      id: 'Di antara dua baris tabel faktor diinterpolasi; itu cara kami.',
      en: 'Between two rows of a table factors are interpolated, which is our way.',
    },
  },
} as const satisfies Record<string, Source>

function withMore({ id, en }: Text): Text {
  return { id: `${READ_THE_LAW.id} ${id}`, en: `${READ_THE_LAW.en} ${en}` }
}
