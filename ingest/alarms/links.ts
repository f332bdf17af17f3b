import type { LinkSubject } from '../store/one-time-links.js'

/** Addresses of the pages behind one-time links: short, since an SMS has 160 letters. */
const PAGES: Record<LinkSubject['purpose'], string> = {
  acknowledge: 'a',
  confirm: 'y',
  unsubscribe: 'h',
}

/** A message stays in somebody's telephone, and must let them out for as long as that is likely. */
export const UNSUBSCRIBE_VALID_MS = 400 * 86_400_000

export function linkTo(
  origin: string | undefined,
  purpose: LinkSubject['purpose'],
  { key, language }: { key: string; language: 'id' | 'en' },
): string | null {
  if (origin === undefined) return null
  return new URL(`/${PAGES[purpose]}/${key}${language === 'en' ? '?en' : ''}`, origin).href
}
