import { randomBytes } from 'node:crypto'

// 72 random bits of the process make ids of two runs differ and keep a stranger from naming one; a counter makes those
// of one run differ. An id opens nothing, so a UUID for each request is not worth its microsecond.
const run = randomBytes(9).toString('base64url')
let count = 0

/** A new X-Request-Id. */
export function newRequestId(): string {
  count += 1
  return `${run}-${count.toString(36)}`
}
