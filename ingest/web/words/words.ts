import type { SiteState } from '../state.js'
import type { Range, Resolution } from '../view.js'
import type { Language, Text } from './language.js'

/** Everything the page says. Indonesian first: it is the language of the office, English follows it. */

export const PRODUCT = 'Toba Sense'

export const brand = {
  place: { id: 'Kabupaten Toba', en: 'Toba Regency' },
  toContent: { id: 'Langsung ke isi', en: 'Skip to content' },
  switchLanguage: { id: 'Bahasa', en: 'Language' },
  theme: { id: 'Tampilan', en: 'Appearance' },
  themeAuto: { id: 'ikuti perangkat', en: 'as the device' },
  themeLight: { id: 'terang', en: 'light' },
  themeDark: { id: 'gelap', en: 'dark' },
  simulated: { id: 'simulasi', en: 'simulated' },
  simulatedStore: {
    id: 'Semua data di layar ini simulasi, bukan pengukuran.',
    en: 'All data on this screen is simulated, not measured.',
  },
  indicative: {
    id: 'Angka sensor bersifat indikatif. Status mutu resmi hanya dari sampel laboratorium.',
    en: 'Sensor values are indicative. An official quality status comes from laboratory samples only.',
  },
} satisfies Record<string, Text>

export const siteStates: Readonly<Record<SiteState, Text>> = {
  arriving: { id: 'data masuk', en: 'data arriving' },
  check: { id: 'perlu diperiksa', en: 'needs a look' },
  silent: { id: 'diam', en: 'silent' },
  none: { id: 'belum ada data', en: 'no data yet' },
}

/** Why a value was flagged; the keys are the words of the readings. */
const reasons: Readonly<Record<string, Text>> = {
  range: { id: 'di luar rentang alat', en: 'outside the plausible range' },
  gross: { id: 'di luar rentang wajar', en: 'outside the usual range' },
  spike: { id: 'lonjakan', en: 'spike' },
  rate: { id: 'berubah terlalu cepat', en: 'changes too fast' },
  flat: { id: 'tidak berubah', en: 'does not change' },
  climatology: { id: 'tidak lazim untuk musimnya', en: 'unusual for the season' },
  neighbour: { id: 'berbeda dari tetangganya', en: 'differs from its neighbours' },
  clock: { id: 'jam node meragukan', en: 'doubtful node clock' },
  maintenance: { id: 'sedang dirawat', en: 'during maintenance' },
  manual: { id: 'ditandai petugas', en: 'flagged by an officer' },
  drift: { id: 'terlalu melenceng', en: 'drifted too far' },
}

export function whyTexts(why: readonly string[], language: Language): string[] {
  return why.map((word) => reasons[word]?.[language] ?? word)
}

export const siteKinds: Readonly<Record<string, Text>> = {
  lake: { id: 'Danau', en: 'Lake' },
  air: { id: 'Udara', en: 'Air' },
  road: { id: 'Lalu lintas', en: 'Traffic' },
  point: { id: 'Titik', en: 'Point' },
}

export const overview = {
  title: { id: 'Lokasi', en: 'Sites' },
  measuredAgo: { id: 'data terakhir', en: 'latest data' },
  never: { id: 'belum pernah mengirim', en: 'has never sent' },
  more: { id: 'lainnya', en: 'more' },
  summary: { id: 'Ringkasan', en: 'Summary' },
  loading: { id: 'Memuat lokasi…', en: 'Loading sites…' },
  allWell: { id: 'Semua lokasi mengirim', en: 'All sites are sending' },
  chooseSite: {
    id: 'Pilih lokasi untuk melihat nilainya.',
    en: 'Choose a site to see its values.',
  },
  emptyTitle: { id: 'Belum ada lokasi', en: 'No site yet' },
  emptyBody: {
    id: 'Begitu sebuah node dipasang di sebuah lokasi dan mengirim, nilainya muncul di sini tanpa memuat ulang halaman.',
    en: 'As soon as a node is placed at a site and sends, its values appear here without reloading the page.',
  },
  emptyAdd: {
    id: 'Daftarkan node dan lokasinya',
    en: 'Register a node and its site',
  },
  emptySimulate: { id: 'Atau lihat Toba yang disimulasikan', en: 'Or watch a simulated Toba' },
} satisfies Record<string, Text>

