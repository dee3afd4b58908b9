import type { Settings } from '#shared/settings.ts'

type Language = Settings['language']

const STORE = 'latchkey-language'

/** The language that was chosen when the settings were last read: the texts are needed before they are. */
export function rememberedLanguage(): Language {
  const stored = read()
  return stored === 'en' || stored === 'de' ? stored : 'auto'
}

/** False when the browser keeps nothing: the pages then stay in the language they have. */
export function rememberLanguage(language: Language): boolean {
  try {
    localStorage.setItem(STORE, language)
  } catch {
    return false
  }
  return read() === language
}

/** The best tag, with its region for Intl, for the chosen language; `preferred` is the browser's own list. */
export function localeFor(chosen: Language, preferred: readonly string[], spoken: ReadonlySet<string>): string {
  const speaks = (tag: string) => (chosen === 'auto' ? spoken.has(languageOf(tag)) : languageOf(tag) === chosen)
  return preferred.find(speaks) ?? (chosen === 'auto' ? 'en' : chosen)
}

export function languageOf(tag: string): string {
  return tag.split('-')[0]?.toLowerCase() ?? ''
}

function read(): string | null {
  try {
    return localStorage.getItem(STORE)
  } catch {
    return null
  }
}
