import { describe, expect, test } from 'vitest'
import { guardConsole } from '../../../src-main/desktop/hardening/app-protocol.ts'
import { isConsoleUrl, isPermitted, mayOpenOutside } from '../../../src-main/desktop/hardening/permissions.ts'

const open = guardConsole(async (request) => new Response(new URL(request.url).pathname))

async function answer(url: string, headers: Record<string, string> = {}) {
  const response = await open(new Request(url, { headers }))
  if (!response.ok) return response.status
  return response.text()
}

describe('the console’s door on the desktop', () => {
  test.each(['/', '/index.html', '/assets/index-abc123.js', '/api/state', '/api/keys/k_1/rotate'])(
    'passes %s',
    async (path) => {
      expect(await answer(`app://console${path}`)).toBe(path)
    },
  )

  test.each([
    ['another host', 'app://files/index.html', 404],
    ['a host that begins alike', 'app://console.evil/index.html', 404],
    ['a port', 'app://console:80/index.html', 404],
    ['no host', 'app:///etc/passwd', 404],
    ['an encoded slash', 'app://console/..%2f..%2fetc/passwd', 400],
    ['an encoded backslash', 'app://console/..%5c..%5cwindows', 400],
    ['a backslash', 'app://console/..\\..\\windows', 400],
    ['a doubly encoded dot', 'app://console/%252e%252e/secret', 400],
    ['NUL', 'app://console/index.html%00.js', 400],
    ['an empty segment', 'app://console//etc/passwd', 400],
  ])('refuses %s', async (_name, url, status) => {
    expect(await answer(url)).toBe(status)
  })

  test.each(['app://console/../../etc/passwd', 'app://console/%2e%2e/%2E%2E/etc/passwd'])(
    'climbs no higher than its root: %s',
    async (url) => {
      expect(await answer(url)).toBe('/etc/passwd')
    },
  )

  test.each(['https://example.org', 'app://other', 'file://'])('refuses a request from %s', async (origin) => {
    expect(await answer('app://console/api/state', { origin })).toBe(403)
  })

  test('passes a request from the console itself', async () => {
    expect(await answer('app://console/api/state', { origin: 'app://console' })).toBe('/api/state')
  })
})

test.each([
  ['app://console/', true],
  ['app://console/#/keys', true],
  ['app://console', true],
  ['app://console.evil/', false],
  ['app://console@evil/', false],
  ['app:console', false],
  ['https://console/', false],
  ['file:///etc/passwd', false],
  ['http://127.0.0.1:11434/api/tags', false],
  ['javascript:alert(1)', false],
  ['nonsense', false],
])('%s is of the console: %s', (url, expected) => {
  expect(isConsoleUrl(url)).toBe(expected)
})

test.each([
  ['clipboard-sanitized-write', 'app://console/', true],
  ['clipboard-sanitized-write', 'https://example.org/', false],
  ['clipboard-read', 'app://console/', false],
  ['notifications', 'app://console/', false],
  ['media', 'app://console/', false],
  ['openExternal', 'app://console/', false],
  ['local-network-access', 'app://console/', false],
])('permission %s for %s: %s', (permission, url, expected) => {
  expect(isPermitted(permission, url)).toBe(expected)
})

test.each([
  ['https://ollama.com/download', true],
  ['https://ollama.com/download?x', false],
  ['https://ollama.com.evil/download', false],
  ['http://ollama.com/download', false],
  ['file:///etc/passwd', false],
  ['chatbox://provider/import?config=e30', true],
  ['cherrystudio://providers/api-keys?v=1&data=e30', true],
  ['opencat://team/join?domain=http%3A%2F%2Flocalhost%3A11500&token=x', true],
  ['ama://set-api-key?server=x&key=y', true],
  ['chatbox://provider/delete?config=e30', false],
  ['chatbox://mcp/install?server=e30', false],
  ['cherrystudio://mcp/install?servers=e30', false],
  ['CHATBOX://provider/import?config=e30', false],
  ['other://provider/import?config=e30', false],
])('a link to %s opens outside: %s', (url, expected) => {
  expect(mayOpenOutside(url)).toBe(expected)
})
