import { describe, expect, test } from 'vitest'
import type { MeterShape } from '#shared/gateway/routes.ts'
import * as recorded from './recorded-answers.ts'
import { countless, countsOf, EVENTS, JSON_TYPE, LINES } from './run-meter.ts'

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

  test('an `error` of null is not an error', () => {
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

  test('a model name that is too long counts as absent', () => {
    const answer = `{"model":"${'m'.repeat(300)}","done":true}`
    expect(countsOf('ollama', JSON_TYPE, answer).model).toBeNull()
  })

  test('a name of a model is read with its escapes', () => {
    expect(countsOf('ollama', JSON_TYPE, '{"model":"a\\u002fb\\"c","done":true}').model).toBe('a/b"c')
  })
})