export const site = {
  back: { id: 'Semua lokasi', en: 'All sites' },
  values: { id: 'Nilai terakhir', en: 'Latest values' },
  nodeCondition: { id: 'Kondisi node', en: 'Condition of the node' },
  node: { id: 'Node', en: 'Node' },
  unplaced: { id: 'Node tanpa lokasi', en: 'Node without a site' },
  depth: { id: 'kedalaman', en: 'depth' },
  direction: { id: 'arah', en: 'direction' },
  position: { id: 'posisi', en: 'position' },
  noValues: {
    id: 'Belum ada nilai dari lokasi ini. Periksa apakah node menyala dan dipasang di lokasi ini.',
    en: 'No value from this site yet. Check that its node is powered and placed here.',
  },
  unknown: { id: 'Lokasi ini tidak ada.', en: 'There is no such site.' },
} satisfies Record<string, Text>

export const ranges: Readonly<Record<Range, Text>> = {
  '24h': { id: '24 jam', en: '24 h' },
  '7d': { id: '7 hari', en: '7 days' },
  '30d': { id: '30 hari', en: '30 days' },
}

export const resolutions: Readonly<Record<Resolution, Text>> = {
  auto: { id: 'otomatis', en: 'automatic' },
  raw: { id: 'mentah', en: 'raw' },
}

export const chart = {
  role: { id: 'grafik', en: 'chart' },
  resolution: { id: 'Kerapatan', en: 'Resolution' },
  latest: { id: 'terakhir,', en: 'latest,' },
  notDrawn: { id: 'tidak digambar', en: 'not drawn' },
  range: { id: 'Rentang', en: 'Range' },
  time: { id: 'waktu (WIB)', en: 'time (WIB)' },
  showFailed: { id: 'Tampilkan nilai gagal', en: 'Show failed values' },
  loading: { id: 'Memuat grafik…', en: 'Loading the chart…' },
  nothing: { id: 'Tidak ada pengukuran dalam rentang ini.', en: 'No measurement in this range.' },
  onlyFailed: {
    id: 'Dalam rentang ini hanya ada nilai gagal.',
    en: 'This range holds failed values only.',
  },
  hint: {
    id: 'Arahkan penunjuk, sentuh, atau gunakan tombol panah untuk membaca nilai; klik atau Enter membuka bingkainya.',
    en: 'Point, touch or use the arrow keys to read values; click or Enter opens the frame.',
  },
  hintBuckets: {
    id: 'Setiap titik adalah ringkasan. Untuk tiap pengukuran dan bingkainya, pilih “mentah”.',
    en: 'Each point is a summary. Choose “raw” for every measurement and its frame.',
  },
  spread: { id: 'terendah–tertinggi', en: 'lowest–highest' },
  raw: { id: 'tiap pengukuran', en: 'every measurement' },
  hour: { id: 'ringkasan per jam', en: 'hourly summary' },
  day: { id: 'ringkasan per hari', en: 'daily summary' },
  measurements: { id: 'pengukuran', en: 'measurements' },
  table: { id: 'Pengukuran terbaru sebagai tabel', en: 'Latest measurements as a table' },
  timeColumn: { id: 'Waktu (WIB)', en: 'Time (WIB)' },
  valueColumn: { id: 'Nilai', en: 'Value' },
  flagColumn: { id: 'Penilaian', en: 'Flag' },
  sourceColumn: { id: 'Sumber', en: 'Source' },
  openFrame: { id: 'Bingkai', en: 'Frame' },
} satisfies Record<string, Text>

export const frame = {
  title: { id: 'Bingkai di balik nilai', en: 'The frame behind the value' },
  close: { id: 'Tutup', en: 'Close' },
  loading: { id: 'Mencari bingkai…', en: 'Looking for the frame…' },
  none: {
    id: 'Tidak ada bingkai untuk nilai ini. Bingkai disimpan satu tahun.',
    en: 'There is no frame for this value. Frames are kept for one year.',
  },
  signInFirst: {
    id: 'Bingkai mentah hanya untuk yang masuk dengan akun: petugas, teknisi atau admin.',
    en: 'Raw frames are for people with an account: officers, technicians or administrators.',
  },
  received: { id: 'Diterima', en: 'Received' },
  covers: { id: 'Mencakup', en: 'Covers' },
  boot: { id: 'Boot', en: 'Boot' },
  sequence: { id: 'Urutan', en: 'Sequence' },
  size: { id: 'Ukuran', en: 'Size' },
  bytes: { id: 'bita', en: 'bytes' },
  raw: { id: 'Bita mentah (hex)', en: 'Raw bytes (hex)' },
  uptime: { id: 'sejak menyala', en: 'of uptime' },
  decoded: { id: 'Isi', en: 'Content' },
  samples: { id: 'sampel', en: 'samples' },
  signed: { id: 'Tanda tangan', en: 'Signature' },
  unsigned: { id: 'tanpa tanda tangan', en: 'unsigned' },
  undecodable: {
    id: 'Bingkai ini tidak dapat dibaca di sini:',
    en: 'This frame cannot be decoded here:',
  },
} satisfies Record<string, Text>

