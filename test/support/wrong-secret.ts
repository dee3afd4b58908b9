import { formatSecret } from '#shared/keys/secret.ts'

/** Well-formed, and of no key. */
export const WRONG_SECRET = formatSecret(new Uint8Array(20).fill(7))
