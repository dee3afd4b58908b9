import type { HonoRequest } from 'hono'
import { ConsoleError } from './console-error.ts'

const BODY_LIMIT_BYTES = 1_000_000
/** Ten thousand sites and a few hundred keys need 3 MB. */
const SETUP_LIMIT_BYTES = 20_000_000

/**
 * The input of a request: the query of a GET, else the JSON body of at most `limit` bytes, `{}` if empty. Throws a
 * `ConsoleError` for anything else.
 */
export async function readInput(request: HonoRequest<string>, limit = limitOf(request)): Promise<unknown> {
  if (request.method === 'GET') return request.query()
  const type = request.header('Content-Type')
  if (type !== undefined) requireJson(type)
  const text = await readText(request.raw, limit)
  if (text === '') return {}
  requireJson(type)
  try {
    return JSON.parse(text)
  } catch {
    throw badJson()
  }
}

function limitOf({ path }: HonoRequest<string>): number {
  return path === '/api/setup' ? SETUP_LIMIT_BYTES : BODY_LIMIT_BYTES
}

/**
 * The body as text, with an announced length or chunked, or empty without a body. Throws a `ConsoleError` if it is
 * longer than `limit` bytes, is incomplete, or is not UTF-8.
 */
export async function readText(request: Request, limit: number): Promise<string> {
  if (Number(request.headers.get('Content-Length') ?? 0) > limit) throw tooLarge()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let [text, size] = ['', 0]
  try {
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength
      if (size > limit) break
      text += decoder.decode(chunk, { stream: true })
    }
    text += decoder.decode()
  } catch {
    throw badJson()
  }
  if (size > limit) throw tooLarge()
  return text
}

/**
 * Requires JSON's content type. Other sites can send forms and plain text to any address without a preflight, but not
 * this type. JSON is UTF-8 (RFC 8259, section 8.1), so text in another charset would be misread.
 */
function requireJson(type = ''): void {
  const [essence = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase())
  const isUtf8 = parameters.every((one) => !one.startsWith('charset=') || /^charset="?utf-?8"?$/.test(one))
  if (essence === 'application/json' && isUtf8) return
  throw new ConsoleError(415, 'json_needed', 'This request must have the content type application/json.')
}

function badJson(): ConsoleError {
  return new ConsoleError(400, 'bad_json', 'The body of this request is not valid JSON.')
}

function tooLarge(): ConsoleError {
  return new ConsoleError(413, 'too_large', 'This request is too large for the console.')
}
