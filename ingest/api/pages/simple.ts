import type { Language } from '../../alarms/wording.js'
import { type Html, html } from './html.js'

/** Pages that say one thing. */

const SAID = {
  'unknown-link': {
    id: [
      'Tautan tidak dikenal',
      'Mungkin alamatnya terpotong. Buka lagi dari pesan yang Anda terima.',
    ],
    en: [
      'This link is not known',
      'Its address may have been cut. Open it from your message again.',
    ],
  },
  'old-link': {
    id: ['Tautan ini sudah dipakai atau tidak berlaku lagi', 'Anda dapat meminta yang baru.'],
    en: ['This link was used or is no longer valid', 'You can ask for a new one.'],
  },
  'no-site': {
    id: ['Lokasi tidak dikenal', 'Periksa alamatnya, atau pindai lagi kode QR di lokasi.'],
    en: ['This place is not known', 'Check the address, or scan the QR code again.'],
  },
  wait: {
    id: ['Terlalu banyak permintaan', 'Coba lagi beberapa menit lagi.'],
    en: ['Too many requests', 'Try again in a few minutes.'],
  },
  failed: {
    id: ['Maaf, halaman ini gagal dimuat', 'Coba lagi sebentar lagi.'],
    en: ['Sorry, this did not work', 'Try again in a moment.'],
  },
} as const satisfies Record<string, Record<Language, readonly [string, string]>>

export type Said = keyof typeof SAID

export function saying(said: Said, language: Language): { title: string; body: Html } {
  const [title, text] = SAID[said][language]
  return { title, body: html`<h1>${title}</h1><p>${text}</p>` }
}
