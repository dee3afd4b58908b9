import type { HonoRequest } from 'hono'
import { ConsoleError } from './console-error.ts'

const BODY_LIMIT_BYTES = 1_000_000
/** Ten thousand sites and some hundred keys are 3 MB. */
const SETUP_LIMIT_BYTES = 20_000_000

/**
 * What a request brings: the query of a GET, else the JSON body, `{}` when that is empty. Throws a `ConsoleError` for
 * anything else.
 */
export async function readInput(request: HonoRequest<string>): Promise<unknown> {
  if (request.method === 'GET') return request.query()
  const type = request.header('Content-Type')
  if (type !== undefined) requireJson(type)
  const limit = request.path === '/api/setup' ? SETUP_LIMIT_BYTES : BODY_LIMIT_BYTES
  const text = await readText(request.raw, limit)
  if (text === '') return {}
  requireJson(type)
  try {
    return JSON.parse(text)
  } catch {
    throw badJson()
  }
}

/**
 * The body as text, whether its length was announced, or it comes in chunks, or there is none. Throws a `ConsoleError`
 * when it is longer than `limit` bytes, breaks off, or is not UTF-8.
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
 * Other pages can send forms and plain text anywhere without asking first; they cannot send this type. JSON is UTF-8
 * (RFC 8259, section 8.1): text in another charset would be read wrongly.
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
  return new ConsoleError(413, 'too_large', 'This is too large to be taken in here.')
}
