import { describe, expect, test } from 'vitest'
import { judgeModels } from '../../../src-main/gateway/body/judged-models.ts'

const judge = (body: string, fields: readonly string[] = ['model']) => judgeModels(Buffer.from(body), fields)

test.each([
  ['{"model":"llama3","messages":[{"model":"inside"}]}', ['llama3']],
  ['{"messages":[],"MODEL":"a"}', ['a']],
  ['{"\\u004dodel":"a\\u002fb"}', ['a/b']],
  ['{"modeL":"\\"x\\""}', ['"x"']],
  ['{}', []],
  ['{"model":null}', []],
  ['{"model":""}', []],
  ['{"name":"not asked for"}', []],
])('%s names %j', (body, models) => {
  expect(judge(body)).toEqual({ models })
})

test('where the upstream takes both, model and name are both judged', () => {
  expect(judge('{"name":"a","model":"b"}', ['model', 'name'])).toEqual({ models: ['b', 'a'] })
  expect(judge('{"model":null,"name":"a"}', ['model', 'name'])).toEqual({ models: ['a'] })
})

test('both ends of a copy are judged', () => {
  const body = '{"source":"a","destination":"b"}'
  expect(judge(body, ['source', 'destination'])).toEqual({ models: ['a', 'b'] })
})

describe('a body that two parsers read in two ways is refused', () => {
  test.each([
    '{"model":"ok","model":"no"}',
    '{"model":"ok","MODEL":"no"}',
    '{"Model":"ok","mOdel":"no"}',
    '{"model":"ok","\\u004dodel":"no"}',
    '{"model":"same","model":"same"}',
    '{"model":null,"model":"no"}',
  ])('%s', (body) => {
    expect(judge(body)).toEqual({ refused: 'ambiguous_model' })
  })

  test('also for the other fields', () => {
    expect(judge('{"model":"a","name":"b","Name":"c"}', ['model', 'name'])).toEqual({ refused: 'ambiguous_model' })
  })

  test('and with letters beyond ASCII that Go folds into it', () => {
    expect(judge('{"source":"a","\\u017fource":"b"}', ['source'])).toEqual({ refused: 'ambiguous_model' })
  })
})

test.each(['{"model":1}', '{"model":["a"]}', '{"model":{"a":"b"}}', '{"model":true}'])('%s names no text', (body) => {
  expect(judge(body)).toEqual({ refused: 'bad_body', detail: 'the name of the model is not a text' })
})

test.each(['', 'model=a', '{"model":"a"}x', '\ufeff{"model":"a"}', '[{"model":"a"}]'])('%j is no body', (body) => {
  expect(judge(body)).toMatchObject({ refused: 'bad_body' })
})

test('a refusal never repeats a piece of the body', () => {
  expect(JSON.stringify(judge('{"model":"secret",}'))).not.toContain('secret')
})
