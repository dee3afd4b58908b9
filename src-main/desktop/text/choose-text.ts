import type { Settings } from '#shared/settings/settings.ts'
import { type DesktopText, english } from './english.ts'
import { german } from './german.ts'

const TEXTS: ReadonlyMap<string, DesktopText> = new Map([
  ['en', english],
  ['de', german],
])

/** In the language of the settings, else in the first of the person's that there is: `de-AT`, on Linux also `de_AT.UTF-8`. */
export function chooseText(language: Settings['language'], preferred: readonly string[]): DesktopText {
  const wanted = language === 'auto' ? preferred : [language]
  const spoken = wanted.map((tag) => TEXTS.get(/^[a-z]+/.exec(tag.toLowerCase())?.[0] ?? ''))
  return spoken.find((text) => text !== undefined) ?? english
}
