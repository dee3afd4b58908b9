/** The three ways in which clients expect an error, chosen by route. */
export type Dialect = 'ollama' | 'openai' | 'anthropic'

// What OpenAI's clients put behind their address, without the `/v1` that may be missing there.
const OPENAI_PATH = /^\/(?:chat\/completions|completions|embeddings|models|responses|audio|images)(?:\/|$)/

/**
 * The dialect of a path. Every path has one, known route or not. In a path made of a wrong address and a right one, such
 * as `/v1/api/chat`, the part that the client added itself is the last.
 */
export function dialectOf(path: string): Dialect {
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
    case 'anthropic':
      return { type: 'error', error: { type: anthropicType(status), message } }
  }
}

function openAiType(status: number, code: string): string {
  // By this type Codex knows that a 429 does not pass by itself; after others it waits for `Retry-After`, until midnight.
  if (code === 'budget_spent') return 'usage_limit_reached'
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
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
