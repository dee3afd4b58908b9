import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readMembers } from '../../../../src-main/gateway/body/json-members.ts'

function read(text: string | Buffer) {
  const bytes = Buffer.from(text)
  const result = readMembers(bytes)
  if ('problem' in result) return result.problem
  return result.members.map(({ name, valueStart, valueEnd }) => [name, bytes.toString('utf8', valueStart, valueEnd)])
}

function isRefused(text: string): boolean {
  return typeof read(text) === 'string'
}

test('members come in their order, duplicates included, each with the text of its value', () => {
  expect(read(' { "a" : 1 ,"b":[ {"c":2} ], "a":"x\\"}" , "":null } ')).toEqual([
    ['a', '1'],
    ['b', '[ {"c":2} ]'],
    ['a', '"x\\"}"'],
    ['', 'null'],
  ])
  expect(read('{}')).toEqual([])
})

test('names are decoded, and folded as Go folds them', () => {
  const result = readMembers(Buffer.from('{"\\u004dodel":1,"MODEL":2,"\\u212aeep_alive":3,"meſſages":4,"ÄÖ":5}'))
  if ('problem' in result) throw new Error(result.problem)
  expect(result.members.map((member) => member.name)).toEqual(['Model', 'MODEL', '\u212aeep_alive', 'meſſages', 'ÄÖ'])
  expect(result.members.map((member) => member.folded)).toEqual(['model', 'model', 'keep_alive', 'messages', 'ÄÖ'])
})

describe('what is refused', () => {
  test.each([
    ['a byte order mark', Buffer.from('\ufeff{}'), 'it begins with a byte order mark'],
    ['bytes that are not UTF-8', Buffer.from('{"a":"\xff"}', 'latin1'), 'it is not valid UTF-8'],
    ['an encoded surrogate', Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1'), 'it is not valid UTF-8'],
    ['UTF-16', Buffer.from('{}', 'utf16le'), 'it is not valid JSON'],
    ['nothing', '', 'it is not a JSON object'],
    ['an array', '[]', 'it is not a JSON object'],
    ['a text', '"{}"', 'it is not a JSON object'],
    ['a second object', '{}{}', 'it has text after the JSON object'],
    ['a trailing NUL', '{}\0', 'it has text after the JSON object'],
    ['a body cut off', '{"a":"b', 'it is not valid JSON'],
  ])('%s', (_, text, problem) => {
    expect(read(text)).toBe(problem)
  })

  test.each([
    '{"a":1,}',
    '{,}',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    "{'a':1}",
    '{"a":01}',
    '{"a":-}',
    '{"a":+1}',
    '{"a":.5}',
    '{"a":1.}',
    '{"a":1e}',
    '{"a":0x10}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":undefined}',
    '{"a":True}',
    '{"a":nul}',
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":[}',
    '{"a":{]}',
    '{"a":[1}}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\\u12"}',
    '{"a":"\n"}',
    '{"a":"\t"}',
    '{"a":1 "b":2}',
    '{"a":1}}',
    '{"a"::1}',
    '{"a":1;}',
    '{"a":1}//',
    '/**/{}',
    '{"a":"\\',
    '\u00a0{}',
    '\f{}',
  ])('%j', (text) => {
    expect(() => parse(text)).toThrow()
    expect(isRefused(text)).toBe(true)
  })

  test.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('nesting of %s deeper than 500', (open, close) => {
    const nested = (depth: number) => `{"a":${open.repeat(depth - 1)}1${close.repeat(depth - 1)}}`
    expect(isRefused(nested(500))).toBe(false)
    expect(read(nested(501))).toBe('it is nested too deeply')
    expect(read(nested(10_001))).toBe('it is nested too deeply')
  })

  test('10 MB of opening brackets', () => {
    expect(read(`{"a":${'['.repeat(10_000_000)}`)).toBe('it is nested too deeply')
    expect(read('['.repeat(10_000_000))).toBe('it is not a JSON object')
  })

  test('more members than anyone sends', () => {
    expect(read(`{${Array.from({ length: 10_001 }, (_, at) => `"${at}":0`).join(',')}}`)).toBe(
      'it has too many members',
    )
  })
})

test('every object that JSON.stringify writes is read with the same members', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.nat(3), (value, indent) => {
      const members = read(JSON.stringify(value, undefined, indent))
      if (typeof members === 'string') throw new Error(members)
      const expected = parse(JSON.stringify(value))
      expect(members.map(([name, text]) => [name, parse(text ?? '')])).toEqual(
        Object.entries({ ...(expected as object) }),
      )
    }),
  )
})

test('a damaged object is refused exactly when JSON.parse refuses it', () => {
  const damage = fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', 't', ' ', '\n', '')
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), damage, fc.nat(1), (value, place, piece, cut) => {
      const text = JSON.stringify(value)
      const at = place % text.length
      const damaged = text.slice(0, at) + piece + text.slice(at + cut)
      expect(isRefused(damaged)).toBe(!isObject(damaged))
    }),
    { numRuns: 2_000 },
  )
})

function isObject(text: string): boolean {
  try {
    return /^\s*\{/.test(text) && typeof parse(text) === 'object'
  } catch {
    return false
  }
}

function parse(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return value
}
