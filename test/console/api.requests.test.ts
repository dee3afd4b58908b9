import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONSOLE_API, consoleErrorSchema } from '#shared/console-api/console-api.ts'
import { OWNER_AT_WINDOW } from '../../src-main/console-api/caller.ts'
import { type ConsoleSource, createConsole } from '../../src-main/console-api/create-console.ts'
import type { ConsolePorts } from '../../src-main/console-api/ports.ts'
import { type StartedApp, startApp } from './started-app.ts'

let started: StartedApp

beforeAll(async () => {
  started = await startApp()
})
afterAll(() => started.stop())

const JSON_TYPE = { 'Content-Type': 'application/json' }
const writes = Object.keys(CONSOLE_API).filter((route) => !route.startsWith('GET '))

async function errorOf(response: Response) {
  return consoleErrorSchema.parse(await response.json()).error
}

test('the state is there from the start, without waiting for the upstream', async () => {
  expect(await started.call('GET /api/state', {})).toMatchObject({
    version: '1.2.3',
    shell: 'headless',
    gateway: { status: 'running', problem: null },
    upstream: { url: started.upstream.url },
    notices: [],
  })
})

test('a look at the upstream says what it is and what it has', async () => {
  const upstream = await started.call('POST /api/upstream/check', {})
  expect(upstream).toMatchObject({ reachable: true, sample: true, problem: null })
  expect(upstream.models.length).toBeGreaterThan(0)
})

test.each(writes)(
  '%s without the JSON content type is 415: other pages can send forms and plain text',
  async (route) => {
    const [method = '', path = ''] = route.split(' ')
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      const headers: HeadersInit = type === undefined ? {} : { 'Content-Type': type }
      const response = await started.ask(path.replace(':id', 'any'), { method, headers, body: new Blob(['{}']) })
      expect(response.status).toBe(415)
      expect(await errorOf(response)).toMatchObject({ code: 'json_needed' })
    }
  },
)

test('a content type with a charset, and an empty body where nothing is needed, are fine', async () => {
  const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' }
  expect((await started.ask('/api/upstream/check', { method: 'POST', headers })).status).toBe(200)
})

test('a body that is no JSON is 400', async () => {
  const response = await started.ask('/api/keys', { method: 'POST', headers: JSON_TYPE, body: '{"name":' })
  expect([response.status, (await errorOf(response)).code]).toEqual([400, 'bad_json'])
})

test.each([
  ['{}', '“name” is missing.'],
  ['[]', 'The input must be an object.'],
  ['{"name":"  "}', 'Give the key a name.'],
  ['{"name":1}', '“name” must be a text.'],
  ['{"name":"x","scopes":["chat","root"]}', '“scopes.1” must be one of chat, models, manage, usage, all.'],
  ['{"name":"x","requestsPerMinute":1.5}', '“requestsPerMinute” must be a whole number.'],
  ['{"name":"x","endpoints":["api/chat"]}', 'An endpoint must begin with "/", such as /api/chat or /v1/*.'],
  ['{"name":"x","id":"mine"}', 'Latchkey does not know the field “id”.'],
  [`{"name":"x","${'y'.repeat(5000)}":1}`, `Latchkey does not know the field “${'y'.repeat(60)}…”.`],
  ['{"name":"x","__proto__":{"scopes":["all"]}}', 'Latchkey does not know the field “__proto__”.'],
])('a key from %.60s is 400 with one sentence that names the field', async (body, message) => {
  const response = await started.ask('/api/keys', { method: 'POST', headers: JSON_TYPE, body })
  expect(response.status).toBe(400)
  expect(await errorOf(response)).toMatchObject({ message })
})

test('a body of more than 1 MB is 413, whether it says its length or not', async () => {
  const body = JSON.stringify({ name: 'x'.repeat(1_000_001) })
  const said = { ...JSON_TYPE, 'Content-Length': String(body.length) }
  for (const headers of [JSON_TYPE, said]) {
    const response = await started.ask('/api/keys', { method: 'POST', headers, body })
    expect([response.status, (await errorOf(response)).code]).toEqual([413, 'too_large'])
  }
})

test('a setup may be larger than 1 MB: that of many sites is brought in', async () => {
  const setup = await started.call('GET /api/setup', {})
  const origins = Array.from({ length: 2_300 }, (_, number) => ({
    origin: `https://${'a-long-name.'.repeat(18)}${number}.example`,
    status: 'allowed' as const,
    decidedBy: 'key' as const,
    label: 'x'.repeat(80),
    firstSeenAt: 1_790_000_000_000,
    lastSeenAt: 1_790_000_000_000,
    requests: 1,
    refused: 0,
  }))
  expect(JSON.stringify({ ...setup, origins }).length).toBeGreaterThan(1_000_000)
  const other = await startApp()
  try {
    expect(await other.call('POST /api/setup', { ...setup, origins })).toMatchObject({ origins: 2_300 })
  } finally {
    await other.stop()
  }
})

test.each([
  ['GET', '/api'],
  ['GET', '/api/'],
  ['GET', '/api/nothing'],
  ['GET', '/api/keys/'],
  ['PUT', '/api/keys'],
  ['OPTIONS', '/api/keys'],
  ['HEAD', '/api/events'],
  ['HEAD', '/api/state'],
  ['POST', '/api/events'],
  ['POST', '/'],
])('%s %s is not there', async (method, path) => {
  const response = await started.ask(path, { method, headers: JSON_TYPE })
  expect(response.status).toBe(404)
  if (method !== 'HEAD') expect(await errorOf(response)).toMatchObject({ code: 'not_found' })
})

test('any other error is 500 without details, and is logged without the body', async () => {
  const lines: string[] = []
  // Simulates a core whose store fails unexpectedly.
  const ports = {
    ...started.app.core,
    keys: { ...started.app.core.keys, create: () => Promise.reject(new Error('disk on fire')) },
  }
  const handler = createConsole(sourceOf(ports), {
    error: (details, message) => lines.push(`${message} ${JSON.stringify(details)}`),
  })
  const request = new Request('http://console/api/keys', {
    method: 'POST',
    headers: JSON_TYPE,
    body: '{"name":"my name"}',
  })
  const response = await handler(request, OWNER_AT_WINDOW)
  expect(response.status).toBe(500)
  expect(await errorOf(response)).toEqual({
    code: 'internal',
    message: 'Latchkey had an internal error. Try again.',
    parts: {},
  })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('/api/keys')
  expect(lines[0]).not.toContain('my name')
})

test('nothing leaves that the contract does not name', async () => {
  // Stands for a core that hands out more of a key than it should.
  const leaky = async () => (await started.app.core.keys.list()).map((key) => ({ ...key, hash: 'c2VjcmV0' }))
  await started.call('POST /api/keys', { name: 'leaked' })
  const handler = createConsole(sourceOf({ ...started.app.core, keys: { ...started.app.core.keys, list: leaky } }), {
    error: () => {},
  })
  const text = await (await handler(new Request('http://console/api/keys'), OWNER_AT_WINDOW)).text()
  expect(text).toContain('leaked')
  expect(text).not.toContain('c2VjcmV0')
})

function sourceOf(ports: ConsolePorts): ConsoleSource {
  return { pages: ports, portsFor: () => ports }
}
