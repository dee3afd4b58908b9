import { icuFor } from '#shared/text/icu.ts'
import { languageIn } from './language.ts'
import { locale, problems, text } from './text.ts'
import { translatedProblem } from './translated-problem.ts'

/** The sentence for a problem of which only the code is known, such as from an address; undefined if it needs more. */
export async function sentenceByCode(code: string): Promise<string | undefined> {
  const known = problems ?? (await import('./generated/problems/en.ts')).messages(icuFor(languageIn(locale) ?? 'en'))
  return translatedProblem({ code, parts: {} }, known, text.changes.fields)
}
