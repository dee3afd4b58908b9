import { holdsSecret, SECRET_LENGTH } from '#shared/keys/secret.ts'

// 45 characters in base64, as in `Basic` credentials for a proxy.
const SHORTEST_BASE64 = 60
const BASE64 = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)) ? 1 : 0,
)
const BASE64_RUNS = new RegExp(`[A-Za-z0-9+/_-]{${SHORTEST_BASE64},}`, 'g')
const HEX = /^[0-9a-f]{2}$/i
// Character codes; with the last bit of a letter set it is in lower case.
const K = 0x6b
const S = 0x73
const LOWER = 0x20

/**
 * Whether a header value or a part of the target holds one of our secrets where no carrier is: in any case, with text
 * around it, percent-encoded however often, or in base64. The upstream must not see it: Ollama copies headers and the
 * query to its cloud. Nearly every text is too short to hold one, or shows at a glance that it holds none.
 */
export function carriesSecret(text: string): boolean {
  if (text.length < SECRET_LENGTH || !mayCarry(text)) return false
  const plain = text.includes('%') ? decodeAll(text) : text
  return holdsSecret(plain) || holdsInBase64(plain)
}

/** Whether it is encoded or has the beginning of a secret. Native searches and few looks: it is asked for each long header. */
function mayCarry(text: string): boolean {
  return text.includes('%') || hasBeginning(text) || hasLongRun(text)
}

function hasBeginning(text: string): boolean {
  for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
    if (at > 1 && (text.charCodeAt(at - 1) | LOWER) === K && (text.charCodeAt(at - 2) | LOWER) === S) return true
  }
  return false
}

/** Whether it has enough base64 in a row, which covers one of the characters looked at first, wherever it begins. */
function hasLongRun(text: string): boolean {
  for (let at = SHORTEST_BASE64 - 1; at < text.length; at += SHORTEST_BASE64) {
    if (isBase64(text, at) && runAround(text, at) >= SHORTEST_BASE64) return true
  }
  return false
}

/** How much base64 there is in a row around a character of it, as far as it matters. */
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
  for (const [run] of text.matchAll(BASE64_RUNS)) {
    for (let start = 0; start < 4; start++) {
      if (holdsSecret(Buffer.from(run.slice(start), 'base64').toString('latin1'))) return true
    }
  }
  return false
}
