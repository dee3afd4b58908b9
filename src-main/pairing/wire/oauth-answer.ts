import type { Refusal } from '#shared/gateway/decisions.ts'
import { plural } from '#shared/text/plural.ts'
import type { AppAnswer } from '../ports.ts'

/** Error codes of RFC 6749 sections 4.1.2.1 and 5.2, and of RFC 8628 section 3.5. */
export type OAuthError =
  | 'invalid_request'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'

/** These answers contain secrets, so no cache may store them (RFC 6749 section 5.1). */
const NO_STORE = ['Cache-Control', 'no-store', 'Pragma', 'no-cache', 'X-Content-Type-Options', 'nosniff']

export function jsonAnswer(status: number, body: object, headers: readonly string[] = []): AppAnswer {
  return {
    status,
    headers: ['Content-Type', 'application/json; charset=utf-8', ...NO_STORE, ...headers],
    body: JSON.stringify(body),
    isReadable: true,
  }
}

/** The description is for the app's developer. It never contains a value from the request. */
export function oauthError(error: OAuthError, description: string, status = 400): AppAnswer {
  return jsonAnswer(status, { error, error_description: description })
}

/** Refuses because the data cannot be reached or written. */
export function tryLater(): Refusal {
  return { refused: 'gateway_busy', retryAfter: 5 }
}

/** Refuses because of too many requests. The app may try again after this time. */
export function busy(waitMs: number): Refusal {
  const seconds = Math.ceil(waitMs / 1000)
  return { refused: 'pairing_busy', retryAfter: seconds, detail: plural(seconds, 'second') }
}
