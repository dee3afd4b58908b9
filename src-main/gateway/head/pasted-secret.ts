import { SECRET_LENGTH, SECRET_PREFIX } from '#shared/keys/secret.ts'

// White space, line ends (also spelt out), quotes, angle brackets and commas: what comes along when a key is copied out
// of a text, a file or a terminal. Also characters without width, and what is left of them in a broken encoding.
const AROUND =
  /[\s"'`´<>,;\u00a0\u00ad\u00ab\u00bb\u200b-\u200f\u2018-\u201f\u2028-\u202f\u2039\u203a\u2060-\u2064\ufeff\ufffd]|\\[nrt"']/gu
// What a word processor makes of a hyphen.
const HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g
// The name of the scheme or of the header, pasted along with the key.
const NAMES = /^(?:(?:authorization|bearer|token|apikey|api-key|x-api-key|key)[:=]?)+(?=sk-lk-|$)/

/**
 * A secret as it was meant. People paste keys with what stood around them; none of that makes a key easier to guess. A
 * text that is no key of ours comes back as it is, trimmed.
 */
export function asPasted(carried: string): string {
  if (isPlain(carried)) return carried
  const trimmed = carried.trim()
  if (trimmed === '' || isPlain(trimmed)) return trimmed
  // Header values are bytes; a zero-width character is three of them.
  const text = Buffer.from(trimmed, 'latin1').toString('utf8')
  const bare = text.replace(AROUND, '').replace(HYPHENS, '-').toLowerCase().replace(NAMES, '')
  return bare === '' || bare.startsWith(SECRET_PREFIX) ? bare : trimmed
}

/** Nearly every carried text: nothing around it. Whether its checksum holds is for others to say. */
function isPlain(text: string): boolean {
  return text.length === SECRET_LENGTH && text.startsWith(SECRET_PREFIX) && !/[A-Z]/.test(text)
}
