import OpenAI from 'openai'
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions'

// Asks with the `openai` SDK and prints the answer, or the code of the error and exits with 1.
const [, , baseURL = '', body = ''] = process.argv
const client = new OpenAI({ baseURL, maxRetries: 0 })
try {
  const stream = await client.chat.completions.create(JSON.parse(body) as ChatCompletionCreateParamsStreaming)
  for await (const { choices } of stream) process.stdout.write(choices[0]?.delta.content ?? '')
} catch (error) {
  console.error(causes(error).join(': '))
  process.exitCode = 1
}

/** The messages and codes of an error and its causes; only the innermost names the certificate's fault. */
function causes(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  return [error.message, 'code' in error ? String(error.code) : '', ...causes(error.cause)]
}
