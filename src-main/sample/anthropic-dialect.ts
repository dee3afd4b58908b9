// sample upstream: canned answers, no model. Shapes from Ollama's anthropic/anthropic.go.
import { randomBytes } from 'node:crypto'
import { errorBody } from '#shared/gateway/dialects.ts'
import { type CannedAnswer, cannedAnswer, textsOf } from './canned-answer.ts'
import type { GoObject } from './go-json.ts'
import type { SampleModels } from './sample-models.ts'
import { eventStream, json, type SampleAnswer, type SampleError } from './sample-request.ts'

/** Ollama's error format under /v1/messages. */
export function anthropicError(error: SampleError): SampleAnswer {
  const body = errorBody('anthropic', error.status, '', error.message)
  return json({ ...body, request_id: newId('req') }, error.status)
}

/** POST /v1/messages */
export function messages(body: GoObject, models: SampleModels): SampleAnswer {
  const model = models.find(body['model'])
  const prompt = [...textsOf(body['system']), ...textsOf(body['messages'])]
  const answer = cannedAnswer(prompt, body['max_tokens'])
  const base = { id: newId('msg'), type: 'message', role: 'assistant', model }
  if (body['stream'] === true) return eventStream(messageEvents(base, prompt, answer))
  return json({
    ...base,
    content: [{ type: 'text', text: answer.pieces.join('') }],
    stop_reason: stopReason(answer),
    usage: usageOf(answer),
  })
}

function* messageEvents(base: object, prompt: readonly string[], answer: CannedAnswer): Iterable<string> {
  // An estimate, like Ollama's, which knows the count only after it has evaluated the prompt. message_delta takes
  // precedence.
  const input_tokens = Math.ceil(prompt.join('').length / 4)
  const usage = { input_tokens, output_tokens: 0 }
  yield event({ type: 'message_start', message: { ...base, content: [], usage } })
  yield event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
  for (const text of answer.pieces) {
    yield event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })
  }
  yield event({ type: 'content_block_stop', index: 0 })
  yield event({ type: 'message_delta', delta: { stop_reason: stopReason(answer) }, usage: usageOf(answer) })
  yield event({ type: 'message_stop' })
}

function event(value: { type: string } & Record<string, unknown>): string {
  return `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`
}

function stopReason(answer: CannedAnswer): string {
  return answer.doneReason === 'length' ? 'max_tokens' : 'end_turn'
}

function usageOf(answer: CannedAnswer): object {
  return { input_tokens: answer.promptTokens, output_tokens: answer.pieces.length }
}

function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`
}
