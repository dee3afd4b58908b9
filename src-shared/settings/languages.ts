/** The languages of the console and the desktop app, by their own names. docs/translating.md says how to add one. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español' } as const

export type Language = keyof typeof LANGUAGES

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag)
}

/** The first supported language of a list of tags, such as `de-AT`, `de_AT.UTF-8` or `de;q=0.8`; else English. */
export function chooseLanguage(tags: readonly string[]): Language {
  return tags.map((tag) => /^\s*([a-z]+)/.exec(tag.toLowerCase())?.[1] ?? '').find(isLanguage) ?? 'en'
}
