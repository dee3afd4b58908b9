import fc from 'fast-check'
import { expect, test } from 'vitest'
import { askForUsage } from '../../../../src-main/gateway/body/ask-usage.ts'

const ask = (body: string) => askForUsage(Buffer.from(body))?.toString()

test.each([
  ['{"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
  [' {\n "stream" : true }\n', ' {"stream_options":{"include_usage":true},\n "stream" : true }\n'],
  ['{"stream":true,"stream_options":{}}', '{"stream":true,"stream_options":{"include_usage":true}}'],
  ['{"stream":true,"stream_options":{ }}', '{"stream":true,"stream_options":{"include_usage":true }}'],
  ['{"stream_options":{"a":[1]},"stream":true}', '{"stream_options":{"include_usage":true,"a":[1]},"stream":true}'],
  [
    '{"stream":true,"stream_options":{"include_usage": false ,"a":1}}',
    '{"stream":true,"stream_options":{"include_usage": true ,"a":1}}',
  ],
  [
    '{"stream":true,"stream_options":{"include_usage":null}}',
    '{"stream":true,"stream_options":{"include_usage":true}}',
  ],
  ['{"stream":true,"stream_options":null}', '{"stream":true,"stream_options":{"include_usage":true}}'],
])('%s becomes %s', (body, asking) => {
  expect(ask(body)).toBe(asking)
})

test.each([
  ['does not stream', '{"stream":false}'],
  ['says nothing of streaming', '{"messages":[{"stream":true}]}'],
  ['asks already', '{"stream":true,"stream_options":{"include_usage":true}}'],
  ['streams twice', '{"stream":true,"stream":true}'],
  ['streams in other letters', '{"Stream":true}'],
  ['streams in both', '{"stream":true,"STREAM":false}'],
  ['streams by a text', '{"stream":"true"}'],
  ['has its options twice', '{"stream":true,"stream_options":{},"stream_options":{}}'],
  ['has its options in other letters', '{"stream":true,"Stream_Options":{}}'],
  ['asks twice', '{"stream":true,"stream_options":{"include_usage":false,"include_usage":false}}'],
  ['asks in other letters', '{"stream":true,"stream_options":{"Include_Usage":false}}'],
  ['has odd options', '{"stream":true,"stream_options":[]}'],
  ['has an odd answer', '{"stream":true,"stream_options":{"include_usage":0}}'],
  ['is not valid', '{"stream":true,}'],
  ['is no object', '[{"stream":true}]'],
  ['is empty', ''],
])('a body that %s is left alone', (_, body) => {
  expect(ask(body)).toBeUndefined()
})

test('all else in the body stays byte for byte', () => {
  const noise = fc.dictionary(fc.string({ unit: 'binary', minLength: 16 }), fc.jsonValue())
  fc.assert(
    fc.property(noise, noise, fc.nat(2), (before, after, indent) => {
      const body = JSON.stringify({ ...before, stream: true, ...after }, undefined, indent)
      const asking = ask(body) ?? ''
      expect(asking.replace('"stream_options":{"include_usage":true},', '')).toBe(body)
      expect(JSON.parse(asking)).toEqual({ ...JSON.parse(body), stream_options: { include_usage: true } })
      expect(ask(asking)).toBeUndefined()
    }),
  )
})
