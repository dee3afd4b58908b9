import type { MeterShape } from '#shared/gateway/routes.ts'
import type { Found } from './found.ts'
import type { Scalar } from './kept-text.ts'
import { type WatchTree, watchTree } from './watch-tree.ts'

/** The counts of an answer so far. See `Meter.counts`. */
export interface Counts {
  model: string | null
  /** Tokens; null if the answer had no count. */
  promptTokens: number | null
  completionTokens: number | null
  /** True if the answer had all counts of its shape, or if its shape has none. */
  metered: boolean
  /** True if the answer contained an `{"error": ...}` with status 200. */
  failed: boolean
  /**
   * True if the answer reached its regular end (`done: true`, `[DONE]`, `message_stop`, `response.completed`, a whole
   * body), or if its end cannot be recognised.
   */
  complete: boolean
}

/** Reads the counts from answers of one shape. Sources: Ollama's api/types.go, openai/ and anthropic/. */
export interface CountReader {
  readonly tree: WatchTree
  /** Reads the values found in one object of the answer: a line, an event, or the whole body. */
  take(found: Found, counts: Counts): void
  /** Handles the `[DONE]` at the end of an OpenAI stream. */
  takeDone?(counts: Counts): void
}

/** The reader of a shape; `streamed` for server-sent events. */
export function countReader(shape: Exclude<MeterShape, 'none'>, streamed: boolean): CountReader {
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

const OLLAMA: CountReader = {
  tree: watchTree(['model', 'error', 'done', 'done_reason', 'prompt_eval_count', 'eval_count']),
  take(found, counts) {
    takeCommon(found, counts)
    if (found.get('done') !== true) return
    counts.complete = true
    const reason = found.get('done_reason')
    // Loading or unloading a model uses no tokens, so no count is missing.
    if (reason === 'load' || reason === 'unload') counts.metered = true
    else takeTokens(counts, found.get('prompt_eval_count'), found.get('eval_count'))
  },
}

// An embedding has no output, so its completion tokens are null.
const OLLAMA_EMBED = embedReader('prompt_eval_count')
const OPENAI_EMBED = embedReader('usage.prompt_tokens')

function embedReader(path: string): CountReader {
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
// The Responses API and Anthropic's messages have the same field names.
const RESPONSES = wholeReader('usage.input_tokens', 'usage.output_tokens')

/** The reader of an answer in one JSON body, with the paths of its two counts. */
function wholeReader(prompt: string, completion: string): CountReader {
  return {
    tree: watchTree(['model', 'error', prompt, completion]),
    take(found, counts) {
      takeCommon(found, counts)
      counts.complete = true
      takeTokens(counts, found.get(prompt), found.get(completion))
    },
  }
}

/**
 * One of the last chunks has the usage. With include_usage, Ollama's /v1/completions writes zeros in all other chunks.
 */
function openAiEvents(): CountReader {
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
      // Zeros mean "no tokens used" only if the stream is complete.
      if (sawZeros && counts.promptTokens === null && counts.completionTokens === null) takeTokens(counts, 0, 0)
    },
  }
}

const LAST_RESPONSE_EVENTS = new Set<Scalar | undefined>([
  'response.completed',
  'response.incomplete',
  'response.failed',
])
const RESPONSES_EVENTS: CountReader = {
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

/**
 * `message_delta` is cumulative and takes precedence; if it lacks the prompt count, the count of `message_start`
 * applies.
 */
function anthropicEvents(): CountReader {
  let started: Scalar | undefined
  return {
    tree: ANTHROPIC_TREE,
    take(found, counts) {
      takeCommon(found, counts, 'message.')
      const type = found.get('type')
      if (type === 'message_start') started = found.get('message.usage.input_tokens')
      else if (type === 'message_stop') counts.complete = true
      else if (type === 'message_delta' && found.has('usage.output_tokens')) {
        // Ollama's message_start has an estimate. It counts only after the delta shows that it is not corrected.
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

/** A count is a whole number of at least 0; other values are ignored. */
function countOf(value: Scalar | undefined): number | null {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null
}
