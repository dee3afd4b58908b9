// sample upstream: canned answers, no model. Shapes from Ollama's api/types.go and server/routes.go.
import { type CannedAnswer, cannedAnswer, cannedEmbedding, countTokens, textsOf } from './canned-answer.ts'
import type { GoObject } from './go-json.ts'
import type { SampleModels } from './sample-models.ts'
import { json, ndjson, type SampleAnswer } from './sample-request.ts'

const NANOSECONDS_PER_TOKEN = 1_000_000

/** POST /api/chat */
export function chat(body: GoObject, models: SampleModels): SampleAnswer {
  const model = models.find(body['model'])
  const prompt = textsOf(body['messages'])
  const line = (content: string) => ({ ...stamp(model), message: { role: 'assistant', content } })
  if (prompt.length === 0) return json({ ...line(''), done_reason: loadReason(body), done: true })
  return streamed(body, cannedAnswer(prompt, numPredict(body)), line)
}

/** POST /api/generate */
export function generate(body: GoObject, models: SampleModels): SampleAnswer {
  const model = models.find(body['model'])
  const prompt = [...textsOf(body['system']), ...textsOf(body['prompt'])]
  const line = (response: string) => ({ ...stamp(model), response })
  if (textsOf(body['prompt']).join('') === '') return json({ ...line(''), done: true, done_reason: loadReason(body) })
  return streamed(body, cannedAnswer(prompt, numPredict(body)), line)
}

/** POST /api/embed */
export function embed(body: GoObject, models: SampleModels): SampleAnswer {
  const model = models.find(body['model'])
  const inputs = textsOf(body['input'])
  return json({
    model,
    embeddings: inputs.map(cannedEmbedding),
    total_duration: inputs.length * NANOSECONDS_PER_TOKEN,
    load_duration: NANOSECONDS_PER_TOKEN,
    prompt_eval_count: inputs.reduce((sum, input) => sum + countTokens(input), 0),
  })
}

/** POST /api/embeddings: the older one, without counts. */
export function embeddings(body: GoObject, models: SampleModels): SampleAnswer {
  models.find(body['model'])
  return json({ embedding: cannedEmbedding(textsOf(body['prompt']).join(' ')) })
}

// Ollama streams by default.
function streamed(body: GoObject, answer: CannedAnswer, line: (piece: string) => object): SampleAnswer {
  if (body['stream'] === false) return json({ ...line(answer.pieces.join('')), ...finalCounts(answer) })
  return ndjson(lines(answer, line))
}

function* lines(answer: CannedAnswer, line: (piece: string) => object): Iterable<object> {
  for (const piece of answer.pieces) yield { ...line(piece), done: false }
  yield { ...line(''), ...finalCounts(answer) }
}

function finalCounts(answer: CannedAnswer): object {
  const promptTime = answer.promptTokens * NANOSECONDS_PER_TOKEN
  const answerTime = answer.pieces.length * NANOSECONDS_PER_TOKEN
  return {
    done: true,
    done_reason: answer.doneReason,
    total_duration: promptTime + answerTime + NANOSECONDS_PER_TOKEN,
    load_duration: NANOSECONDS_PER_TOKEN,
    prompt_eval_count: answer.promptTokens,
    prompt_eval_duration: promptTime,
    eval_count: answer.pieces.length,
    eval_duration: answerTime,
  }
}

function stamp(model: string): { model: string; created_at: string } {
  return { model, created_at: new Date().toISOString() }
}

function numPredict(body: GoObject): unknown {
  const options = body['options']
  return typeof options === 'object' && options !== null && 'num_predict' in options ? options.num_predict : undefined
}

/** Without a prompt Ollama only loads the model, or unloads it if keep_alive is 0. */
function loadReason(body: GoObject): 'load' | 'unload' {
  return [0, '0', '0s', '0m'].includes(body['keep_alive'] as number | string) ? 'unload' : 'load'
}
