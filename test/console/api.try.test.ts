import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { TRY_ROUTE, type TryEvent, tryEventSchema } from '#shared/console-api/try-chat.ts'
import { until } from '../support/until.ts'
import { type StartedApp, type StartOptions, startApp } from './started-app.ts'

let started: StartedApp
let upstream: Server | undefined

afterEach(async () => {
  await started.stop()
  upstream?.closeAllConnections()
  upstream?.close()
  upstream = undefined
})

const post = (body: object) =>
  started.ask(TRY_ROUTE, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })

async function startWithKey(options: StartOptions = {}): Promise<string> {
  started = await startApp(options)
  return (await started.call('POST /api/keys', { name: 'Tried' })).secret
}

/** An upstream of one's own behind the gateway: its address for `overrides`. */
async function answerWith(listener: Parameters<typeof createServer>[1]): Promise<string> {
  upstream = createServer(listener)
  await new Promise<void>((resolve) => upstream?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
}

async function eventsOf(response: Response): Promise<TryEvent[]> {
  const lines = (await response.text()).trimEnd().split('\n')
  return lines.map((line) => tryEventSchema.parse(JSON.parse(line)))
}

const textOf = (events: readonly TryEvent[]) =>
  events.flatMap((event) => (event.type === 'text' ? event.text : [])).join('')

const lastExchange = () => started.events.flatMap((event) => (event.type === 'exchange' ? event.exchange : [])).at(-1)

test('a test chat goes through the gateway: headers, the answer piece by piece, and a record under its key', async () => {
  const secret = await startWithKey({ chunkDelayMs: 5 })
  const response = await post({ secret, model: 'sample-small', message: 'How are you?' })
  expect(response.headers.get('Content-Type')).toBe('application/x-ndjson; charset=utf-8')
  const events = await eventsOf(response)
  expect(events[0]).toMatchObject({ type: 'head', status: 200 })
  expect(Object.fromEntries(events[0]?.type === 'head' ? events[0].headers : [])).toHaveProperty('X-Request-Id')
  expect(events.filter((event) => event.type === 'text').length).toBeGreaterThan(3)
  expect(textOf(events)).toMatch(/"done":true.*"eval_count":\d+/)
  expect(events.at(-1)).toMatchObject({ type: 'end', whole: true })
  expect(lastExchange()).toMatchObject({ route: '/api/chat', outcome: 'ok', userAgent: 'Latchkey', origin: null })
})

test('a refusal of the gateway arrives with its status and sentence, and the secret reaches no log', async () => {
  const secret = await startWithKey()
  const wrong = `${secret.slice(0, -1)}${secret.endsWith('a') ? 'b' : 'a'}`
  const events = await eventsOf(await post({ secret: wrong, model: 'sample-small', message: 'Hello' }))
  expect(events[0]).toMatchObject({ type: 'head', status: 401 })
  expect(textOf(events)).toContain('mistyped')
  expect(started.log()).not.toContain(wrong)
})

test.each([
  [{ secret: 'two words', model: 'm', message: 'x' }, /not a key/],
  [{ secret: 'x\r\nEvil: 1', model: 'm', message: 'x' }, /not a key/],
  [{ secret: 'x', model: '', message: 'x' }, /Choose a model/],
  [{ secret: 'x', model: 'm', message: ' ' }, /Write a question/],
])('%j is refused with a sentence, and nothing is sent', async (body, sentence) => {
  await startWithKey()
  const response = await post(body)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(sentence) } })
  expect(lastExchange()).toBeUndefined()
})

test('an answer that breaks off ends as not whole', async () => {
  const url = await answerWith((_, answer) => {
    answer.write('{"message":{"content":"Half"},"done":false}\n', () => answer.destroy())
  })
  const secret = await startWithKey({ overrides: { upstream: url } })
  const events = await eventsOf(await post({ secret, model: 'm', message: 'Hello' }))
  expect(textOf(events)).toContain('Half')
  expect(events.at(-1)).toMatchObject({ type: 'end', whole: false })
})

test('a page that leaves ends the request, also before its first word', async () => {
  let asked = false
  let left = false
  const url = await answerWith((request, answer) => {
    if (request.url !== '/api/chat') return answer.end('{}')
    asked = true
    return answer.on('close', () => (left = true))
  })
  const secret = await startWithKey({ overrides: { upstream: url } })
  const reading = (await post({ secret, model: 'm', message: 'Hello' })).body?.getReader()
  const first = reading?.read()
  await until(() => asked, 'the request at the upstream')
  await reading?.cancel()
  await first
  await until(() => left, 'the end of the request at the upstream')
  expect(await until(lastExchange, 'the record')).toMatchObject({ outcome: 'client_aborted' })
})

test('without a gateway it says why there is none', async () => {
  const { port, close } = await takenPort()
  started = await startApp({ overrides: { gatewayPort: port } })
  const response = await post({ secret: 'x', model: 'm', message: 'Hello' })
  close()
  expect(response.status).toBe(409)
  expect(await response.json()).toMatchObject({ error: { code: 'gateway_stopped' } })
})

async function takenPort() {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
