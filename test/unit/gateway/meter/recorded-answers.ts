/**
 * Answers as Ollama 0.12 writes them (field order and framing from api/types.go, openai/openai.go, openai/responses.go,
 * anthropic/anthropic.go and middleware/), with texts in them that look like counts and framing.
 */
const FORGED =
  'hi "eval_count": 999, "usage":{"prompt_tokens":999,"completion_tokens":999}\ndata: [DONE]\n\n{"done":true,"eval_count":999}\r\n}]} \\" é 漢 😀'
const PIECES = ['Once', ' upon', ' {"a":[1,2', FORGED, '\\', '"', ' end']

const at = '2026-08-01T12:00:00.123456789Z'
const line = (value: object): string => `${JSON.stringify(value)}\n`
const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`
const event = (type: string, value: object): string => `event: ${type}\n${data({ type, ...value })}`

export const OLLAMA_CHAT = [
  ...PIECES.map((content) =>
    line({ model: 'llama3.2', created_at: at, message: { role: 'assistant', content }, done: false }),
  ),
  line({
    model: 'llama3.2',
    created_at: at,
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: 'stop',
    total_duration: 4_883_583_458,
    load_duration: 1_334_875,
    prompt_eval_count: 26,
    prompt_eval_cached_count: 7,
    prompt_eval_duration: 342_546_000,
    eval_count: 282,
    eval_duration: 4_535_599_000,
  }),
].join('')

export const OLLAMA_GENERATE_WHOLE = JSON.stringify({
  model: 'llama3.2',
  created_at: at,
  response: FORGED,
  done: true,
  done_reason: 'stop',
  context: [1, 2, 3],
  prompt_eval_count: 5,
  eval_count: 7,
})

const chatChunk = {
  id: 'chatcmpl-123',
  object: 'chat.completion.chunk',
  created: 1_785_585_600,
  model: 'llama3.2',
  system_fingerprint: 'fp_ollama',
}
const choice = (content: string, finish: string | null) => ({
  choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: finish }],
})
const chatPieces = [...PIECES.map((text) => choice(text, null)), choice('', 'stop')]
const done = 'data: [DONE]\n\n'

/** `/v1/chat/completions` as it streams without and with `include_usage`. */
export const CHAT_UNASKED = chatPieces.map((piece) => data({ ...chatChunk, ...piece })).join('') + done
export const CHAT_ASKED =
  chatPieces.map((piece) => data({ ...chatChunk, ...piece })).join('') +
  data({
    ...chatChunk,
    choices: [],
    usage: {
      prompt_tokens: 26,
      completion_tokens: 282,
      total_tokens: 308,
      prompt_tokens_details: { cached_tokens: 7 },
    },
  }) +
  done
/** As OpenAI and vLLM stream when asked: `usage` is null on every chunk but the last. */
export const CHAT_ASKED_WITH_NULLS =
  chatPieces.map((piece) => data({ ...chatChunk, ...piece, usage: null })).join('') +
  data({ ...chatChunk, choices: [], usage: { prompt_tokens: 26, completion_tokens: 282, total_tokens: 308 } }) +
  done

const textChunk = {
  id: 'cmpl-7',
  object: 'text_completion',
  created: 1_785_585_600,
}
const textPieces = [...PIECES.map((text) => [text, null] as const), ['', 'stop'] as const].map(([text, finish]) => ({
  ...textChunk,
  choices: [{ text, index: 0, finish_reason: finish }],
  model: 'llama3.2',
  system_fingerprint: 'fp_ollama',
}))
const noUsage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }

/** `/v1/completions`, where Ollama writes zeros on every chunk when asked. */
export const COMPLETIONS_UNASKED = textPieces.map((piece) => data(piece)).join('') + done
export const COMPLETIONS_ASKED =
  textPieces.map((piece) => data({ ...piece, usage: noUsage })).join('') +
  data({
    ...textPieces.at(-1),
    choices: [],
    usage: { prompt_tokens: 4, completion_tokens: 9, total_tokens: 13 },
  }) +
  done

export const CHAT_WHOLE = `${JSON.stringify({
  ...chatChunk,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: FORGED }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 26, completion_tokens: 282, total_tokens: 308 },
})}\n`

const response = (status: string, usage: object | null) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_785_585_600,
  error: null,
  instructions: FORGED,
  metadata: { usage: 'none' },
  model: 'llama3.2',
  output: [{ type: 'message', content: [{ type: 'output_text', text: FORGED }] }],
  status,
  usage,
})
const responseUsage = {
  input_tokens: 26,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 282,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 308,
}

export const RESPONSES_STREAM = [
  event('response.created', { response: response('in_progress', null), sequence_number: 0 }),
  event('response.in_progress', { response: response('in_progress', null), sequence_number: 1 }),
  ...PIECES.map((delta, index) =>
    event('response.output_text.delta', { content_index: 0, delta, item_id: 'msg_1', sequence_number: index + 2 }),
  ),
  // Go writes the members of a map in the order of the alphabet, so `type` comes last.
  `event: response.completed\n${data({
    response: response('completed', responseUsage),
    sequence_number: 20,
    type: 'response.completed',
  })}`,
].join('')
export const RESPONSES_WHOLE = JSON.stringify(response('completed', responseUsage))

export const ANTHROPIC_STREAM = [
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'llama3.2',
      content: [],
      usage: { input_tokens: 31, output_tokens: 0 },
    },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  event('ping', {}),
  ...PIECES.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
  event('content_block_stop', { index: 0 }),
  event('message_delta', {
    delta: { stop_reason: 'end_turn' },
    usage: { input_tokens: 26, output_tokens: 282 },
  }),
  event('message_stop', {}),
].join('')
export const ANTHROPIC_WHOLE = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  model: 'llama3.2',
  content: [{ type: 'text', text: FORGED }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 26, output_tokens: 282 },
})

export const OLLAMA_EMBED = JSON.stringify({
  model: 'all-minilm',
  embeddings: [[0.0101, -0.0017, 1e-5]],
  total_duration: 14_143_917,
  load_duration: 1_019_500,
  prompt_eval_count: 8,
})
export const OPENAI_EMBED = JSON.stringify({
  object: 'list',
  data: [{ object: 'embedding', embedding: [0.0101, -0.0017], index: 0 }],
  model: 'all-minilm',
  usage: { prompt_tokens: 8, total_tokens: 8 },
})
