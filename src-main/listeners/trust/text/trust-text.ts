import { chooseLanguage, type Language } from '#shared/settings/languages.ts'
import { type Icu, icuFor } from '#shared/text/icu.ts'
import { messages as german } from './generated/de.ts'
import { messages as english } from './generated/en.ts'
import { messages as spanish } from './generated/es.ts'
import { messages as french } from './generated/fr.ts'
import type { Messages } from './generated/messages.ts'

/** The texts of the trust page. */
export type TrustText = Messages

const MODULES: Readonly<Record<Language, (icu: Icu) => TrustText>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
}

/** The first supported language of `Accept-Language`. Not that of the settings: the visitor may be somebody else. */
export function acceptedLanguage(header: string | undefined): Language {
  return chooseLanguage((header ?? '').slice(0, 200).split(','))
}

export function trustText(language: Language): TrustText {
  return MODULES[language](icuFor(language))
}
