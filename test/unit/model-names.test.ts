import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalModel, modelMatcher } from '#shared/upstreams/model-names.ts'

test.each([
  ['llama3', 'llama3:latest'],
  ['llama3:latest', 'llama3:latest'],
  ['LLaMA3:Latest', 'llama3:latest'],
  [' llama3 ', 'llama3:latest'],
  ['library/llama3', 'llama3:latest'],
  ['registry.ollama.ai/library/llama3', 'llama3:latest'],
  ['https://Registry.Ollama.ai/library/llama3:8b', 'llama3:8b'],
  ['registry.ollama.ai/eva/llama3', 'eva/llama3:latest'],
  ['hf.co/bartowski/Llama-3.2-GGUF:Q4_K_M', 'hf.co/bartowski/llama-3.2-gguf:q4_k_m'],
  ['localhost:5000/library/llama3', 'localhost:5000/library/llama3:latest'],
])('%j is %s', (name, canonical) => {
  expect(canonicalModel(name)).toBe(canonical)
})

describe('a list', () => {
  test.each<[pattern: string, allowed: string[], denied: string[]]>([
    [
      'llama3',
      ['llama3', 'llama3:latest', 'LLAMA3', 'library/llama3', 'registry.ollama.ai/library/llama3:latest'],
      [
        'llama3:8b',
        'llama3.2',
        'llama',
        'eva/llama3',
        'evil.com/library/llama3',
        'llama3\\x',
        '',
        'llama3\0',
        'ﬂlama3',
      ],
    ],
    ['Library/LLAMA3:LATEST', ['llama3'], ['llama3:8b']],
    ['llama3:8b', ['llama3:8b', 'LLAMA3:8B'], ['llama3', 'llama3:8b-instruct']],
    [
      'llama3*',
      ['llama3', 'llama3:8b', 'llama3.2:1b'],
      ['llama3-fake/other', 'llama3/x', 'llama3\\x', 'eva/llama3', 'llama'],
    ],
    ['llama3:*', ['llama3', 'llama3:8b'], ['llama3.2:8b']],
    ['*:8b', ['llama3:8b', 'eva/llama3:8b'], ['llama3', 'llama3:18bx']],
    ['*gemma*', ['gemma3', 'codegemma:7b', 'google/gemma-3'], ['llama3', 'gemma/llama3']],
    ['*ollama*', ['tinyollama'], ['llama3']],
    ['*', ['llama3', 'a/b/c/d', 'hf.co/x/y:z'], []],
    ['eva/*', ['eva/llama3', 'eva/x:1'], ['eva/evil/llama3', 'llama3', 'bob/llama3']],
    ['hf.co/*', ['hf.co/bartowski/x:Q4', 'HF.co/a/b'], ['llama3', 'evil.com/hf.co/x', 'hf.co.evil.com/a/b']],
    ['hf.co/bart*', ['hf.co/bartowski/x:Q4'], ['hf.co/eva/x']],
    ['hf.co/bartowski/*', ['hf.co/bartowski/x:Q4'], ['hf.co/eva/x', 'hf.co/bartowski/x/y']],
    ['library/*', ['llama3:8b'], ['eva/llama3', 'library/evil/llama3']],
    ['a*b*c', ['abc:latest', 'abc', 'a1b2c'], ['acb', 'ab', 'abcd']],
    ['a*a:1', ['aa:1', 'aba:1'], ['a:1']],
  ])('%s', (pattern, allowed, denied) => {
    const matches = modelMatcher([pattern])
    expect(allowed.filter((model) => !matches(model))).toEqual([])
    expect(denied.filter((model) => matches(model))).toEqual([])
  })

  test('lets in what any of its entries lets in', () => {
    const matches = modelMatcher(['llama3', 'qwen*'])
    expect([matches('llama3'), matches('qwen3:8b'), matches('gemma3')]).toEqual([true, true, false])
  })

  test('that is empty lets in nothing', () => {
    expect(modelMatcher([])('llama3')).toBe(false)
  })

  test('of hostile patterns takes no longer for a hostile name', () => {
    expect(modelMatcher([`${'*a'.repeat(150)}b`])('a'.repeat(1_000_000))).toBe(false)
  })
})

test('a name always matches itself, in any letters and with the defaults written out', () => {
  const part = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,10}$/)
  fc.assert(
    fc.property(part, fc.option(part), (model, tag) => {
      const name = tag === null ? model : `${model}:${tag}`
      const matches = modelMatcher([name])
      expect(matches(name.toUpperCase())).toBe(true)
      expect(matches(`registry.ollama.ai/library/${name}`)).toBe(true)
      expect(matches(canonicalModel(name))).toBe(true)
      expect(matches(`x${name}`)).toBe(false)
    }),
  )
})

test('a star matches as a regular expression would, part by part', () => {
  const text = fc.stringMatching(/^[ab]{0,6}$/)
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), text, (pieces, name) => {
      const expected = new RegExp(`^${pieces.map((piece) => `${piece}.*`).join('')}:x$`).test(`${name}:x`)
      expect(modelMatcher([`library/${pieces.map((piece) => `${piece}*`).join('')}:x`])(`${name}:x`)).toBe(expected)
    }),
    { numRuns: 1_000 },
  )
})
