/** Indonesian first, English beside it. The language is part of the address, so a link keeps it. */
export type Language = 'id' | 'en'

export const LANGUAGES: readonly Language[] = ['id', 'en']

/** A text in both languages. Kept together, so that neither is forgotten when the other changes. */
export type Text = Readonly<Record<Language, string>>