export const live = {
  live: { id: 'langsung', en: 'live' },
  lostShort: { id: 'terputus', en: 'disconnected' },
  connecting: { id: 'menyambung…', en: 'connecting…' },
  lost: {
    id: 'Sambungan terputus. Yang terlihat adalah data terakhir yang diterima; halaman menyambung lagi sendiri.',
    en: 'Connection lost. You see the last data received; the page reconnects by itself.',
  },
  retryNow: { id: 'Coba sekarang', en: 'Try now' },
} satisfies Record<string, Text>

export const account = {
  signIn: { id: 'Masuk', en: 'Sign in' },
  signOut: { id: 'Keluar', en: 'Sign out' },
  title: { id: 'Masuk ke Command Center', en: 'Sign in to the Command Center' },
  name: { id: 'Nama pengguna', en: 'User name' },
  password: { id: 'Kata sandi', en: 'Password' },
  showPassword: { id: 'Perlihatkan kata sandi', en: 'Show the password' },
  working: { id: 'Sebentar…', en: 'One moment…' },
  cancel: { id: 'Kembali ke lokasi', en: 'Back to the sites' },
  wrong: {
    id: 'Nama pengguna atau kata sandi tidak cocok. Periksa huruf besar dan kecil, lalu coba lagi.',
    en: 'User name or password do not match. Check upper and lower case, then try again.',
  },
  tooMany: {
    id: 'Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.',
    en: 'Too many attempts. Wait a moment, then try again.',
  },
  publicNote: {
    id: 'Pengukuran dapat dilihat tanpa masuk. Akun diperlukan untuk mengubah sesuatu.',
    en: 'Measurements can be seen without signing in. An account is needed to change anything.',
  },
  setupTitle: { id: 'Menyiapkan admin pertama', en: 'Set up the first administrator' },
  setupBody: {
    id: 'Layanan ini baru. Saat pertama dijalankan ia menulis kode sekali pakai di catatannya (log). Masukkan kode itu untuk membuat akun admin.',
    en: 'This service is new. On its first start it wrote a one-time code to its log. Enter that code to create the administrator account.',
  },
  setupSecret: { id: 'Kode sekali pakai', en: 'One-time code' },
  setupSubmit: { id: 'Buat akun admin', en: 'Create the administrator' },
  setupWrong: {
    id: 'Kode tidak cocok atau sudah dipakai. Lihat baris terakhir catatan layanan.',
    en: 'The code does not match or has been used. See the last lines of the service log.',
  },
  setupShort: { id: 'Siapkan admin', en: 'Set up' },
  nameRule: {
    id: '2–32 huruf kecil, angka, titik, _ atau -',
    en: '2 to 32 lower case letters, digits, point, _ or -',
  },
  passwordRule: { id: 'paling sedikit 10 huruf atau angka', en: 'at least 10 characters' },
} satisfies Record<string, Text>

export const failure = {
  title: { id: 'Data tidak dapat dimuat', en: 'The data could not be loaded' },
  kept: {
    id: 'Tidak ada yang hilang: node menyimpan pengukurannya sampai layanan menerimanya.',
    en: 'Nothing is lost: nodes keep their measurements until the service has accepted them.',
  },
  keptShown: {
    id: 'Yang sudah tampil tetap ada.',
    en: 'What is already shown stays.',
  },
  retry: { id: 'Coba lagi', en: 'Try again' },
  unreachable: {
    id: 'Layanan tidak terjangkau. Periksa jaringan perangkat ini.',
    en: 'The service cannot be reached. Check the network of this device.',
  },
  refused: { id: 'Layanan menjawab dengan galat', en: 'The service answered with an error' },
  forbidden: {
    id: 'Akun ini tidak berhak melihatnya. Teknisi atau admin dapat.',
    en: 'This account may not see it. A technician or an administrator can.',
  },
  signInFirst: {
    id: 'Masuk dahulu untuk melihatnya.',
    en: 'Sign in first to see it.',
  },
} satisfies Record<string, Text>
