import type { Question } from './asker.ts'

const MODEL = 'sample-small'
const MESSAGES = [{ role: 'user', content: 'Why is the sky blue?' }]

/**
 * A chat request like that of an extension's Ollama or OpenAI client; without a secret, like one that is not set up
 * yet.
 */
export function chat(base: string, options: { api: 'ollama' | 'openai'; stream: boolean; secret?: string }): Question {
  const path = options.api === 'ollama' ? '/api/chat' : '/v1/chat/completions'
  return {
    url: `${base}${path}`,
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...bearer(options.secret) },
    body: JSON.stringify({ model: MODEL, messages: MESSAGES, stream: options.stream }),
  }
}

export function listModels(base: string, secret?: string): Question {
  return { url: `${base}/api/tags`, method: 'GET', headers: bearer(secret) }
}

function bearer(secret: string | undefined): Record<string, string> {
  return secret === undefined ? {} : { Authorization: `Bearer ${secret}` }
}
