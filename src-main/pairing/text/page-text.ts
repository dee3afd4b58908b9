import { chooseLanguage, type Language } from '#shared/settings/languages.ts'
import type { Settings } from '#shared/settings/settings.ts'
import { type Icu, icuFor } from '#shared/text/icu.ts'
import { messages as german } from './generated/de.ts'
import { messages as english } from './generated/en.ts'
import { messages as spanish } from './generated/es.ts'
import { messages as french } from './generated/fr.ts'
import type { Messages } from './generated/messages.ts'

/** The texts of the code grant's pages. */
export type PageText = Messages

const MODULES: Readonly<Record<Language, (icu: Icu) => PageText>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
}

/** The language of a page: that of the settings, else the first supported one in `Accept-Language`. */
export function pageLanguage(language: Settings['language'], accepted = ''): Language {
  return chooseLanguage(language === 'auto' ? accepted.slice(0, 200).split(',') : [language])
}

export function pageText(language: Language): PageText {
  return MODULES[language](icuFor(language))
}
