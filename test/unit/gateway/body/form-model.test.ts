import { describe, expect, test } from 'vitest'
import { judgeFormModels } from '../../../../src-main/gateway/body/form-model.ts'

const TYPE = 'multipart/form-data; boundary=XX'
const FILE = part('form-data; name="file"; filename="a.wav"', 'RIFF\r\n\x00--X', 'Content-Type: audio/wav\r\n')
const MODEL = part('form-data; name="model"', 'whisper')

function part(disposition: string, value: string, more = ''): string {
  return `--XX\r\nContent-Disposition: ${disposition}\r\n${more}\r\n${value}\r\n`
}

const judge = (body: string, type = TYPE) => judgeFormModels(Buffer.from(body, 'latin1'), type)

test('the model field is found at any position', () => {
  expect(judge(`${MODEL}${FILE}--XX--\r\n`)).toEqual({ models: ['whisper'] })
  expect(judge(`${FILE}${MODEL}--XX--`)).toEqual({ models: ['whisper'] })
})

test('forms as clients write them are taken', () => {
  const undici = `------formdata-undici-0123\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper\r\n------formdata-undici-0123--\r\n`
  expect(judge(undici, 'multipart/form-data; boundary=----formdata-undici-0123')).toEqual({ models: ['whisper'] })
  const dotNet = part('form-data; name=model', 'whisper', 'Content-Type: text/plain; charset=utf-8\r\n')
  expect(judge(`${dotNet}--XX--\r\n`, 'multipart/form-data; boundary="XX"')).toEqual({ models: ['whisper'] })
  const python = part(`form-data; name="file"; filename*=utf-8''%E6%BC%A2.wav`, 'RIFF')
  expect(judge(`${python}${MODEL}--XX--\r\n`)).toEqual({ models: ['whisper'] })
})

test('a form without a model, or with an empty one, names none', () => {
  expect(judge(`${FILE}--XX--\r\n`)).toEqual({ models: [] })
  expect(judge(`${part('form-data; name="model"', '')}--XX--\r\n`)).toEqual({ models: [] })
})

test.each(['model', 'Model', 'MODEL'])('a second field %s is ambiguous', (name) => {
  expect(judge(`${MODEL}${part(`form-data; name="${name}"`, 'other')}--XX--\r\n`)).toEqual({
    refused: 'ambiguous_model',
  })
})

describe('content types that are refused', () => {
  test.each([
    '',
    'application/json',
    'multipart/form-data',
    'multipart/mixed; boundary=XX',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=XX; boundary=YY',
    "multipart/form-data; boundary*=utf-8''XX",
    'multipart/form-data; boundary="X\\X"',
    'multipart/form-data; boundary="XX',
    `multipart/form-data; boundary=${'X'.repeat(71)}`,
  ])('%j', (type) => {
    expect(judge(`${MODEL}--XX--\r\n`, type)).toMatchObject({ refused: 'bad_body' })
  })
})

describe('forms that are refused', () => {
  test.each([
    ['an empty body', ''],
    ['no closing boundary', MODEL],
    ['text before the first boundary', `x\r\n${MODEL}--XX--\r\n`],
    ['text after the last', `${MODEL}--XX--\r\nx`],
    ['a hidden part after the last', `${FILE}--XX--\r\n${MODEL}--XX--\r\n`],
    ['bare line feeds', `${MODEL}--XX--\r\n`.replaceAll('\r\n', '\n')],
    ['a boundary after a bare line feed', `${part('form-data; name="a"', 'x\n--XX\ny')}--XX--\r\n`],
    ['the boundary inside a value', `${part('form-data; name="a"', 'x--XX y')}--XX--\r\n`],
    ['padding after a boundary', `${MODEL.replace('--XX', '--XX ')}--XX--\r\n`],
    ['a longer boundary', `${MODEL}--XXX\r\n\r\n--XX--\r\n`],
    ['no headers', '--XX\r\n\r\nwhisper\r\n--XX--\r\n'],
    ['headers without end', '--XX\r\nContent-Disposition: form-data; name="model"\r\n--XX--\r\n'],
    ['headers that are too long', `${part('form-data; name="model"', 'a', `X: ${'x'.repeat(9000)}\r\n`)}--XX--\r\n`],
    ['a folded header', `${part('form-data;\r\n name="model"', 'a')}--XX--\r\n`],
    ['a header twice', `${part('form-data; name="a"', 'x', 'Content-Disposition: form-data; name="model"\r\n')}--XX--`],
    ['a space before the colon', `${MODEL.replace('Disposition:', 'Disposition :')}--XX--\r\n`],
    ['a NUL in a header', `${part('form-data; name="mod\0el"', 'a')}--XX--\r\n`],
    ['an extended name', `${part(`form-data; name*=utf-8''model`, 'a')}--XX--\r\n`],
    ['an extended name beside a plain one', `${part(`form-data; name="a"; name*=utf-8''model`, 'a')}--XX--\r\n`],
    ['a name in pieces', `${part('form-data; name*0="mo"; name*1="del"', 'a')}--XX--\r\n`],
    ['two names', `${part('form-data; name="a"; name="model"', 'a')}--XX--\r\n`],
    ['two names in other letters', `${part('form-data; name="a"; NAME="model"', 'a')}--XX--\r\n`],
    ['an escape in the name', `${part('form-data; name="mode\\l"', 'a')}--XX--\r\n`],
    ['an escaped quote', `${part('form-data; name="a"; filename="x\\"; name=\\"model"', 'a')}--XX--\r\n`],
    ['another disposition', `${part('attachment; name="model"', 'a')}--XX--\r\n`],
    ['no name', `${part('form-data; filename="a"', 'a')}--XX--\r\n`],
    ['a nested form', `${part('form-data; name="a"', 'x', 'Content-Type: multipart/mixed; boundary=Y\r\n')}--XX--\r\n`],
    [
      'an encoding that Go undoes',
      `${part('form-data; name="model"', '=61', 'Content-Transfer-Encoding: quoted-printable\r\n')}--XX--`,
    ],
    ['a file as model', `${part('form-data; name="model"; filename="x"', 'a')}--XX--\r\n`],
    ['a model that is not UTF-8', `${part('form-data; name="model"', '\xff')}--XX--\r\n`],
    ['a model with control characters', `${part('form-data; name="model"', 'a\r\nb')}--XX--\r\n`],
    ['too many parts', `${part('form-data; name="a"', 'x').repeat(1001)}--XX--\r\n`],
  ])('%s', (_, body) => {
    expect(judge(body)).toMatchObject({ refused: 'bad_body' })
  })
})

test.each([301, 1025, 1_000_000])('a model of %i characters is too long for a name', (length) => {
  const body = `${part('form-data; name="model"', 'a'.repeat(length))}--XX--\r\n`
  expect(judge(body)).toMatchObject({ refused: 'model_too_long' })
})

test('a model of 300 characters is a name', () => {
  const name = 'a'.repeat(300)
  expect(judge(`${part('form-data; name="model"', name)}--XX--\r\n`)).toEqual({ models: [name] })
})

test('a file of 10 MB is passed over', () => {
  const body = `${part('form-data; name="file"; filename="a"', '\r\n--X'.repeat(2_000_000))}${MODEL}--XX--\r\n`
  expect(judge(body)).toEqual({ models: ['whisper'] })
})
