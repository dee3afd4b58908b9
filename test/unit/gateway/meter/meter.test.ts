import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MeterShape } from '#shared/gateway/routes.ts'
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

/** Each event with line ends of its own kind, whatever stands before it. */
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

function countsOf(shape: MeterShape, contentType: string, answer: string) {
  return whole({ shape, contentType, answer }).counts
}

const countless = { promptTokens: null, completionTokens: null, metered: false }

describe('missing is not zero', () => {
  test.each([
    ['absent', ''],
    ['null', ',"prompt_eval_count":null,"eval_count":null'],
    ['negative', ',"prompt_eval_count":-1,"eval_count":-1'],
    ['fractional', ',"prompt_eval_count":1.5,"eval_count":0.1'],
    ['too large', ',"prompt_eval_count":9007199254740993,"eval_count":1e300'],
    ['texts', ',"prompt_eval_count":"5","eval_count":"7"'],
    ['objects', ',"prompt_eval_count":{"a":1},"eval_count":[1]'],
    ['in an object inside', ',"message":{"prompt_eval_count":5,"eval_count":7}'],
  ])('counts that are %s leave the answer unmetered', (_, counts) => {
    const answer = `{"model":"m","done":true${counts}}\n`
    expect(countsOf('ollama', LINES, answer)).toMatchObject({ ...countless, complete: true })
  })

  test('one count of two is kept, and the answer is unmetered', () => {
    expect(countsOf('ollama', LINES, '{"done":true,"eval_count":7}\n')).toMatchObject({
      promptTokens: null,
      completionTokens: 7,
      metered: false,
    })
  })

  test('counts on a line that is not the last are not taken', () => {
    expect(countsOf('ollama', LINES, '{"done":false,"prompt_eval_count":1,"eval_count":1}\n')).toMatchObject(countless)
  })

  test.each(['load', 'unload'])('a model %s has nothing to count', (reason) => {
    const answer = `{"model":"m","done":true,"done_reason":"${reason}"}`
    expect(countsOf('ollama', JSON_TYPE, answer)).toMatchObject({ ...countless, metered: true, complete: true })
  })

  test('the zeros that Ollama writes on each asked chunk are no counts when the stream is cut', () => {
    const cut = recorded.COMPLETIONS_ASKED.slice(0, recorded.COMPLETIONS_ASKED.indexOf('"choices":[]'))
    expect(countsOf('openai', EVENTS, cut)).toMatchObject({ ...countless, complete: false })
  })

  test('zeros at the end of a whole stream are counts', () => {
    const zeros = 'data: {"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}\n\ndata: [DONE]\n\n'
    expect(countsOf('openai', EVENTS, zeros)).toMatchObject({ promptTokens: 0, completionTokens: 0, metered: true })
  })

  test("Anthropic's estimate is no count when the stream is cut", () => {
    const cut = recorded.ANTHROPIC_STREAM.slice(0, recorded.ANTHROPIC_STREAM.indexOf('event: message_delta'))
    expect(countsOf('anthropic', EVENTS, cut)).toMatchObject({ ...countless, model: 'llama3.2', complete: false })
  })

  test("Anthropic's first count stands when the last leaves the prompt out", () => {
    const answer = recorded.ANTHROPIC_STREAM.replace('"input_tokens":26,', '')
    expect(countsOf('anthropic', EVENTS, answer)).toMatchObject({
      promptTokens: 31,
      completionTokens: 282,
      metered: true,
    })
  })

  test('an unexpected media type is passed on unmetered', () => {
    expect(countsOf('ollama', 'text/html', recorded.OLLAMA_CHAT)).toMatchObject({ ...countless, complete: true })
  })

  test('a route without counts has nothing to meter', () => {
    expect(countsOf('none', JSON_TYPE, '{"embedding":[1]}')).toMatchObject({ ...countless, metered: true })
  })
})

describe('proper ends and failures', () => {
  test.each<[MeterShape, string, string]>([
    ['ollama', LINES, recorded.OLLAMA_CHAT],
    ['openai', EVENTS, recorded.CHAT_ASKED],
    ['openai', JSON_TYPE, recorded.CHAT_WHOLE.trimEnd()],
    ['openai-responses', EVENTS, recorded.RESPONSES_STREAM],
    ['anthropic', EVENTS, recorded.ANTHROPIC_STREAM],
    ['openai-embed', JSON_TYPE, recorded.OPENAI_EMBED],
  ])('a cut %s answer (%s) is not complete', (shape, contentType, answer) => {
    expect(countsOf(shape, contentType, answer.slice(0, -8)).complete).toBe(false)
  })

  test.each<[MeterShape, string, string]>([
    ['ollama', LINES, '{"model":"m","done":false}\n{"error":"the model ran out of memory"}\n'],
    ['openai', EVENTS, 'data: {"error":{"message":"no","type":"api_error"}}\n\n'],
    ['openai-responses', EVENTS, 'event: error\ndata: {"type":"error","message":"no"}\n\n'],
    ['openai-responses', EVENTS, 'data: {"type":"response.failed","response":{"error":{"code":"x"}}}\n\n'],
    ['anthropic', EVENTS, 'event: error\ndata: {"type":"error","error":{"type":"api_error"}}\n\n'],
    ['openai-embed', JSON_TYPE, '{"error":"no"}'],
  ])('an error under status 200 is seen in a %s answer (%s)', (shape, contentType, answer) => {
    expect(countsOf(shape, contentType, answer)).toMatchObject({ ...countless, failed: true })
  })

  test.each(['response.incomplete', 'response.failed'])('%s ends a stream with its counts', (type) => {
    const answer = `data: {"response":{"usage":{"input_tokens":3,"output_tokens":4}},"type":"${type}"}\n\n`
    expect(countsOf('openai-responses', EVENTS, answer)).toMatchObject({
      promptTokens: 3,
      completionTokens: 4,
      metered: true,
      complete: true,
    })
  })

  test('an error that is null is none', () => {
    expect(countsOf('openai-responses', JSON_TYPE, recorded.RESPONSES_WHOLE).failed).toBe(false)
  })

  test('a damaged line loses itself only', () => {
    const answer = `{"model":"m","message":{"content":"cut\n{"done":true,"prompt_eval_count":1,"eval_count":2}\n`
    expect(countsOf('ollama', LINES, answer)).toMatchObject({ promptTokens: 1, completionTokens: 2, metered: true })
  })

  test('a damaged event loses itself only', () => {
    const answer = `data: {"model":"m\n\ndata: {"model":"n","usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n`
    expect(countsOf('openai', EVENTS, answer)).toMatchObject({ model: 'n', promptTokens: 1, metered: true })
  })

  test('comments, ids and lines that only begin like data are not read', () => {
    const forged = '{"usage":{"prompt_tokens":9,"completion_tokens":9}}'
    const answer = `: ${forged}\nid: ${forged}\ndat: ${forged}\ndatax: ${forged}\n\n`
    expect(countsOf('openai', EVENTS, answer)).toMatchObject(countless)
  })

  test('a name of a model that is too long to be one is none', () => {
    const answer = `{"model":"${'m'.repeat(300)}","done":true}`
    expect(countsOf('ollama', JSON_TYPE, answer).model).toBeNull()
  })

  test('a name of a model is read with its escapes', () => {
    expect(countsOf('ollama', JSON_TYPE, '{"model":"a\\u002fb\\"c","done":true}').model).toBe('a/b"c')
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
