import { OWNER_CHANNELS, type OwnerChannel } from '../../../shared/schema/people.js'
import { ageText, type Language, timeText } from '../../alarms/wording.js'
import { type Html, html } from './html.js'

/** What cage owners see: a place, how it is, and how to be told of it. */

const WORDS = {
  id: {
    now: 'Keadaan terakhir',
    nothing: 'Belum ada pengukuran.',
    indicative: 'Angka dari sensor bersifat indikatif, terukur otomatis.',
    doubtful: 'perlu diperiksa',
    ask: 'Kabari saya bila ada bahaya',
    explain:
      'Pemilik keramba menerima pesan bila oksigen di lokasi ini sangat rendah, dan saat sudah pulih. Gratis, dan dapat dihentikan kapan saja.',
    by: 'Lewat',
    gateway: 'WhatsApp atau SMS',
    email: 'Email',
    address: 'Nomor atau alamat email',
    start: 'Kabari saya',
    stop: 'Berhenti menerima kabar',
    closed:
      'Pendaftaran kabar belum dibuka di sini. Tanyakan kepada petugas Dinas Lingkungan Hidup.',
    wrong: 'Nomor atau alamat itu tidak dapat dibaca. Contoh: 0812 3456 7890.',
    sentTitle: 'Periksa pesan Anda',
    sent: 'Bila alamat itu dapat dipakai, sebuah pesan dikirim ke sana dalam beberapa menit. Buka tautan di dalamnya untuk melanjutkan. Belum ada yang berubah sebelum itu.',
    back: 'Kembali',
    poster: 'Cetak kode QR',
    scan: 'Pemilik keramba: pindai untuk menerima kabar bila ada bahaya di lokasi ini.',
    confirmTitle: (site: string) => `Terima kabar dari ${site}?`,
    confirm: 'Ya, kabari saya',
    to: (address: string) => `Kabar akan dikirim ke ${address}.`,
    confirmed: 'Anda akan dikabari',
    confirmedText: (site: string) =>
      `Bila ada bahaya di ${site}, Anda menerima pesan. Setiap pesan memuat tautan untuk berhenti.`,
    stopTitle: (site: string) => `Kabar dari ${site}`,
    stopped: 'Anda tidak menerima kabar dari lokasi ini lagi.',
    stoppedHow: 'Ingin menerima lagi? Daftar kembali di halaman lokasi.',
    place: 'Halaman lokasi',
    print: 'Cetak halaman ini, lalu pasang di dermaga atau kantor desa.',
  },
  en: {
    now: 'Latest condition',
    nothing: 'Nothing has been measured yet.',
    indicative: 'A sensor’s numbers are indicative, measured automatically.',
    doubtful: 'needs a check',
    ask: 'Tell me when there is danger',
    explain:
      'Cage owners get a message when oxygen at this place is very low, and when it has recovered. It is free, and can be stopped at any time.',
    by: 'By',
    gateway: 'WhatsApp or SMS',
    email: 'Mail',
    address: 'Number or mail address',
    start: 'Tell me',
    stop: 'Stop telling me',
    closed: 'Nobody can sign up here yet. Ask the officers of the environment agency.',
    wrong: 'That number or address cannot be read. Example: 0812 3456 7890.',
    sentTitle: 'Look at your messages',
    sent: 'If that address can be used, a message is sent there within minutes. Open the link in it to go on. Nothing has changed before that.',
    back: 'Back',
    poster: 'Print the QR code',
    scan: 'Cage owners: scan to be told when there is danger at this place.',
    confirmTitle: (site: string) => `Be told of ${site}?`,
    confirm: 'Yes, tell me',
    to: (address: string) => `Messages will go to ${address}.`,
    confirmed: 'You will be told',
    confirmedText: (site: string) =>
      `When there is danger at ${site}, you get a message. Each one has a link to stop them.`,
    stopTitle: (site: string) => `Messages from ${site}`,
    stopped: 'You get no messages from this place any more.',
    stoppedHow: 'Want them again? Sign up again on the page of the place.',
    place: 'Page of the place',
    print: 'Print this page, and put it up at the pier or the village office.',
  },
}

export interface SiteValue {
  name: string
  value: string
  at: Date
  ageMs: number
  isDoubtful: boolean
}

