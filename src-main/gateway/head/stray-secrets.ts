import { containsSecret, SECRET_LENGTH } from '#shared/keys/secret.ts'

// The length of 45 characters in base64, such as in `Basic` credentials for a proxy.
const SHORTEST_BASE64 = 60
const BASE64 = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)) ? 1 : 0,
)
const BASE64_RUNS = new RegExp(`[A-Za-z0-9+/_-]{${SHORTEST_BASE64},}`, 'g')
const HEX = /^[0-9a-f]{2}$/i
// Character codes. Setting bit 0x20 makes a letter lower case.
const K = 0x6b
const S = 0x73
const LOWER = 0x20

/**
 * True if a header value or a part of the target contains a Latchkey secret outside a carrier: in any case, inside
 * other text, percent-encoded any number of times, or in base64. The upstream must not see it, because Ollama copies
 * headers and the query to its cloud. Nearly every text is too short or shows quickly that it contains none.
 */
export function carriesSecret(text: string): boolean {
  if (text.length < SECRET_LENGTH || !mayCarry(text)) return false
  const plain = text.includes('%') ? decodeAll(text) : text
  return containsSecret(plain) || holdsInBase64(plain)
}

/**
 * True if the text is encoded or contains the beginning of a secret. Called for each long header, so it uses native
 * searches and few comparisons.
 */
function mayCarry(text: string): boolean {
  return text.includes('%') || hasBeginning(text) || hasLongRun(text)
}

function hasBeginning(text: string): boolean {
  for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
    if (at > 1 && (text.charCodeAt(at - 1) | LOWER) === K && (text.charCodeAt(at - 2) | LOWER) === S) return true
  }
  return false
}

/** True if the text has a sufficiently long run of base64. Such a run always covers one of the sampled characters. */
function hasLongRun(text: string): boolean {
  for (let at = SHORTEST_BASE64 - 1; at < text.length; at += SHORTEST_BASE64) {
    if (isBase64(text, at) && runAround(text, at) >= SHORTEST_BASE64) return true
  }
  return false
}

/** The length of the base64 run around a character, up to the relevant length. */
function runAround(text: string, at: number): number {
  let start = at
  while (isBase64(text, start - 1)) start--
  let end = at + 1
  while (end - start < SHORTEST_BASE64 && isBase64(text, end)) end++
  return end - start
}

function isBase64(text: string, at: number): boolean {
  return BASE64[text.charCodeAt(at)] === 1
}

/** Removes all levels of percent-encoding in one pass: a triplet may be written as `%2541`. */
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

/** A slash is both a base64 digit and a path separator, so the encoding can begin at any of four offsets. */
function holdsInBase64(text: string): boolean {
  for (const [run] of text.matchAll(BASE64_RUNS)) {
    for (let start = 0; start < 4; start++) {
      if (containsSecret(Buffer.from(run.slice(start), 'base64').toString('latin1'))) return true
    }
  }
  return false
}
