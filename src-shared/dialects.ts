/** The three ways in which clients expect an error, chosen by route. */
export type Dialect = 'ollama' | 'openai' | 'anthropic'

/** The dialect of a path. Every path has one, known route or not. */
export function dialectOf(path: string): Dialect {
  if (path === '/v1/messages' || path.startsWith('/v1/messages/')) return 'anthropic'
  return path === '/v1' || path.startsWith('/v1/') ? 'openai' : 'ollama'
}

/** The body of an error in the client's dialect. */
export function errorBody(dialect: Dialect, status: number, code: string, message: string): object {
  switch (dialect) {
    case 'ollama':
      return { error: message }
    case 'openai':
      return { error: { message, type: openAiType(status), code, param: null } }
    case 'anthropic':
      return { type: 'error', error: { type: anthropicType(status), message } }
  }
}

function openAiType(status: number): string {
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
