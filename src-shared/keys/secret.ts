import { crc32 } from './crc32.ts'

/**
 * The secret a person pastes: `sk-lk-` + 32 characters of lowercase base32 (160 random bits) + 7 characters of CRC-32
 * in base32. 45 lowercase letters, digits and hyphens, so that it can be a host name label (RFC 1035: at most 63). The
 * checksum distinguishes a mistyped secret from an unknown one without a look-up.
 */
export const SECRET_PREFIX = 'sk-lk-'
const RANDOM_BYTES = 20
const BODY_LENGTH = 32
const CHECKSUM_LENGTH = 7
/** In characters. */
export const SECRET_LENGTH = SECRET_PREFIX.length + BODY_LENGTH + CHECKSUM_LENGTH

/** Characters of a secret that may be stored and shown. */
export const SHOWN_PREFIX_LENGTH = 12

// RFC 4648 section 6, in lower case.
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const SHAPE = /^sk-lk-[a-z2-7]{39}$/

/** Matches anything that could be a secret. Redact every match before logging. */
export const SECRET_PATTERN = /sk-lk-[a-z2-7]{6,}/gi

/** Builds a secret from 20 random bytes. Throws a RangeError for any other length. */
export function formatSecret(random: Uint8Array): string {
  if (random.length !== RANDOM_BYTES) throw new RangeError(`a secret needs ${RANDOM_BYTES} random bytes`)
  const body = SECRET_PREFIX + base32(random)
  return body + checksumOf(body)
}

/** True if the text has the shape of a secret and a valid checksum. A key with it need not exist. */
export function isWellFormedSecret(text: string): boolean {
  return SHAPE.test(text) && text.endsWith(checksumOf(text.slice(0, SECRET_PREFIX.length + BODY_LENGTH)))
}

/** True if a text contains a secret with a valid checksum, in any case. */
export function containsSecret(text: string): boolean {
  const lower = text.toLowerCase()
  for (let at = lower.indexOf(SECRET_PREFIX); at >= 0; at = lower.indexOf(SECRET_PREFIX, at + 1)) {
    if (isWellFormedSecret(lower.slice(at, at + SECRET_LENGTH))) return true
  }
  return false
}

/** The first 12 characters. People can distinguish keys by them, and they do not help to guess the secret. */
export function shownPrefix(secret: string): string {
  return secret.slice(0, SHOWN_PREFIX_LENGTH)
}

/** Replaces everything that looks like a secret, so that a text may be logged or shown. */
export function redactSecrets(text: string): string {
  return text.replace(SECRET_PATTERN, 'sk-lk-redacted')
}

export function base32(bytes: Uint8Array): string {
  let out = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      out += ALPHABET.charAt((buffer >>> bits) & 31)
    }
  }
  return out
}

/** 32 bits need 7 characters of 5 bits; the topmost carries the 2 bits left over. */
function checksumOf(ascii: string): string {
  const crc = crc32(ascii)
  let out = ''
  for (let shift = 30; shift >= 0; shift -= 5) out += ALPHABET.charAt((crc >>> shift) & 31)
  return out
}
