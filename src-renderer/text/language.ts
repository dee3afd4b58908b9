import { isLanguage, type Language } from '#shared/settings/languages.ts'
import type { Settings } from '#shared/settings/settings.ts'

type Choice = Settings['language']

/** The language that was chosen when the document was made: the texts are needed before the settings are read. */
export function chosenLanguage(): Choice {
  const given = document.documentElement.dataset['language']
  return given !== undefined && isLanguage(given) ? given : 'auto'
}

/** Whether the document of this page brings the chosen language along, as every one that Latchkey serves does. */
export function bringsLanguage(): boolean {
  return document.documentElement.dataset['language'] !== undefined
}

/** The best tag, with its region for Intl, for the chosen language; `preferred` is the browser's own list. */
export function localeFor(chosen: Choice, preferred: readonly string[]): string {
  const fits = (tag: string) => (chosen === 'auto' ? languageIn(tag) !== undefined : languageIn(tag) === chosen)
  return preferred.find(fits) ?? (chosen === 'auto' ? 'en' : chosen)
}

/** The language of a tag such as `de-AT`; undefined where there are no texts in it. */
export function languageIn(tag: string): Language | undefined {
  const language = tag.split('-')[0]?.toLowerCase() ?? ''
  return isLanguage(language) ? language : undefined
}
