import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { exchangeSchema } from '#shared/gateway/exchange.ts'
import { GenAiFigures } from '../../src-main/observability/otlp/gen-ai-figures.ts'
import { CHAT } from '../support/chats.ts'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

async function receiver(answer?: () => number | null): Promise<OtlpReceiver> {
  const started = await startOtlpReceiver(answer)
  onTestFinished(() => started.close())
  return started
}

async function serving(url: string, env: Readonly<Record<string, string>> = {}): Promise<Serve> {
  const serve = await startServe({ env: { LATCHKEY_OTLP_ENDPOINT: url, ...env } })
  onTestFinished(async () => void (await serve.stop()))
  return serve
}

async function ask(serve: Serve, secret: string, path = '/api/chat', body: string = CHAT): Promise<number> {
  const headers = { authorization: `Bearer ${secret}`, origin: 'https://site.example' }
  const answer = await fetch(`${serve.gateway}${path}`, { method: 'POST', headers, body })
  await answer.text()
  return answer.status
}

const model = (name: string) => JSON.stringify({ model: name, prompt: 'count to nine', input: 'count to nine' })

describe('figures by OTLP', () => {
  test('have the names and units of the conventions, and are pushed last when Latchkey stops', async () => {
    const to = await receiver()
    const serve = await serving(to.url)
    const { secret } = await serve.createKey()
    expect(await ask(serve, secret)).toBe(200)
    expect(await ask(serve, secret, '/api/generate', model('sample-small'))).toBe(200)
    expect(await ask(serve, secret, '/api/embed', model('sample-embed'))).toBe(200)
    expect(await ask(serve, secret, '/api/chat', model('nowhere'))).toBe(404)
    expect(await ask(serve, 'sk-lk-wrong')).toBe(401)
    await serve.stop()

    const [push] = to.pushes
    expect(push?.path).toBe('/v1/metrics')
    expect(push?.headers['content-type']).toBe('application/x-protobuf')
    expect(push?.resource).toMatchObject({ 'service.name': 'latchkey', 'service.version': expect.any(String) })
    const lines = push?.points.map(({ metric, unit, attributes, count }) => [
      metric,
      unit,
      count,
      ...Object.values(attributes),
    ])
    expect(lines).toEqual(
      expect.arrayContaining([
        ['gen_ai.client.token.usage', '{token}', 1, 'chat', 'ollama', 'sample-small:latest', 'input'],
        ['gen_ai.client.token.usage', '{token}', 1, 'chat', 'ollama', 'sample-small:latest', 'output'],
        ['gen_ai.client.token.usage', '{token}', 1, 'text_completion', 'ollama', 'sample-small:latest', 'output'],
        ['gen_ai.client.token.usage', '{token}', 1, 'embeddings', 'ollama', 'sample-embed:latest', 'input'],
        ['gen_ai.server.request.duration', 's', 1, 'chat', 'ollama', 'sample-small:latest'],
        ['gen_ai.server.request.duration', 's', 1, 'chat', 'ollama', '404'],
        ['gen_ai.server.time_to_first_token', 's', 1, 'chat', 'ollama', 'sample-small:latest'],
      ]),
    )
    // A refused request reached no model, and a failed one has no first token.
    expect(lines?.filter(([metric]) => metric === 'gen_ai.server.request.duration')).toHaveLength(4)
    expect(lines?.filter(([metric]) => metric === 'gen_ai.server.time_to_first_token')).toHaveLength(3)
  })

  test('contain no contents, no secret, no site, no address and no name of a key or a person', async () => {
    const to = await receiver()
    const serve = await serving(to.url)
    const person = await serve.call('POST /api/people', { name: 'Grace Hopper' })
    const { secret, id } = await serve.createKey({ name: 'Page Assist', person: person.id })
    expect(await ask(serve, secret)).toBe(200)
    await serve.stop()
    const bytes = to.pushes.map(({ body }) => body.toString('latin1')).join('')
    expect(bytes).toContain('sample-small')
    const never = ['count to nine', secret, secret.slice(6, 12), 'site.example', '127.0.0.1', 'Page Assist', 'Grace']
    for (const text of [...never, id, person.id]) expect(bytes).not.toContain(text)
  })

  test('name a key by its id if the operator asks for that', async () => {
    const to = await receiver()
    const serve = await serving(to.url, { LATCHKEY_OTLP_KEY_IDS: 'on' })
    const { secret, id } = await serve.createKey()
    expect(await ask(serve, secret)).toBe(200)
    await serve.stop()
    expect(to.pushes[0]?.points.map(({ attributes }) => attributes['latchkey.key.id'])).toEqual(Array(4).fill(id))
  })

  test('come with the headers of a file, which may change, and of OpenTelemetry’s own variable', async () => {
    const to = await receiver()
    const directory = await createTempDir()
    onTestFinished(directory.remove)
    const file = join(directory.path, 'headers')
    await writeFile(file, 'Authorization: Bearer first\n')
    const serve = await serving(to.url, {
      LATCHKEY_OTLP_HEADERS_FILE: file,
      LATCHKEY_OTLP_INTERVAL_SECONDS: '1',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-scope=team',
      OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=gateway-1',
    })
    expect(await ask(serve, (await serve.createKey()).secret)).toBe(200)
    await until(() => to.pushes.length > 0, 'the first push')
    await writeFile(file, 'Authorization: Bearer second\n\nX-Other: 1\n')
    await serve.stop()
    expect(to.pushes[0]?.headers).toMatchObject({ authorization: 'Bearer first', 'x-scope': 'team' })
    expect(to.pushes.at(-1)?.headers).toMatchObject({ authorization: 'Bearer second', 'x-other': '1' })
    expect(to.pushes[0]?.resource['service.instance.id']).toBe('gateway-1')
  })
})

