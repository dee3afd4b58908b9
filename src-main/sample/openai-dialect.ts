// sample upstream: canned answers, no model. Shapes from Ollama's openai/openai.go and middleware/openai.go.
import { randomInt } from 'node:crypto'
import { type CannedAnswer, cannedAnswer, cannedEmbedding, countTokens, textsOf } from './canned-answer.ts'
import type { GoObject } from './go-json.ts'
import { MODIFIED_AT_UNIX, type SampleModels } from './sample-models.ts'
import { eventStream, json, type SampleAnswer, SampleError } from './sample-request.ts'

/** Ollama's error format under /v1/. */
export function openAiError(error: SampleError): SampleAnswer {
  const types: Record<number, string> = { 400: 'invalid_request_error', 404: 'not_found_error' }
  const type = types[error.status] ?? 'api_error'
  return json({ error: { message: error.message, type, param: null, code: null } }, error.status)
}

/** GET /v1/models */
export function listModels(models: SampleModels): SampleAnswer {
  return json({ object: 'list', data: models.names.map(modelCard) })
}

/** GET /v1/models/:model */
export function modelCard(id: string): object {
  return { id, object: 'model', created: MODIFIED_AT_UNIX, owned_by: 'library' }
}

/** POST /v1/chat/completions */
export function chatCompletions(body: GoObject, models: SampleModels): SampleAnswer {
  const messages = body['messages']
  if (!Array.isArray(messages) || messages.length === 0) throw new SampleError(400, "[] is too short - 'messages'")
  const answer = cannedAnswer(textsOf(messages), body['max_tokens'] ?? body['max_completion_tokens'])
  const base = completionBase('chatcmpl', models.find(body['model']))
  if (body['stream'] !== true) {
    const message = { role: 'assistant', content: answer.pieces.join('') }
    const choices = [{ index: 0, message, finish_reason: answer.doneReason }]
    return json({ ...base, object: 'chat.completion', choices, usage: usageOf(answer) })
  }
  return eventStream(chatChunks({ ...base, object: 'chat.completion.chunk' }, answer, wantsUsage(body)))
}

function* chatChunks(base: object, answer: CannedAnswer, withUsage: boolean): Iterable<string> {
  const chunk = (content: string, finish_reason: string | null) =>
    data({ ...base, choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason }] })
  for (const piece of answer.pieces) yield chunk(piece, null)
  yield chunk('', answer.doneReason)
  if (withUsage) yield data({ ...base, choices: [], usage: usageOf(answer) })
  yield 'data: [DONE]\n\n'
}

/** POST /v1/completions */
export function completions(body: GoObject, models: SampleModels): SampleAnswer {
  const answer = cannedAnswer(textsOf(body['prompt']), body['max_tokens'])
  const base = { ...completionBase('cmpl', models.find(body['model'])), object: 'text_completion' }
  if (body['stream'] !== true) {
    const choices = [{ text: answer.pieces.join(''), index: 0, finish_reason: answer.doneReason }]
    return json({ ...base, choices, usage: usageOf(answer) })
  }
  return eventStream(completionChunks(base, answer, wantsUsage(body)))
}

// With include_usage Ollama adds a zero usage to every chunk, and the real one to the last.
function* completionChunks(base: object, answer: CannedAnswer, withUsage: boolean): Iterable<string> {
  const zero = withUsage ? { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } } : {}
  const chunk = (text: string, finish_reason: string | null) =>
    data({ ...base, choices: [{ text, index: 0, finish_reason }], ...zero })
  for (const piece of answer.pieces) yield chunk(piece, null)
  yield chunk('', answer.doneReason)
  if (withUsage) yield data({ ...base, choices: [], usage: usageOf(answer) })
  yield 'data: [DONE]\n\n'
}

/** POST /v1/embeddings */
export function openAiEmbeddings(body: GoObject, models: SampleModels): SampleAnswer {
  const model = models.find(body['model'])
  const inputs = textsOf(body['input'])
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0)
  const encode = body['encoding_format'] === 'base64' ? base64Floats : (vector: number[]) => vector
  return json({
    object: 'list',
    data: inputs.map((input, index) => ({ object: 'embedding', embedding: encode(cannedEmbedding(input)), index })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  })
}

/** POST /v1/audio/transcriptions: names the model in a form field. */
export async function transcriptions(
  bytes: Buffer,
  contentType: string | undefined,
  models: SampleModels,
): Promise<SampleAnswer> {
  const headers = { 'content-type': contentType ?? '' }
  const form = await new Response(new Uint8Array(bytes), { headers }).formData().catch(() => undefined)
  if (form === undefined) throw new SampleError(400, 'request Content-Type is not multipart/form-data')
  models.find(form.get('model'))
  return json({ text: 'This is a canned transcription from the sample upstream.' })
}

function completionBase(prefix: string, model: string): object {
  const created = Math.floor(Date.now() / 1000)
  return { id: `${prefix}-${randomInt(999)}`, created, model, system_fingerprint: 'fp_ollama' }
}

function usageOf(answer: CannedAnswer): object {
  const completion_tokens = answer.pieces.length
  return {
    prompt_tokens: answer.promptTokens,
    completion_tokens,
    total_tokens: answer.promptTokens + completion_tokens,
  }
}

function wantsUsage(body: GoObject): boolean {
  const options = body['stream_options']
  return typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

function base64Floats(vector: number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString('base64')
}
