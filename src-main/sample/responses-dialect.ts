// sample upstream: canned answers, no model. Shapes from Ollama's openai/responses.go.
import { randomInt } from 'node:crypto'
import { type CannedAnswer, cannedAnswer, textsOf } from './canned-answer.ts'
import type { GoObject } from './go-json.ts'
import type { SampleModels } from './sample-models.ts'
import { eventStream, json, type SampleAnswer } from './sample-request.ts'

/** POST /v1/responses */
export function responses(body: GoObject, models: SampleModels): SampleAnswer {
  const model = models.find(body['model'])
  const prompt = [...textsOf(body['instructions']), ...textsOf(body['input'])]
  const answer = cannedAnswer(prompt, body['max_output_tokens'])
  const base = responseBase(model, body)
  const item = { id: `msg_${randomInt(999_999)}`, type: 'message', role: 'assistant' }
  if (body['stream'] === true) return eventStream(responseEvents(base, item, answer))
  return json(completed(base, item, answer))
}

function* responseEvents(base: object, item: { id: string }, answer: CannedAnswer): Iterable<string> {
  let sequence_number = 0
  const event = (type: string, value: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ ...value, type, sequence_number: sequence_number++ })}\n\n`
  const text = answer.pieces.join('')
  const place = { item_id: item.id, output_index: 0, content_index: 0 }
  const started = { ...base, status: 'in_progress', completed_at: null, output: [], usage: null }
  yield event('response.created', { response: started })
  yield event('response.in_progress', { response: started })
  yield event('response.output_item.added', {
    output_index: 0,
    item: { ...item, status: 'in_progress', content: [] },
  })
  yield event('response.content_part.added', { ...place, part: textPart('') })
  for (const delta of answer.pieces) yield event('response.output_text.delta', { ...place, delta, logprobs: [] })
  yield event('response.output_text.done', { ...place, text, logprobs: [] })
  yield event('response.content_part.done', { ...place, part: textPart(text) })
  yield event('response.output_item.done', { output_index: 0, item: finishedItem(item, text) })
  yield event('response.completed', { response: completed(base, item, answer) })
}

function completed(base: object, item: object, answer: CannedAnswer): object {
  const output_tokens = answer.pieces.length
  return {
    ...base,
    status: 'completed',
    completed_at: Math.floor(Date.now() / 1000),
    output: [finishedItem(item, answer.pieces.join(''))],
    usage: {
      input_tokens: answer.promptTokens,
      output_tokens,
      total_tokens: answer.promptTokens + output_tokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  }
}

function finishedItem(item: object, text: string): object {
  return { ...item, status: 'completed', content: [textPart(text)] }
}

function textPart(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

function responseBase(model: string, body: GoObject): object {
  return {
    id: `resp_${randomInt(999_999)}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    model,
    incomplete_details: null,
    previous_response_id: null,
    instructions: body['instructions'] ?? null,
    error: null,
    tools: [],
    tool_choice: 'auto',
    truncation: 'disabled',
    parallel_tool_calls: true,
    text: { format: { type: 'text' } },
    top_p: 1,
    temperature: 1,
    store: false,
    metadata: {},
  }
}
