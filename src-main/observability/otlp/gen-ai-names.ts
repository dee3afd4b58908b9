import type { Exchange } from '#shared/gateway/exchange.ts'

/**
 * Names of the semantic conventions for generative AI, https://github.com/open-telemetry/semantic-conventions-genai.
 * `gen_ai.system`, the older name of `gen_ai.provider.name`, is deprecated and not sent.
 */
export const ATTRIBUTES = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  model: 'gen_ai.request.model',
  tokenType: 'gen_ai.token.type',
  error: 'error.type',
  /** Our own, and only if asked for. */
  keyId: 'latchkey.key.id',
} as const

/** The conventions have no name of their own for Ollama, and then allow one of ours. */
export const PROVIDER = 'ollama'

const TEXT = 'text_completion'
const EMBEDDINGS = 'embeddings'
const OTHER_OPERATIONS: Readonly<Record<string, string>> = {
  '/api/generate': TEXT,
  '/v1/completions': TEXT,
  '/api/embed': EMBEDDINGS,
  '/api/embeddings': EMBEDDINGS,
  '/v1/embeddings': EMBEDDINGS,
  '/v1/images/generations': 'generate_content',
  '/v1/audio/transcriptions': 'generate_content',
}

/** The operation of a route that uses a model. */
export function operationOf(route: string): string {
  return OTHER_OPERATIONS[route] ?? 'chat'
}

/** The kind of error, one of few values; undefined if the operation succeeded. */
export function errorOf({ outcome, status }: Pick<Exchange, 'outcome' | 'status'>): string | undefined {
  if (status >= 400) return String(status)
  return outcome === 'ok' ? undefined : outcome
}
