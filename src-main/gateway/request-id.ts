import { randomBytes } from 'node:crypto'

// 72 random bits per process keep ids of two runs distinct and unguessable; a counter distinguishes those of one run.
// An id grants nothing, so a UUID per request is not worth its microsecond.
const run = randomBytes(9).toString('base64url')
let count = 0

/** Creates a new X-Request-Id. */
export function newRequestId(): string {
  count += 1
  return `${run}-${count.toString(36)}`
}
