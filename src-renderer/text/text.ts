import type { Language } from '#shared/settings/languages.ts'
import { type Icu, icuFor } from '#shared/text/icu.ts'
import { messages as english } from './generated/console/en.ts'
import type { Messages } from './generated/console/messages.ts'
import type { Messages as Problems } from './generated/problems/messages.ts'
import { chosenLanguage, languageIn, localeFor } from './language.ts'

interface Module<M> {
  readonly messages: (icu: Icu) => M
}

type Modules = readonly [console: Module<Messages>, problems: Module<Problems> | null]

/** English is part of the first bundle. Other languages are loaded in addition. */
const MODULES: Readonly<Record<Language, () => Modules | Promise<Modules>>> = {
  // The core's own sentences are English already.
  en: () => [{ messages: english }, null],
  de: () => Promise.all([import('./generated/console/de.ts'), import('./generated/problems/de.ts')]),
  fr: () => Promise.all([import('./generated/console/fr.ts'), import('./generated/problems/fr.ts')]),
  es: () => Promise.all([import('./generated/console/es.ts'), import('./generated/problems/es.ts')]),
}

/** The chosen language when the texts were loaded. It stays until the page reloads. */
export const language = chosenLanguage()

/** The language of the texts with its region, for Intl. */
export const locale = localeFor(language, navigator.languages)

const icu = icuFor(locale)
const [ofConsole, ofProblems] = await MODULES[languageIn(locale) ?? 'en']()

export const text: Messages = ofConsole.messages(icu)

/** The core's sentences by problem code; null in English. */
export const problems: Problems | null = ofProblems?.messages(icu) ?? null
