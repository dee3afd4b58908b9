import { expect, test } from 'vitest'
import { parseOllamaHost, upstreamUrl } from '../../../src-main/upstreams/address.ts'
import { isGatewayItself } from '../../../src-main/upstreams/choice.ts'

// The rows of Ollama's own test (envconfig/config_test.go, TestHost), with "listen everywhere" turned into loopback.
test.each([
  ['1.2.3.4', 'http://1.2.3.4:11434'],
  [':1234', 'http://127.0.0.1:1234'],
  ['example.com', 'http://example.com:11434'],
  ['example.com:56789', 'http://example.com:56789'],
  ['127.0.0.1:0', 'http://127.0.0.1:0'],
  ['127.0.0.1:99999', 'http://127.0.0.1:11434'],
  ['[::1]', 'http://[::1]:11434'],
  ['[::1]:9', 'http://[::1]:9'],
  ['::1', 'http://[::1]:11434'],
  ['https://1.2.3.4', 'https://1.2.3.4'],
  ['http://1.2.3.4', 'http://1.2.3.4'],
  ['http://', 'http://127.0.0.1'],
  ['http://1.2.3.4:80', 'http://1.2.3.4'],
  ['https://example.com:8443/ollama/', 'https://example.com:8443/ollama'],
  ['"1.2.3.4"', 'http://1.2.3.4:11434'],
  [` ' 1.2.3.4 ' `, 'http://1.2.3.4:11434'],
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
  ['http://0.0.0.0:11434', 'http://127.0.0.1:11434'],
  ['[::]:8080', 'http://[::1]:8080'],
  ['::', 'http://[::1]:11434'],
])('OLLAMA_HOST=%s means %s', (value, expected) => {
  expect(parseOllamaHost(value)).toBe(expected)
})

test.each(['', '  ', '""', 'ftp://1.2.3.4', 'not a host', 'http://a b'])('OLLAMA_HOST=%j means nothing', (value) => {
  expect(parseOllamaHost(value)).toBeUndefined()
})

test('an upstream has one spelling, without a slash at its end', () => {
  expect(upstreamUrl('HTTP://LocalHost:11434/')).toBe('http://localhost:11434')
  expect(upstreamUrl('http://127.1:11434/prefix//')).toBe('http://127.0.0.1:11434/prefix')
})

test.each(['http://127.0.0.1:99999', 'http://[::1', 'javascript:alert(1)', ''])('%j is no upstream', (text) => {
  expect(() => upstreamUrl(text)).toThrow(expect.objectContaining({ code: 'upstream_invalid' }))
})

test.each([
  ['http://127.0.0.1:11500', true],
  ['http://127.0.0.2:11500/prefix', true],
  ['http://localhost:11500', true],
  ['http://key.localhost:11500', true],
  ['http://[::1]:11500', true],
  ['http://[::ffff:127.0.0.1]:11500', true],
  ['http://0.0.0.0:11500', true],
  ['http://my-laptop.local:11500', true],
  ['http://127.0.0.1:11434', false],
  ['http://192.168.1.9:11500', false],
  ['http://localhost.example.org:11500', false],
])('%s reaches a gateway on port 11500 itself: %s', (url, expected) => {
  expect(isGatewayItself(url, 11_500, new Set(['my-laptop.local']))).toBe(expected)
})
