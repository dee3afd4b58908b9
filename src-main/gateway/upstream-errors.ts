import type { RefusalCode } from '#shared/refusals.ts'

/** undici's codes for an answer that is there but is not valid HTTP. */
const INVALID: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_INVALID_ARG',
])

/** The one place where an error of the upstream becomes an answer: down, or talking nonsense. */
export function refusalOf(error: Error): RefusalCode {
  const code = codeOf(error)
  return INVALID.has(code) || code.startsWith('HPE_') ? 'upstream_invalid' : 'upstream_unreachable'
}

/** Whether an idle connection was closed under the request: then a request without a body can be sent once more. */
export function isStaleConnection(error: Error): boolean {
  const code = codeOf(error)
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
