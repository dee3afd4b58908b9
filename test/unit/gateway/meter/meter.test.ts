import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMeter } from '../../../../src-main/gateway/meter/meter.ts'
import * as recorded from './recorded-answers.ts'
import { asked, type Case, EVENTS, JSON_TYPE, LINES, run } from './run-meter.ts'

const whole = (one: Case) => run(one, [Buffer.from(one.answer)])

const chat: Case = { shape: 'openai', contentType: EVENTS, answer: recorded.CHAT_UNASKED }

const full = {
  model: 'llama3.2',
  promptTokens: 26,
  completionTokens: 282,
  metered: true,
  failed: false,
  complete: true,
}
const answers: [string, Case, object][] = [
  ['an Ollama stream', { shape: 'ollama', contentType: LINES, answer: recorded.OLLAMA_CHAT }, full],
  [
    'a whole Ollama answer',
    { shape: 'ollama', contentType: JSON_TYPE, answer: recorded.OLLAMA_GENERATE_WHOLE },
    { ...full, promptTokens: 5, completionTokens: 7 },
  ],
  [
    'a chat stream that nobody asked for usage',
    chat,
    { ...full, promptTokens: null, completionTokens: null, metered: false },
  ],
  ['a chat stream that the client asked for usage', { ...chat, answer: recorded.CHAT_ASKED }, full],
  ['a chat stream that the gateway asked', asked(recorded.CHAT_ASKED, recorded.CHAT_UNASKED), full],
  ['a chat stream with null usages', asked(recorded.CHAT_ASKED_WITH_NULLS, recorded.CHAT_UNASKED), full],
  [
    'a completions stream that the gateway asked',
    asked(recorded.COMPLETIONS_ASKED, recorded.COMPLETIONS_UNASKED),
    { ...full, promptTokens: 4, completionTokens: 9 },
  ],
  ['a stream with CRLF', asked(crlf(recorded.CHAT_ASKED), crlf(recorded.CHAT_UNASKED)), full],
  ['a stream with CR alone', asked(cr(recorded.CHAT_ASKED), cr(recorded.CHAT_UNASKED)), full],
  ['a stream with mixed line ends', asked(mixed(recorded.CHAT_ASKED), mixed(recorded.CHAT_UNASKED)), full],
  [
    'a responses stream with CR alone',
    { shape: 'openai-responses', contentType: EVENTS, answer: cr(recorded.RESPONSES_STREAM) },
    full,
  ],
  [
    'an Anthropic stream with CR alone',
    { shape: 'anthropic', contentType: EVENTS, answer: cr(recorded.ANTHROPIC_STREAM) },
    full,
  ],
  [
    'a stream that does not say what it is',
    { ...asked(recorded.CHAT_ASKED, recorded.CHAT_UNASKED), contentType: '' },
    full,
  ],
  [
    'a stream with CR alone that does not say what it is',
    { ...asked(cr(recorded.CHAT_ASKED), cr(recorded.CHAT_UNASKED)), contentType: '' },
    full,
  ],
  [
    'an Anthropic stream as text',
    { shape: 'anthropic', contentType: 'text/plain', answer: recorded.ANTHROPIC_STREAM },
    full,
  ],
  ['an Ollama stream without a type', { shape: 'ollama', contentType: '', answer: recorded.OLLAMA_CHAT }, full],
  [
    'an Ollama stream without a type, with CRLF',
    { shape: 'ollama', contentType: '', answer: crlf(recorded.OLLAMA_CHAT) },
    full,
  ],
  [
    'an Ollama stream of another name',
    { shape: 'ollama', contentType: 'application/ndjson', answer: recorded.OLLAMA_CHAT },
    full,
  ],
  [
    'a whole chat answer without a type',
    { shape: 'openai', contentType: '', answer: `\n ${recorded.CHAT_WHOLE}` },
    full,
  ],
  ['a whole chat answer', { shape: 'openai', contentType: JSON_TYPE, answer: recorded.CHAT_WHOLE }, full],
  ['a responses stream', { shape: 'openai-responses', contentType: EVENTS, answer: recorded.RESPONSES_STREAM }, full],
  ['a whole response', { shape: 'openai-responses', contentType: JSON_TYPE, answer: recorded.RESPONSES_WHOLE }, full],
  ['an Anthropic stream', { shape: 'anthropic', contentType: EVENTS, answer: recorded.ANTHROPIC_STREAM }, full],
  ['a whole Anthropic answer', { shape: 'anthropic', contentType: JSON_TYPE, answer: recorded.ANTHROPIC_WHOLE }, full],
  [
    'Ollama embeddings',
    { shape: 'ollama-embed', contentType: JSON_TYPE, answer: recorded.OLLAMA_EMBED },
    { ...full, model: 'all-minilm', promptTokens: 8, completionTokens: null },
  ],
  [
    'OpenAI embeddings',
    { shape: 'openai-embed', contentType: JSON_TYPE, answer: recorded.OPENAI_EMBED },
    { ...full, model: 'all-minilm', promptTokens: 8, completionTokens: null },
  ],
]

