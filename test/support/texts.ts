import { LANGUAGES, type Language } from '#shared/settings/languages.ts'
import { icuFor } from '#shared/text/icu.ts'
import { messages as germanConsole } from '../../src-renderer/text/generated/console/de.ts'
import { messages as englishConsole } from '../../src-renderer/text/generated/console/en.ts'
import { messages as spanishConsole } from '../../src-renderer/text/generated/console/es.ts'
import { messages as frenchConsole } from '../../src-renderer/text/generated/console/fr.ts'
import type { Messages } from '../../src-renderer/text/generated/console/messages.ts'
import { messages as germanDevices } from '../../src-renderer/text/generated/devices/de.ts'
import { messages as englishDevices } from '../../src-renderer/text/generated/devices/en.ts'
import { messages as spanishDevices } from '../../src-renderer/text/generated/devices/es.ts'
import { messages as frenchDevices } from '../../src-renderer/text/generated/devices/fr.ts'
import type { Messages as Devices } from '../../src-renderer/text/generated/devices/messages.ts'
import { messages as germanPeople } from '../../src-renderer/text/generated/people/de.ts'
import { messages as englishPeople } from '../../src-renderer/text/generated/people/en.ts'
import { messages as spanishPeople } from '../../src-renderer/text/generated/people/es.ts'
import { messages as frenchPeople } from '../../src-renderer/text/generated/people/fr.ts'
import type { Messages as People } from '../../src-renderer/text/generated/people/messages.ts'

/** Every text of the console's pages in one language. */
export type ConsoleText = Messages

export const LANGUAGE_TAGS = Object.keys(LANGUAGES) as Language[]

export const CONSOLE_TEXTS: Readonly<Record<Language, ConsoleText>> = {
  en: englishConsole(icuFor('en')),
  de: germanConsole(icuFor('de')),
  fr: frenchConsole(icuFor('fr')),
  es: spanishConsole(icuFor('es')),
}

/** What pages say about other devices. */
export const DEVICES_TEXTS: Readonly<Record<Language, Devices>> = {
  en: englishDevices(icuFor('en')),
  de: germanDevices(icuFor('de')),
  fr: frenchDevices(icuFor('fr')),
  es: spanishDevices(icuFor('es')),
}

/** What pages say about people and their ways in. */
export const PEOPLE_TEXTS: Readonly<Record<Language, People>> = {
  en: englishPeople(icuFor('en')),
  de: germanPeople(icuFor('de')),
  fr: frenchPeople(icuFor('fr')),
  es: spanishPeople(icuFor('es')),
}

/** A browser's language, for each. */
export const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE', fr: 'fr-FR', es: 'es-ES' }
