import { describe, expect, test } from 'vitest'
import { createMeter } from '../../../../src-main/gateway/meter/meter.ts'
import { asked, EVENTS, JSON_TYPE, run } from './run-meter.ts'

describe('what the client gets', () => {
  test('without asking, every piece is the very same Buffer', () => {
    const meter = createMeter({ shape: 'openai', contentType: EVENTS, asked: false })
    const pieces = [Buffer.from('data: {"usa'), Buffer.from('ge":null}\n'), Buffer.from('\n')]
    for (const piece of pieces) expect(meter.write(piece)).toBe(piece)
    expect(meter.flush()).toBeUndefined()
  })

  test('when asked, a piece of whole events without usage is the very same Buffer', () => {
    const meter = createMeter({ shape: 'openai', contentType: EVENTS, asked: true })
    const piece = Buffer.from('data: {"choices":[{}]}\n\n: ping\n\n')
    expect(meter.write(piece)).toBe(piece)
  })

  test('when asked, a finished event is never held back', () => {
    const meter = createMeter({ shape: 'openai', contentType: EVENTS, asked: true })
    expect(String(meter.write(Buffer.from('data: {"choices":[1]}\n\ndata: {"cho')))).toBe('data: {"choices":[1]}\n\n')
    expect(meter.write(Buffer.from('ices":[2]}\n'))).toBeUndefined()
    expect(String(meter.write(Buffer.from('\n')))).toBe('data: {"choices":[2]}\n\n')
  })

  test.each(['\r', '\r\n', '\n'])('when asked, an event that ends with %j is not held back either', (end) => {
    const meter = createMeter({ shape: 'openai', contentType: '', asked: true })
    const event = `data: {"choices":[1]}${end}${end}`
    for (let round = 0; round < 3; round++) expect(String(meter.write(Buffer.from(event)))).toBe(event)
  })

  test('when asked, an unfinished last event is handed over in the end', () => {
    const meter = createMeter({ shape: 'openai', contentType: EVENTS, asked: true })
    expect(meter.write(Buffer.from('data: {"cho'))).toBeUndefined()
    expect(String(meter.flush())).toBe('data: {"cho')
    expect(meter.flush()).toBeUndefined()
  })

  test('when asked, the extra chunk goes even when the stream ends without its blank line', () => {
    const meter = createMeter({ shape: 'openai', contentType: EVENTS, asked: true })
    meter.write(Buffer.from('data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n'))
    expect(meter.flush()).toBeUndefined()
    expect(meter.counts()).toMatchObject({ promptTokens: 1, completionTokens: 2, metered: true, complete: false })
  })

  test.each([
    ['{"usage":null}', '{}'],
    ['{"usage":null,"choices":[{}]}', '{"choices":[{}]}'],
    ['{ "a": 1 , "usage": {"x":[{}]} , "b": 2 }', '{ "a": 1 , "b": 2 }'],
    ['{"choices":[],"usage":null}', '{"choices":[]}'],
    ['{"choices":[{"usage":null}]}', '{"choices":[{"usage":null}]}'],
    ['{"usage":null} x', '{"usage":null} x'],
    ['"usage"', '"usage"'],
  ])('when asked, %s reaches the client as %s', (sent, got) => {
    const meter = createMeter({ shape: 'openai', contentType: EVENTS, asked: true })
    expect(String(meter.write(Buffer.from(`id: 1\ndata: ${sent}\n\n`)))).toBe(`id: 1\ndata: ${got}\n\n`)
  })

  test('when asked, an event of far more than a mebibyte passes as it is, and the next is seen again', () => {
    const huge = `data: {"usage":null,"choices":["${'x'.repeat(1_500_000)}"]}\n\n`
    const next = 'data: {"choices":[1],"usage":null}\n\n'
    const bytes = Buffer.from(huge + next)
    const pieces = Array.from({ length: 200 }, (_, at) => bytes.subarray(at * 8_000, (at + 1) * 8_000))
    const { text } = run(asked(huge + next, ''), pieces)
    expect(text.length).toBe(huge.length + next.length - ',"usage":null'.length)
    expect(text.slice(-40)).toBe('xxxx"]}\n\ndata: {"choices":[1]}\n\n'.padStart(40, 'x'))
    expect(text.slice(0, 40)).toBe(huge.slice(0, 40))
  })

  test('when asked but answered with one JSON body, it is left alone', () => {
    const meter = createMeter({ shape: 'openai', contentType: JSON_TYPE, asked: true })
    const body = Buffer.from('{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}')
    expect(meter.write(body)).toBe(body)
    expect(meter.counts()).toMatchObject({ promptTokens: 1, completionTokens: 2, metered: true, complete: true })
  })
})
