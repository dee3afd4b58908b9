import { isLanguage, type Language } from '#shared/settings/languages.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { ownChoice } from '../theme/own-choices.ts'

type Choice = Settings['language']

/** The chosen language, of this browser or from the document: the texts are needed before the settings are loaded. */
export function chosenLanguage(): Choice {
  const given = ownChoice('language') ?? document.documentElement.dataset['language']
  return given !== undefined && isLanguage(given) ? given : 'auto'
}

/** True if the document contains the chosen language, as every document from Latchkey does. */
export function bringsLanguage(): boolean {
  return document.documentElement.dataset['language'] !== undefined
}

/** The best language tag for Intl, with a region if `preferred`, the browser's list, has one. */
export function localeFor(chosen: Choice, preferred: readonly string[]): string {
  const fits = (tag: string) => (chosen === 'auto' ? languageIn(tag) !== undefined : languageIn(tag) === chosen)
  return preferred.find(fits) ?? (chosen === 'auto' ? 'en' : chosen)
}

/** The language of a tag such as `de-AT`; undefined if there are no texts in that language. */
export function languageIn(tag: string): Language | undefined {
  const language = tag.split('-')[0]?.toLowerCase() ?? ''
  return isLanguage(language) ? language : undefined
}
