import { createHash } from 'node:crypto'

const SECRET_BYTES = 32

export function newSecret(randomBytes: (length: number) => Uint8Array): string {
  return Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')
}

/** Secrets are random, so a plain hash suffices. The timing of a look-up or comparison of hashes reveals nothing about the secret. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
