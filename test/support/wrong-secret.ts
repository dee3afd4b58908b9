import { formatSecret } from '#shared/keys/secret.ts'

/** A well-formed secret that no key has. */
export const WRONG_SECRET = formatSecret(new Uint8Array(20).fill(7))
