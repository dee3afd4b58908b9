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

/** English comes with the first bundle; a person who reads another language loads that one besides. */
const MODULES: Readonly<Record<Language, () => Modules | Promise<Modules>>> = {
  // The core speaks English itself: its sentences are shown as they come.
  en: () => [{ messages: english }, null],
  de: () => Promise.all([import('./generated/console/de.ts'), import('./generated/problems/de.ts')]),
  fr: () => Promise.all([import('./generated/console/fr.ts'), import('./generated/problems/fr.ts')]),
  es: () => Promise.all([import('./generated/console/es.ts'), import('./generated/problems/es.ts')]),
}

/** The choice that the texts were loaded by. It holds until the pages load anew. */
export const language = chosenLanguage()

/** The language of the texts, with its region for Intl. */
export const locale = localeFor(language, navigator.languages)

const icu = icuFor(locale)
const [ofConsole, ofProblems] = await MODULES[languageIn(locale) ?? 'en']()

export const text: Messages = ofConsole.messages(icu)

/** What the core has to say, by its codes; null in English. */
export const problems: Problems | null = ofProblems?.messages(icu) ?? null
