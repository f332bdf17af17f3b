import { dutyAdvice } from '../../alarms/advice.js'
import { type Language, timeText } from '../../alarms/wording.js'
import type { AlarmView } from '../../store/alarm-view.js'
import { alarmCard } from './alarm-parts.js'
import { type Html, html } from './html.js'

const WORDS = {
  id: {
    title: 'Terima alarm',
    told: 'Yang sudah diberi tahu',
    owners: (n: number) => `${n} pemilik keramba`,
    nobody: 'Belum ada',
    note: 'Apa yang Anda lakukan? (boleh kosong)',
    button: 'Saya terima dan tangani',
    hint: 'Dengan ini alarm tercatat atas nama Anda dan tidak diteruskan ke orang berikutnya.',
    by: (by: string, at: string) => `Diterima oleh ${by}, ${at}.`,
    thanks: 'Terima kasih, sudah tercatat.',
    used: 'Tautan ini sudah dipakai. Tidak ada yang perlu dilakukan lagi di sini.',
    expired:
      'Tautan ini sudah tidak berlaku. Masuk ke Command Center untuk melihat dan menerima alarm.',
    already: 'Alarm ini sudah diterima. Tidak ada yang perlu dilakukan lagi di sini.',
    noted: 'Catatan:',
  },
  en: {
    title: 'Acknowledge an alarm',
    told: 'Who was told',
    owners: (n: number) => (n === 1 ? '1 cage owner' : `${n} cage owners`),
    nobody: 'Nobody yet',
    note: 'What will you do? (may be empty)',
    button: 'I acknowledge and act',
    hint: 'The alarm is then recorded in your name, and is not passed on to the next person.',
    by: (by: string, at: string) => `Acknowledged by ${by}, ${at}.`,
    thanks: 'Thank you, it is recorded.',
    used: 'This link has been used. There is nothing more to do here.',
    expired: 'This link is no longer valid. Sign in to the Command Center to see the alarm.',
    already: 'This alarm has been acknowledged. There is nothing more to do here.',
    noted: 'Note:',
  },
}

export type LinkState = 'open' | 'done' | 'used' | 'expired'

export interface AcknowledgePage {
  facts: AlarmView
  told: readonly string[]
  ownersTold: number
  state: LinkState
  now: number
  /** Where the form goes. */
  action: string
}

export const acknowledgeTitle = (language: Language): string => WORDS[language].title

export function acknowledgeBody(page: AcknowledgePage, language: Language): Html {
  const { facts } = page
  const words = WORDS[language]
  const told = [...page.told, ...(page.ownersTold > 0 ? [words.owners(page.ownersTold)] : [])]
  return html`${notice(page, language)}
${alarmCard(facts, { advice: dutyAdvice(facts, language), now: page.now }, language)}
<h2>${words.told}</h2>
<p>${told.length === 0 ? words.nobody : told.join(', ')}</p>
${isOpen(page) && form(page.action, language)}`
}

function isOpen({ state, facts }: AcknowledgePage): boolean {
  return state === 'open' && facts.acknowledgedAt === null
}

function notice(page: AcknowledgePage, language: Language): Html | null {
  const words = WORDS[language]
  if (isOpen(page)) return null
  const { acknowledgedAt, acknowledgedBy, acknowledgeNote } = page.facts
  const text = {
    open: words.already,
    done: words.thanks,
    used: words.used,
    expired: words.expired,
  }[page.state]
  return html`<div class="card" role="status"><p><b>${text}</b></p>
${acknowledgedAt !== null && html`<p>${words.by(acknowledgedBy ?? '', timeText(acknowledgedAt, language))}</p>`}
${acknowledgeNote !== null && acknowledgeNote !== '' && html`<p>${words.noted} ${acknowledgeNote}</p>`}</div>`
}

function form(action: string, language: Language): Html {
  const words = WORDS[language]
  return html`<form method="post" action="${action}">
<label for="note">${words.note}</label>
<textarea id="note" name="note" rows="3" maxlength="500"></textarea>
<button>${words.button}</button>
<p class="soft">${words.hint}</p>
</form>`
}
