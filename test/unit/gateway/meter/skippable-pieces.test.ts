import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createMeter } from '../../../../src-main/gateway/meter/meter.ts'

const word = fc.string({ maxLength: 30 })
const line = (content: string, done: boolean) =>
  `${JSON.stringify({ model: 'm', message: { role: 'assistant', content }, done, ...(done ? { prompt_eval_count: 3, eval_count: 7 } : {}) })}\n`
const event = (content: string, more: object = {}) =>
  `data: ${JSON.stringify({ model: 'm', choices: [{ delta: { content } }], ...more })}\n\n`

function count(shape: 'ollama' | 'openai', contentType: string, pieces: readonly string[]) {
  const meter = createMeter({ shape, contentType, asked: false })
  for (const piece of pieces) meter.write(Buffer.from(piece))
  return meter.counts()
}

/** Cut in the middle of every piece, nothing is a whole line or event, so that everything is read. */
function halves(pieces: readonly string[]): string[] {
  return pieces.flatMap((piece) => [piece.slice(0, 5), piece.slice(5)])
}

it('lines that are passed over say nothing that reading them would have found', () => {
  const tricky = fc.constantFrom('{"done":true}', '"error"', ',"done":false}', '"eval_count":9', '\n')
  fc.assert(
    fc.property(fc.array(fc.oneof(word, tricky)), fc.boolean(), (contents, ends) => {
      const pieces = [...contents.map((content) => line(content, false)), ...(ends ? [line('', true)] : [])]
      const type = 'application/x-ndjson'
      expect(count('ollama', type, pieces)).toEqual(count('ollama', type, halves(pieces)))
    }),
  )
})

it('events that are passed over say nothing that reading them would have found', () => {
  const tricky = fc.constantFrom('"usage"', '[DONE]', '"error"', '{"usage":{"prompt_tokens":1}}', '\n\n')
  fc.assert(
    fc.property(fc.array(fc.oneof(word, tricky)), fc.boolean(), (contents, ends) => {
      const usage = { choices: [], usage: { prompt_tokens: 3, completion_tokens: 7 } }
      const pieces = [
        ...contents.map((content) => event(content)),
        ...(ends ? [event('', usage), 'data: [DONE]\n\n'] : []),
      ]
      const type = 'text/event-stream'
      expect(count('openai', type, pieces)).toEqual(count('openai', type, halves(pieces)))
    }),
  )
})

it('an error in a line that is not done is found', () => {
  const pieces = [line('a', false), '{"model":"m","error":"out of memory","done":false}\n']
  expect(count('ollama', 'application/x-ndjson', pieces)).toMatchObject({ failed: true })
})
