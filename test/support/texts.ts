import { LANGUAGES, type Language } from '#shared/settings/languages.ts'
import { icuFor } from '#shared/text/icu.ts'
import { messages as germanConsole } from '../../src-renderer/text/generated/console/de.ts'
import { messages as englishConsole } from '../../src-renderer/text/generated/console/en.ts'
import { messages as spanishConsole } from '../../src-renderer/text/generated/console/es.ts'
import { messages as frenchConsole } from '../../src-renderer/text/generated/console/fr.ts'
import type { Messages } from '../../src-renderer/text/generated/console/messages.ts'

/** Every text of the console's pages in one language. */
export type ConsoleText = Messages

export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as Language[]

export const CONSOLE_TEXTS: Readonly<Record<Language, ConsoleText>> = {
  en: englishConsole(icuFor('en')),
  de: germanConsole(icuFor('de')),
  fr: frenchConsole(icuFor('fr')),
  es: spanishConsole(icuFor('es')),
}

/** A browser's language, for each. */
export const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR', es: 'es-ES' }
