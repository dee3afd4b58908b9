import { describe, expect, test } from 'vitest'
import { findRoute } from '#shared/gateway/routes.ts'
import { judgeModels } from '../../../../src-main/gateway/body/judged-models.ts'

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
  expect(judge(body)).toEqual({ refused: 'bad_body', detail: 'its model name is not a string' })
})

test.each(['', 'model=a', '{"model":"a"}x', '\ufeff{"model":"a"}', '[{"model":"a"}]'])('%j is no body', (body) => {
  expect(judge(body)).toMatchObject({ refused: 'bad_body' })
})

test('a refusal never repeats a piece of the body', () => {
  expect(JSON.stringify(judge('{"model":"secret",}'))).not.toContain('secret')
})

/** As Ollama's api/types.go has them (commit fb30760, August 2026). */
const FIELDS: Record<string, string> = {
  'POST /api/create':
    'model stream quantize draft_quantize from remote_host files draft_files adapters template license system parameters messages renderer parser requires info name quantization',
  'POST /api/pull': 'model insecure username password stream name',
  'POST /api/push': 'model insecure username password stream name',
  'POST /api/copy': 'source destination',
  'DELETE /api/delete': 'model name',
  'POST /api/show': 'model system template verbose options name',
}
const HIDING = new Set(['files', 'draft_files', 'adapters', 'remote_host'])

describe('of a route that manages models each field is known', () => {
  const cases = Object.entries(FIELDS).flatMap(([route, names]) =>
    names.split(' ').map((name) => [route, name] as const),
  )
  const judgeOn = (on: string, body: string) => {
    const [method = '', path = ''] = on.split(' ')
    const route = findRoute(method, path)
    return judgeModels(Buffer.from(body), route?.modelFields ?? [], route?.fields)
  }

  test.each(cases)('%s knows %s', (route, name) => {
    const names = route === 'POST /api/copy' || ['model', 'name', 'from'].includes(name)
    const judged = judgeOn(route, JSON.stringify({ [name]: names ? 'a' : {} }))
    if (HIDING.has(name)) expect(judged).toMatchObject({ refused: 'model_not_allowed' })
    else expect(judged).toEqual({ models: names ? ['a'] : [] })
  })

  test.each(Object.keys(FIELDS))('%s refuses any other', (route) => {
    for (const name of ['more', 'constructor', '__proto__', 'models', 'draft', 'MODEL ']) {
      const judged = judgeOn(route, `{"${name}":null}`)
      expect(judged).toMatchObject({ refused: 'model_not_allowed', detail: expect.stringContaining('does not know') })
      expect(JSON.stringify(judged)).not.toContain(name)
    }
  })

  test.each(['draft_files', 'DRAFT_FILES', 'Draft_File\u017f', '\u0064raft_files', 'draft_file\u0073'])(
    'a draft comes in under no spelling: %s',
    (name) => {
      expect(judgeOn('POST /api/create', `{"model":"a","${name}":{"a.gguf":"sha256:1"}}`)).toMatchObject({
        refused: 'model_not_allowed',
        detail: expect.stringContaining('another model'),
      })
    },
  )

  test('a field with the same name deeper inside is another', () => {
    const body = '{"model":"a","parameters":{"files":1,"draft_num_predict":4},"messages":[{"adapters":1,"more":2}]}'
    expect(judgeOn('POST /api/create', body)).toEqual({ models: ['a'] })
  })
})
