import { type Catalogue, en } from './english.ts'
import { chosenLanguage, languageOf, localeFor } from './language.ts'

/** English comes with the first bundle; whoever reads another language loads that one besides. */
const CATALOGUES: ReadonlyMap<string, () => Promise<Catalogue>> = new Map([
  ['en', async () => en],
  ['de', async () => (await import('./german.ts')).de],
])

/** The choice that the texts were loaded by. It holds until the pages load anew. */
export const language = chosenLanguage()

/** The language of the texts, with its region for Intl. */
export const locale = localeFor(language, navigator.languages, new Set(CATALOGUES.keys()))

export const text: Catalogue = (await CATALOGUES.get(languageOf(locale))?.()) ?? en
