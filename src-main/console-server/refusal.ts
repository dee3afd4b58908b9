/** A refusal of the console's server: status, code and the sentence for the person. */
export interface ConsoleRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** Headers of the answers that the console's handler does not make. */
export const PLAIN_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
}

export function refusalResponse({ status, code, message }: ConsoleRefusal): Response {
  return Response.json({ error: { code, message } }, { status, headers: PLAIN_HEADERS })
}

export const SESSION_MISSING: ConsoleRefusal = {
  status: 401,
  code: 'session_missing',
  message: 'Open the console by its link. For a new one run: latchkey console',
}

export const TOO_MANY_ATTEMPTS: ConsoleRefusal = {
  status: 429,
  code: 'too_many_attempts',
  message: 'Too many attempts. Wait a minute and try again.',
}
