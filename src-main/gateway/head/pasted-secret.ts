import { SECRET_LENGTH, SECRET_PREFIX } from '#shared/keys/secret.ts'

// White space, line ends (also written as escapes), quotes, angle brackets and commas, which come along when a key is
// copied from a text, a file or a terminal. Also zero-width characters and their remains in a broken encoding.
const AROUND =
  /[\s"'`´<>,;\u00a0\u00ad\u00ab\u00bb\u200b-\u200f\u2018-\u201f\u2028-\u202f\u2039\u203a\u2060-\u2064\ufeff\ufffd]|\\[nrt"']/gu
// The characters that word processors put in place of hyphens.
const HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g
// The name of the scheme or the header, pasted with the key.
const NAMES = /^(?:(?:authorization|bearer|token|apikey|api-key|x-api-key|key)[:=]?)+(?=sk-lk-|$)/

/**
 * Cleans up a pasted secret. People paste keys with surrounding text, and removing it does not make a key easier to
 * guess. Text that is not a Latchkey key is only trimmed.
 */
export function asPasted(carried: string): string {
  if (isPlain(carried)) return carried
  const trimmed = carried.trim()
  if (trimmed === '' || isPlain(trimmed)) return trimmed
  // Header values are bytes; a zero-width character has three.
  const text = Buffer.from(trimmed, 'latin1').toString('utf8')
  const bare = text.replace(AROUND, '').replace(HYPHENS, '-').toLowerCase().replace(NAMES, '')
  return bare === '' || bare.startsWith(SECRET_PREFIX) ? bare : trimmed
}

/** True for nearly every key: nothing surrounds it. Does not check the checksum. */
function isPlain(text: string): boolean {
  return text.length === SECRET_LENGTH && text.startsWith(SECRET_PREFIX) && !/[A-Z]/.test(text)
}
