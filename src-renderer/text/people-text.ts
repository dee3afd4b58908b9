import type { Language } from '#shared/settings/languages.ts'
import { type Icu, icuFor } from '#shared/text/icu.ts'
import type { Messages } from './generated/people/messages.ts'
import { languageIn } from './language.ts'
import { locale } from './text.ts'

/** In no first bundle, because most Latchkeys have one person, and a person joins once. */
const MODULES: Readonly<Record<Language, () => Promise<{ readonly messages: (icu: Icu) => Messages }>>> = {
  en: () => import('./generated/people/en.ts'),
  de: () => import('./generated/people/de.ts'),
  fr: () => import('./generated/people/fr.ts'),
  es: () => import('./generated/people/es.ts'),
}

const { messages } = await MODULES[languageIn(locale) ?? 'en']()

/** What pages say about people and their ways in. Only pages that are loaded after the first bundle may import it. */
export const peopleText: Messages = messages(icuFor(locale))
