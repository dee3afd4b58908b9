/** A request in a form that can be sent to another thread. */
export interface PlainRequest {
  readonly url: string
  readonly method: string
  readonly headers: readonly [string, string][]
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null
}

export interface PlainResponse {
  readonly status: number
  readonly headers: readonly [string, string][]
  /**
   * The stream is transferred, not copied. The page's reading speed limits the sender, and the page's leaving cancels
   * it.
   */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null
}

export function plainRequest({ url, method, headers, body }: Request): PlainRequest {
  return { url, method, headers: [...headers], body }
}

export function requestOf({ url, method, headers, body }: PlainRequest): Request {
  const init = { method, headers: pairs(headers), body, duplex: 'half' as const }
  return new Request(url, init)
}

export function plainResponse({ status, headers, body }: Response): PlainResponse {
  return { status, headers: [...headers], body }
}

export function responseOf({ status, headers, body }: PlainResponse): Response {
  return new Response(body, { status, headers: pairs(headers) })
}

function pairs(headers: PlainRequest['headers']): [string, string][] {
  return headers.map(([name, value]) => [name, value])
}
