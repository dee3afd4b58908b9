import { isRefusal } from '#shared/gateway/decisions.ts'
import { type RequestHeaders, readHeaders } from '../head/request-headers.ts'
import type { Step } from './step.ts'

const FORWARDED_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** The methods in the form of a header value. */
export const ALL_METHODS = [...FORWARDED_METHODS].join(', ')

/**
 * Refuses what Node's parser accepts but another server could read differently (RFC 9112 sections 3.2 and 6.1):
 * repeated lines, transfer codings other than `chunked`, framing that HTTP/1.0 does not have, WebSockets.
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
  if (headers.upgrade !== undefined && wantsWebSocket(headers.upgrade)) return { refused: 'not_implemented' }
  dropLeadingZeros(headers)
  context.framed = true
  if (!FORWARDED_METHODS.has(context.method)) return { refused: 'method_not_allowed', detail: context.method }
  return undefined
}

/**
 * Java and `curl --http2` offer HTTP/2 with each request. A server may ignore the offer and answer in HTTP/1.1 (RFC
 * 9110 section 7.8). A WebSocket needs the upgrade.
 */
function wantsWebSocket(upgrade: string): boolean {
  return upgrade.split(',').some((protocol) => protocol.trim().toLowerCase().startsWith('websocket'))
}

/** `0016` is 16 here but could be 14 (octal) elsewhere. */
function dropLeadingZeros(headers: RequestHeaders): void {
  const length = headers['content-length']
  if (length !== undefined && length.length > 1 && length.startsWith('0'))
    headers['content-length'] = length.replace(/^0+(?=\d)/, '')
}
