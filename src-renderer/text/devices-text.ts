import type { Language } from '#shared/settings/languages.ts'
import { type Icu, icuFor } from '#shared/text/icu.ts'
import type { Messages } from './generated/devices/messages.ts'
import { languageIn } from './language.ts'
import { locale } from './text.ts'

/** In no first bundle, because few people let other devices in. */
const MODULES: Readonly<Record<Language, () => Promise<{ readonly messages: (icu: Icu) => Messages }>>> = {
  en: () => import('./generated/devices/en.ts'),
  de: () => import('./generated/devices/de.ts'),
  fr: () => import('./generated/devices/fr.ts'),
  es: () => import('./generated/devices/es.ts'),
}

const { messages } = await MODULES[languageIn(locale) ?? 'en']()

/** What pages say about other devices. Only pages that are loaded after the first bundle may import it. */
export const devicesText: Messages = messages(icuFor(locale))
