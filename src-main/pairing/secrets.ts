import { createHash, timingSafeEqual } from 'node:crypto'

export type RandomBytes = (length: number) => Uint8Array

// RFC 6749 section 10.10: a guess must not succeed with a probability above 2^-160.
const TOKEN_BYTES = 32

/** A secret for an app: a device code or an authorization code. Latchkey keeps only its hash. */
export function newToken(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(TOKEN_BYTES)).toString('base64url')
}

/** SHA-256 in base64url without padding, which RFC 7636 calls S256. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** Compares two hashes in constant time. */
export function sameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}

const CODES = 10_000
/**
 * The greatest multiple of `CODES` in two bytes. Larger values are rejected, because their remainder would make some
 * codes likelier.
 */
const FAIR = 60_000

/** Creates an unused code for the person to compare, such as `47-19`. */
export function newPairingCode(randomBytes: RandomBytes, isUsed: (code: string) => boolean): string {
  for (;;) {
    const [high = 0, low = 0] = randomBytes(2)
    const drawn = high * 256 + low
    if (drawn >= FAIR) continue
    const digits = String(drawn % CODES).padStart(4, '0')
    const code = `${digits.slice(0, 2)}-${digits.slice(2)}`
    if (!isUsed(code)) return code
  }
}
