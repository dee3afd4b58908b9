import { chooseLanguage, type Language } from '#shared/settings/languages.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { type Icu, icuFor } from '#shared/text/icu.ts'
import { messages as german } from './generated/de.ts'
import { messages as english } from './generated/en.ts'
import { messages as spanish } from './generated/es.ts'
import { messages as french } from './generated/fr.ts'
import type { Messages } from './generated/messages.ts'

/** The texts of the tray, the questions and the notices. The pages of the window have their own. */
export type DesktopText = Messages

const MODULES: Readonly<Record<Language, (icu: Icu) => DesktopText>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
}

export const DESKTOP_TEXTS = Object.fromEntries(
  Object.entries(MODULES).map(([language, messages]) => [language, messages(icuFor(language))]),
) as Record<Language, DesktopText>

/**
 * Chooses the language of the settings, else the first supported one of the person's list, such as `de-AT` or, on
 * Linux, `de_AT.UTF-8`.
 */
export function chooseText(language: Settings['language'], preferred: readonly string[]): DesktopText {
  return DESKTOP_TEXTS[chooseLanguage(language === 'auto' ? preferred : [language])]
}
