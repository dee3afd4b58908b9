import type { HonoRequest } from 'hono'
import { ConsoleError } from './console-error.ts'

/**
 * What a request brings: the query of a GET, else the JSON body, `{}` when that is empty. Throws a `ConsoleError` for
 * anything else.
 */
export async function readInput(request: HonoRequest<string>): Promise<unknown> {
  if (request.method === 'GET') return request.query()
  requireJson(request)
  const text = await request.text()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new ConsoleError(400, 'bad_json', 'The body of this request is not valid JSON.')
  }
}

/** Other pages can send forms and plain text anywhere without asking first; they cannot send this type. */
function requireJson(request: HonoRequest): void {
  const type = request.header('Content-Type')?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return
  throw new ConsoleError(415, 'json_needed', 'This request must have the content type application/json.')
}
