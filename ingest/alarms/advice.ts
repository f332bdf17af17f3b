import { quantityById, quantityByKey } from '../../shared/wire/quantities.js'
import type { AlarmView } from '../store/alarm-view.js'
import { todo } from './texts.js'
import type { Language } from './wording.js'

/** What to do: for the owner of a cage, and for whoever is on duty. */

type Words = Record<Language, string>

const OVER: Words = {
  id: 'Kembali seperti biasa sedikit demi sedikit, dan tetap perhatikan ikan hari ini.',
  en: 'Go back to normal little by little, and keep an eye on the fish today.',
}

/** What the alarm's own text says, and a word of its own when all is over. */
export function ownerAdvice(view: AlarmView, language: Language): string {
  if (!view.isEventOpen) return OVER[language]
  const quantity = view.quantityId === null ? undefined : quantityById(view.quantityId)
  // Of a tier that is over, what is still to be done is that of a lower one.
  const tier = view.clearedAt === null ? view.tier : 'waspada'
  const isDanger = view.purpose === 'danger'
  return todo({
    isDanger,
    tier,
    measured: quantity === undefined ? null : { quantity: quantity.key },
  })[language]
}

const OXYGEN_ID = quantityByKey('dissolved_oxygen')?.id

const CALL: Words = {
  id: 'Bandingkan dengan stasiun tetangga, lalu hubungi pemilik keramba di lokasi ini.',
  en: 'Compare with the neighbouring stations, then call the cage owners of this place.',
}
const LOOK: Words = {
  id: 'Periksa di Command Center apakah nilainya dapat dipercaya, lalu kabari yang dapat bertindak.',
  en: 'See in the Command Center whether the value can be trusted, then tell whoever can act.',
}
const UPKEEP: Words = {
  id: 'Periksa stasiun, catu daya dan jaringannya; kabari teknisi bila perlu.',
  en: 'Check the station, its power and its link; tell a technician if need be.',
}

export function dutyAdvice({ purpose, quantityId }: AlarmView, language: Language): string {
  if (purpose === 'upkeep') return UPKEEP[language]
  return (quantityId === OXYGEN_ID ? CALL : LOOK)[language]
}