export interface SitePage {
  title: string
  values: readonly SiteValue[]
  /** Those an owner may choose; none: nobody can sign up. */
  ways: readonly OwnerChannel[]
  action: string
  posterPath: string
  isWrong: boolean
  /** What was typed, when it has to be typed again. */
  typed: { channel: OwnerChannel; address: string } | null
}

export function siteBody(page: SitePage, language: Language): Html {
  const words = WORDS[language]
  return html`<h1>${page.title}</h1>
<div class="card"><h2>${words.now}</h2>
${
  page.values.length === 0
    ? html`<p>${words.nothing}</p>`
    : html`<dl>${page.values.map((one) => valueLine(one, language))}</dl><p class="soft">${words.indicative}</p>`
}</div>
<h2>${words.ask}</h2>
<p>${words.explain}</p>
${page.ways.length === 0 ? html`<p><b>${words.closed}</b></p>` : siteForm(page, language)}
<p class="screen after"><a href="${page.posterPath}">${words.poster}</a></p>`
}

function valueLine({ name, value, at, ageMs, isDoubtful }: SiteValue, language: Language): Html {
  return html`<dt>${name}</dt><dd><b>${value}</b>${isDoubtful && html` (${WORDS[language].doubtful})`}<br><span class="soft">${timeText(at, language)} (${ageText(ageMs, language)})</span></dd>`
}

function siteForm({ ways, action, isWrong, typed }: SitePage, language: Language): Html {
  const words = WORDS[language]
  const shown = OWNER_CHANNELS.filter((way) => ways.includes(way))
  const chosen = typed?.channel ?? shown[0]
  const choices = shown.map(
    (way) =>
      html`<label class="choice"><input type="radio" name="channel" value="${way}"${way === chosen && html` checked`}>${words[way]}</label>`,
  )
  return html`<form method="post" action="${action}">
<fieldset><legend>${words.by}</legend>${choices}</fieldset>
<label for="address">${words.address}</label>
${isWrong && html`<p class="awas" role="alert">${words.wrong}</p>`}
<input id="address" name="address" maxlength="254" required autocomplete="on" autocapitalize="none" value="${typed?.address ?? ''}">
<button name="what" value="start">${words.start}</button>
<button name="what" value="stop" class="quiet">${words.stop}</button>
</form>`
}

export function sentBody(sitePath: string, language: Language): { title: string; body: Html } {
  const { sentTitle: title, sent, back } = WORDS[language]
  return {
    title,
    body: html`<h1>${title}</h1><p>${sent}</p><p><a href="${sitePath}">${back}</a></p>`,
  }
}

/** `svg` is drawn by ourselves from an address of our own. */
export function posterBody(
  { title, address, svg }: { title: string; address: string; svg: Html },
  language: Language,
): Html {
  const words = WORDS[language]
  return html`<div class="poster"><h1>${title}</h1>
<p>${words.scan}</p>
${svg}
<p><b>${address}</b></p>
<p class="soft screen">${words.print}</p></div>`
}

export function confirmBody(
  { site, address, action }: { site: string; address: string; action: string },
  language: Language,
): { title: string; body: Html } {
  const words = WORDS[language]
  const title = words.confirmTitle(site)
  const body = html`<h1>${title}</h1>
<p>${words.to(address)}</p><p>${words.explain}</p>
<form method="post" action="${action}"><button>${words.confirm}</button></form>`
  return { title, body }
}

export function confirmedBody(
  { site, sitePath }: { site: string; sitePath: string },
  language: Language,
): { title: string; body: Html } {
  const words = WORDS[language]
  const body = html`<h1>${words.confirmed}</h1><p>${words.confirmedText(site)}</p>
<p><a href="${sitePath}">${words.place}</a></p>`
  return { title: words.confirmed, body }
}

export interface StopPage {
  site: string
  sitePath: string
  action: string
  /** Of the message that the link came with. */
  alarm: Html | null
  isActive: boolean
}

export function stopBody(page: StopPage, language: Language): { title: string; body: Html } {
  const words = WORDS[language]
  const title = words.stopTitle(page.site)
  const form = html`<form method="post" action="${page.action}"><button class="quiet">${words.stop}</button></form>`
  const stopped = html`<div class="card" role="status"><p><b>${words.stopped}</b></p><p>${words.stoppedHow}</p></div>`
  const body = html`${!page.isActive && stopped}${page.alarm ?? html`<h1>${title}</h1>`}
<p><a href="${page.sitePath}">${words.place}</a></p>${page.isActive && form}`
  return { title, body }
}
