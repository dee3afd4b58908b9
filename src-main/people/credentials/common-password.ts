import { PersonError } from '#shared/text/person-error.ts'
import { normalized } from './password-hash.ts'

const SHORTEST_WORD = 4
const LONGEST_REPEATED = 5

/**
 * Rejects with a PersonError `password_common` for a password that is tried first when passwords are guessed: one of the
 * 49,000 commonest, a name of the person or of this app, one of these with digits and signs in it or around it, or a few
 * characters repeated.
 */
export async function checkPassword(password: string, names: readonly string[]): Promise<void> {
  const text = normalized(password).toLowerCase()
  const known = await knownWords(names)
  const words = [text, withoutEnds(text)].flatMap((word) => [word, word.replace(/[^\p{L}\p{N}]/gu, '')])
  const candidates = words.flatMap((word) => [word, repeatedPart(word)])
  const isKnown = candidates.some((word) => known.has(word)) || repeatedPart(text).length <= LONGEST_REPEATED
  if (!isKnown) return
  throw new PersonError('password_common', 'This password is easy to guess. Choose one that nobody else uses.')
}

async function knownWords(names: readonly string[]): Promise<{ has(word: string): boolean }> {
  const common = await commonPasswords()
  const own = new Set(['latchkey', ...names.flatMap(wordsOf)])
  return { has: (word) => own.has(word) || (word.length >= SHORTEST_WORD && common.has(word)) }
}

let loaded: Promise<ReadonlySet<string>> | undefined

/** Loaded at the first use, because few starts need it. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  loaded ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']))
  return loaded
}

/** A name, its words, and the parts of an e-mail address. */
function wordsOf(name: string): string[] {
  const text = normalized(name).toLowerCase()
  const words = [text, text.replace(/\s+/g, ''), ...text.split(/[\s@._-]+/)]
  return words.filter((word) => word.length >= 3)
}

/** `Summer2026!!` is `summer`. */
function withoutEnds(text: string): string {
  return text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '')
}

/** The shortest text of which this one is a repetition: `abc` for `abcabcabca`. */
function repeatedPart(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    const part = text.slice(0, length)
    if (part.repeat(Math.ceil(text.length / length)).startsWith(text)) return part
  }
  return text
}
