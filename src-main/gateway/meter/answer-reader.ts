import type { MeterShape } from '#shared/gateway/routes.ts'
import type { Found } from './found.ts'
import type { Scalar } from './kept-text.ts'
import { type WatchTree, watchTree } from './watch-tree.ts'

/** What an answer said, as far as it has come. See `Meter.counts`. */
export interface Counts {
  model: string | null
  /** Tokens; null where the answer did not say. */
  promptTokens: number | null
  completionTokens: number | null
  /** Whether the answer said everything that one of its shape should; also true where there is nothing to count. */
  metered: boolean
  /** True when the answer carried an `{"error": ...}` under its status 200. */
  failed: boolean
  /** Whether it reached its proper end: `done: true`, `[DONE]`, `message_stop`, `response.completed`, a whole body; also true where the end cannot be seen. */
  complete: boolean
}

/** Knows where answers of one shape carry their counts. Sources: Ollama's api/types.go, openai/ and anthropic/. */
export interface AnswerReader {
  readonly tree: WatchTree
  /** Takes what one object of the answer said: a line, an event, or the whole body. */
  take(found: Found, counts: Counts): void
  /** Takes the `[DONE]` that ends a stream of OpenAI's kind. */
  takeDone?(counts: Counts): void
}

/** The reader of a shape; `streamed` for server-sent events. */
export function answerReader(shape: Exclude<MeterShape, 'none'>, streamed: boolean): AnswerReader {
  switch (shape) {
    case 'ollama':
      return OLLAMA
    case 'ollama-embed':
      return OLLAMA_EMBED
    case 'openai-embed':
      return OPENAI_EMBED
    case 'openai':
      return streamed ? openAiEvents() : OPENAI
    case 'openai-responses':
      return streamed ? RESPONSES_EVENTS : RESPONSES
    case 'anthropic':
      return streamed ? anthropicEvents() : RESPONSES
  }
}

const OLLAMA: AnswerReader = {
  tree: watchTree(['model', 'error', 'done', 'done_reason', 'prompt_eval_count', 'eval_count']),
  take(found, counts) {
    takeCommon(found, counts)
    if (found.get('done') !== true) return
    counts.complete = true
    const reason = found.get('done_reason')
    // Loading or unloading a model uses no tokens: there is nothing to count, so nothing is missing.
    if (reason === 'load' || reason === 'unload') counts.metered = true
    else takeTokens(counts, found.get('prompt_eval_count'), found.get('eval_count'))
  },
}

// An embedding has no output: its completion tokens are null, and that is all it should say.
const OLLAMA_EMBED = embedReader('prompt_eval_count')
const OPENAI_EMBED = embedReader('usage.prompt_tokens')

function embedReader(path: string): AnswerReader {
  return {
    tree: watchTree(['model', 'error', path]),
    take(found, counts) {
      takeCommon(found, counts)
      counts.complete = true
      counts.promptTokens = countOf(found.get(path))
      counts.metered = counts.promptTokens !== null
    },
  }
}

const OPENAI = wholeReader('usage.prompt_tokens', 'usage.completion_tokens')
// The Responses API and Anthropic's messages use the same words.
const RESPONSES = wholeReader('usage.input_tokens', 'usage.output_tokens')

/** The reader of an answer in one JSON body, with the paths of its two counts. */
function wholeReader(prompt: string, completion: string): AnswerReader {
  return {
    tree: watchTree(['model', 'error', prompt, completion]),
    take(found, counts) {
      takeCommon(found, counts)
      counts.complete = true
      takeTokens(counts, found.get(prompt), found.get(completion))
    },
  }
}

/** Usage stands in one of the last chunks. Ollama's /v1/completions writes zeros on all others when asked. */
function openAiEvents(): AnswerReader {
  let sawZeros = false
  return {
    tree: OPENAI.tree,
    take(found, counts) {
      takeCommon(found, counts)
      const prompt = found.get('usage.prompt_tokens')
      const completion = found.get('usage.completion_tokens')
      if (prompt === 0 && completion === 0) sawZeros = true
      else if (prompt !== undefined || completion !== undefined) takeTokens(counts, prompt, completion)
    },
    takeDone(counts) {
      counts.complete = true
      // Only in a whole stream do zeros mean that nothing was used.
      if (sawZeros && counts.promptTokens === null && counts.completionTokens === null) takeTokens(counts, 0, 0)
    },
  }
}

const LAST_RESPONSE_EVENTS = new Set<Scalar | undefined>([
  'response.completed',
  'response.incomplete',
  'response.failed',
])
const RESPONSES_EVENTS: AnswerReader = {
  tree: watchTree(
    ['type', 'error'].concat(
      ['model', 'error', 'usage.input_tokens', 'usage.output_tokens'].map((path) => `response.${path}`),
    ),
  ),
  take(found, counts) {
    takeCommon(found, counts, 'response.')
    const type = found.get('type')
    if (type === 'error') counts.failed = true
    if (!LAST_RESPONSE_EVENTS.has(type)) return
    counts.complete = true
    takeTokens(counts, found.get('response.usage.input_tokens'), found.get('response.usage.output_tokens'))
  },
}

const ANTHROPIC_TREE = watchTree([
  'type',
  'error',
  'message.model',
  'message.usage.input_tokens',
  'usage.input_tokens',
  'usage.output_tokens',
])

/** `message_delta` is cumulative and wins; where it leaves out the prompt, the count of `message_start` stands. */
function anthropicEvents(): AnswerReader {
  let started: Scalar | undefined
  return {
    tree: ANTHROPIC_TREE,
    take(found, counts) {
      takeCommon(found, counts, 'message.')
      const type = found.get('type')
      if (type === 'message_start') started = found.get('message.usage.input_tokens')
      else if (type === 'message_stop') counts.complete = true
      else if (type === 'message_delta' && found.has('usage.output_tokens')) {
        // Ollama estimates in message_start, so it is no count until the delta shows that it will not be corrected.
        takeTokens(counts, found.get('usage.input_tokens') ?? started, found.get('usage.output_tokens'))
      }
    },
  }
}

function takeCommon(found: Found, counts: Counts, prefix = ''): void {
  const model = found.get(`${prefix}model`)
  if (counts.model === null && typeof model === 'string' && model !== '') counts.model = model
  if ((found.get('error') ?? found.get(`${prefix}error`) ?? null) !== null) counts.failed = true
}

function takeTokens(counts: Counts, prompt: Scalar | undefined, completion: Scalar | undefined): void {
  counts.promptTokens = countOf(prompt)
  counts.completionTokens = countOf(completion)
  counts.metered = counts.promptTokens !== null && counts.completionTokens !== null
}

/** A count is a whole number from 0 on; anything else says nothing. */
function countOf(value: Scalar | undefined): number | null {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null
}
