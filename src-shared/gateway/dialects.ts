import { PAIRING_ROUTES } from '../pairing/pairing-routes.ts'

/** The error formats that clients expect. The route decides which one. */
export type Dialect = 'ollama' | 'openai' | 'anthropic' | 'oauth'

// Paths that OpenAI's clients append to their base address, which may lack `/v1`.
const OPENAI_PATH = /^\/(?:chat\/completions|completions|embeddings|models|responses|audio|images)(?:\/|$)/

const OAUTH_PATHS: ReadonlySet<string> = new Set(
  PAIRING_ROUTES.filter(({ takes }) => takes === 'form').map(({ path }) => path),
)

/**
 * The dialect of any path, known route or not. If a path contains both a wrong base address and a right one, such as
 * `/v1/api/chat`, the last part counts, because the client appended it itself.
 */
export function dialectOf(path: string): Dialect {
  if (OAUTH_PATHS.has(path)) return 'oauth'
  const whole = `${path}/`
  const v1 = whole.lastIndexOf('/v1/')
  if (v1 < 0 || v1 < whole.lastIndexOf('/api/')) return whole.includes('/api/') ? 'ollama' : withoutPrefix(whole)
  return whole.startsWith('/v1/messages/', v1) ? 'anthropic' : 'openai'
}

function withoutPrefix(path: string): Dialect {
  if (path.startsWith('/messages/')) return 'anthropic'
  return OPENAI_PATH.test(path) ? 'openai' : 'ollama'
}

/** The body of an error in the client's dialect. */
export function errorBody(dialect: Dialect, status: number, code: string, message: string): object {
  switch (dialect) {
    case 'ollama':
      // On a 401 Ollama's own client reads `status` and not `error` (its api/types.go: AuthorizationError).
      return status === 401 ? { error: message, status: message } : { error: message }
    case 'openai':
      return { error: { message, type: openAiType(status, code), code, param: null } }
    case 'oauth':
      return { error: oauthCode(status), error_description: message }
    case 'anthropic':
      return { type: 'error', error: { type: anthropicType(status), message } }
  }
}

function openAiType(status: number, code: string): string {
  // Codex does not retry a 429 of this type. After other types it waits for `Retry-After`, which could be midnight.
  if (code === 'budget_spent' || code === 'person_budget_spent') return 'usage_limit_reached'
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** RFC 6749 sections 4.1.2.1 and 5.2. */
function oauthCode(status: number): string {
  if (status === 403) return 'access_denied'
  return status === 429 || status >= 500 || status === 409 ? 'temporarily_unavailable' : 'invalid_request'
}

// https://docs.anthropic.com/en/api/errors
function anthropicType(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 413:
      return 'request_too_large'
    case 429:
      return 'rate_limit_error'
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error'
  }
}