function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n')
}

function cr(text: string): string {
  return text.replaceAll('\n', '\r')
}

/** Each event has its own kind of line ends, regardless of the events before it. */
function mixed(text: string): string {
  const kinds = [(event: string) => event, crlf, cr]
  const events = text.split(/(?<=\n\n)/)
  return events.map((event, at) => kinds[event.includes('[DONE]') ? 0 : at % 3]?.(event)).join('')
}

describe.each(answers)('%s', (_, one, counts) => {
  const client = one.client ?? one.answer

  test('is counted, and the client gets its own bytes', () => {
    expect(whole(one)).toEqual({ text: client, counts })
  })

  test('is read the same when cut at any byte', () => {
    const bytes = Buffer.from(one.answer)
    for (let cut = 1; cut < bytes.length; cut++) {
      const result = run(one, [bytes.subarray(0, cut), bytes.subarray(cut)])
      if (result.text !== client) expect.fail(`cut at ${cut}: ${result.text}`)
      expect(result.counts).toEqual(counts)
    }
  })

  test('is read the same in single bytes', () => {
    const bytes = Buffer.from(one.answer)
    const pieces = Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1))
    expect(run(one, pieces)).toEqual({ text: client, counts })
  })

  test('is read the same in random pieces', () => {
    const bytes = Buffer.from(one.answer)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 }), (cuts) => {
        const bounds = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const pieces = bounds.slice(1).map((end, at) => bytes.subarray(bounds[at], end))
        expect(run(one, pieces)).toEqual({ text: client, counts })
      }),
      { numRuns: 50 },
    )
  })
})

test('an embedding answer of 50 MB is counted without being kept', () => {
  const meter = createMeter({ shape: 'openai-embed', contentType: JSON_TYPE, asked: false })
  meter.write(Buffer.from('{"object":"list","data":[{"embedding":[0'))
  const piece = Buffer.from(',-0.123456'.repeat(6_500))
  const before = process.memoryUsage().arrayBuffers
  for (let sent = 0; sent < 50_000_000; sent += piece.length) meter.write(piece)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  meter.write(Buffer.from(']}],"model":"m","usage":{"prompt_tokens":8}}'))
  expect(meter.counts()).toMatchObject({ model: 'm', promptTokens: 8, metered: true, complete: true })
})

test('any object is read as JSON.parse reads it, whatever its texts hold', () => {
  const counts = fc.option(fc.nat(), { nil: undefined })
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '{', ']', '\\"', '"usage":{'))
  fc.assert(
    fc.property(counts, counts, fc.dictionary(texts, fc.jsonValue()), fc.nat(60), (prompt, completion, noise, size) => {
      const value = {
        ...noise,
        model: 'm',
        usage: { x: noise, prompt_tokens: prompt, completion_tokens: completion },
        error: null,
      }
      const bytes = Buffer.from(JSON.stringify(value, undefined, size % 3))
      const meter = createMeter({ shape: 'openai', contentType: JSON_TYPE, asked: false })
      for (let at = 0; at < bytes.length; at += size + 1) meter.write(bytes.subarray(at, at + size + 1))
      expect(meter.counts()).toEqual({
        model: 'm',
        promptTokens: prompt ?? null,
        completionTokens: completion ?? null,
        metered: prompt !== undefined && completion !== undefined,
        failed: false,
        complete: true,
      })
    }),
    { numRuns: 300 },
  )
})
