import type { Settings } from '#shared/settings/settings.ts'

type Language = Settings['language']

/** The language that was chosen when the document was made: the texts are needed before the settings are read. */
export function chosenLanguage(): Language {
  const given = document.documentElement.dataset['language']
  return given === 'en' || given === 'de' ? given : 'auto'
}

/** Whether the document of this page brings the chosen language along, as every one that Latchkey serves does. */
export function bringsLanguage(): boolean {
  return document.documentElement.dataset['language'] !== undefined
}

/** The best tag, with its region for Intl, for the chosen language; `preferred` is the browser's own list. */
export function localeFor(chosen: Language, preferred: readonly string[], spoken: ReadonlySet<string>): string {
  const speaks = (tag: string) => (chosen === 'auto' ? spoken.has(languageOf(tag)) : languageOf(tag) === chosen)
  return preferred.find(speaks) ?? (chosen === 'auto' ? 'en' : chosen)
}

export function languageOf(tag: string): string {
  return tag.split('-')[0]?.toLowerCase() ?? ''
}
