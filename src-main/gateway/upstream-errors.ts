import type { RefusalCode } from '#shared/refusals.ts'
import { InvalidAnswer } from './upstream/answer-head.ts'
import { ConnectionLost } from './upstream/connection.ts'

/** The one place where an error of the upstream becomes an answer: down, breaking off, or talking nonsense. */
export function refusalOf(error: Error): RefusalCode {
  if (error instanceof InvalidAnswer) return 'upstream_invalid'
  return isStaleConnection(error) ? 'upstream_broke' : 'upstream_unreachable'
}

/** Whether an idle connection was closed under the request: then a request without a body can be sent once more. */
export function isStaleConnection(error: Error): boolean {
  if (error instanceof ConnectionLost) return true
  const code = 'code' in error ? error.code : ''
  return code === 'ECONNRESET' || code === 'EPIPE'
}
