import { holdsSecret, SECRET_LENGTH } from '#shared/secret.ts'

// 45 characters in base64, as in `Basic` credentials for a proxy.
const SHORTEST_BASE64 = 60
const BASE64_RUN = new RegExp(`[A-Za-z0-9+/_-]{${SHORTEST_BASE64},}`)
const PREFIX = /sk-lk-/i
const HEX = /^[0-9a-f]{2}$/i

/**
 * Whether a header value or a part of the target holds one of our secrets where no carrier is: in any case, with text
 * around it, percent-encoded however often, or in base64. The upstream must not see it: Ollama copies headers and the
 * query to its cloud. Nearly every text is too short to hold one, and costs one comparison.
 */
export function carriesSecret(text: string): boolean {
  if (text.length < SECRET_LENGTH) return false
  const plain = text.includes('%') ? decodeAll(text) : text
  if (PREFIX.test(plain) && holdsSecret(plain)) return true
  return plain.length >= SHORTEST_BASE64 && BASE64_RUN.test(plain) && holdsInBase64(plain)
}

/** Takes off percent-encoding until none is left, in one pass: a triplet may have been written as `%2541`. */
export function decodeAll(text: string): string {
  const out: string[] = []
  for (const character of text) {
    out.push(character)
    while (out.at(-3) === '%') {
      const digits = `${out.at(-2)}${out.at(-1)}`
      if (!HEX.test(digits)) break
      out.splice(-3, 3, String.fromCharCode(Number.parseInt(digits, 16)))
    }
  }
  return out.join('')
}

/** A slash is a digit of base64 and parts a path, so the code may begin at any of four places. */
function holdsInBase64(text: string): boolean {
  for (const [run] of text.matchAll(new RegExp(BASE64_RUN, 'g'))) {
    for (let start = 0; start < 4; start++) {
      if (holdsSecret(Buffer.from(run.slice(start), 'base64').toString('latin1'))) return true
    }
  }
  return false
}
