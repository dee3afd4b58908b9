import { isRefusal } from '#shared/decisions.ts'
import { readHeaders } from '../request-headers.ts'
import type { Step } from './step.ts'

const FORWARDED_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * What the parser lets through and another server could read differently (RFC 9112 sections 3.2 and 6.1): doubled
 * lines, transfer codings other than `chunked`, framing that HTTP/1.0 does not have, upgrades.
 */
export const checkFraming: Step = (context) => {
  const headers = readHeaders(context.request.rawHeaders)
  if (isRefusal(headers)) return headers
  context.headers = headers
  const coding = headers['transfer-encoding']
  if (coding !== undefined) {
    if (headers['content-length'] !== undefined || context.request.httpVersion !== '1.1')
      return { refused: 'bad_request' }
    if (coding.toLowerCase() !== 'chunked') return { refused: 'bad_request' }
  }
  if (headers.upgrade !== undefined) return { refused: 'not_implemented' }
  context.framed = true
  if (!FORWARDED_METHODS.has(context.method)) return { refused: 'method_not_allowed', detail: context.method }
  return undefined
}