describe('a receiver that', () => {
  test.each([
    ['answers with an error', () => 500],
    ['never answers', () => null],
  ])('%s costs one warning and no request, and does not hold the stop', async (_name, answer) => {
    const to = await receiver(answer)
    const serve = await serving(to.url, { LATCHKEY_OTLP_INTERVAL_SECONDS: '1' })
    const { secret } = await serve.createKey()
    expect(await ask(serve, secret)).toBe(200)
    await until(() => serve.stderr().includes('could not push figures'), 'the warning')
    expect(await ask(serve, secret)).toBe(200)
    expect(await serve.stop()).toBe(0)
    expect(serve.stderr().match(/could not push figures/g)).toHaveLength(1)
  })

  test('comes back is told the sums since the start, so that nothing is missing', async () => {
    let status = 503
    const to = await receiver(() => status)
    const serve = await serving(to.url, { LATCHKEY_OTLP_INTERVAL_SECONDS: '1' })
    const { secret } = await serve.createKey()
    expect(await ask(serve, secret)).toBe(200)
    await until(() => serve.stderr().includes('could not push figures'), 'the warning')
    status = 200
    expect(await ask(serve, secret)).toBe(200)
    await until(() => to.pushes.length > 0, 'a push')
    await serve.stop()
    expect(to.pushes.at(-1)?.points.find(({ metric }) => metric === 'gen_ai.server.request.duration')?.count).toBe(2)
  })

  test('needs headers from a file that is not one of headers gets nothing, and the log has no secret', async () => {
    const to = await receiver()
    const directory = await createTempDir()
    onTestFinished(directory.remove)
    const file = join(directory.path, 'headers')
    await writeFile(file, 'c2VjcmV0LXRva2Vu\n')
    const serve = await serving(to.url, { LATCHKEY_OTLP_HEADERS_FILE: file })
    expect(await ask(serve, (await serve.createKey()).secret)).toBe(200)
    await serve.stop()
    expect(to.pushes).toEqual([])
    expect(serve.stderr()).toContain(`line 1 of ${file} is not a header`)
    expect(serve.stderr()).not.toContain('c2VjcmV0')
  })
})

test('a client that invents models does not fill the receiver', async () => {
  const to = await receiver()
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const target = { url: `${to.url}/v1/metrics`, intervalMs: 3_600_000, headersFile: null, namesKeys: false }
  const figures = new GenAiFigures({ target, version: '1', log })
  for (let index = 0; index < 3_000; index++) figures.note(exchange(`invented-${index}`))
  await figures.stop()
  const durations = to.pushes[0]?.points.filter(({ metric }) => metric === 'gen_ai.server.request.duration') ?? []
  expect(durations).toHaveLength(2_000)
  const rest = durations.find(({ attributes }) => attributes['otel.metric.overflow'] !== undefined)
  expect(rest?.count).toBe(1_001)
  expect(durations[0]?.bounds).toHaveLength(14)
})

test.each([
  ['LATCHKEY_OTLP_ENDPOINT', 'collector:4318', 'LATCHKEY_OTLP_ENDPOINT looks like http://collector:4318.'],
  ['LATCHKEY_OTLP_ENDPOINT', 'https://me:pass@x', 'LATCHKEY_OTLP_ENDPOINT looks like http://collector:4318.'],
  ['LATCHKEY_OTLP_INTERVAL_SECONDS', '0', 'LATCHKEY_OTLP_INTERVAL_SECONDS must be a whole number from 1 to 3600.'],
  ['LATCHKEY_OTLP_KEY_IDS', 'yes', 'LATCHKEY_OTLP_KEY_IDS must be on or off.'],
])('%s=%s keeps Latchkey from starting, with a sentence', async (name, value, sentence) => {
  const starting = startServe({ env: { LATCHKEY_OTLP_ENDPOINT: 'http://127.0.0.1:9', [name]: value } })
  await expect(starting).rejects.toThrow(sentence)
})

test.each([
  ['is not loaded', {}, false],
  ['is loaded while a receiver is named', { LATCHKEY_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, true],
])('the library %s', async (_name, env, isLoaded) => {
  const hook =
    'load(url,context,next){if(url.includes("gen-ai"))process.stderr.write("OTLP loaded\\n");return next(url,context)}'
  const code = `import{registerHooks}from"node:module";registerHooks({${hook}})`
  const serve = await startServe({ env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURI(code)}`, ...env } })
  expect(await ask(serve, (await serve.createKey()).secret)).toBe(200)
  await serve.stop()
  expect(serve.stderr().includes('OTLP loaded')).toBe(isLoaded)
})

const exchange = (name: string) =>
  exchangeSchema.parse({
    id: 'one',
    time: 0,
    keyId: 'key_1',
    origin: null,
    userAgent: null,
    method: 'POST',
    route: '/api/chat',
    routeClass: 'chat',
    model: name,
    status: 200,
    outcome: 'ok',
    reason: null,
    promptTokens: 1,
    completionTokens: 2,
    metered: true,
    firstByteMs: 1,
    durationMs: 2,
    bytesIn: 3,
    bytesOut: 4,
  })
