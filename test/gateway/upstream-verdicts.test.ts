import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { CHAT, chatGateways } from '../support/chats.ts'
import type { TestGateway } from '../support/gateway.ts'

const { before: startBefore } = chatGateways()

function answering(status: string, body: string, lines = '') {
  const head = `HTTP/1.1 ${status}\r\n${lines}WWW-Authenticate: Basic realm="theirs"\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
  return (socket: Socket) => {
    socket.write(head + body)
    socket.on('data', () => socket.write(head + body))
  }
}

async function before(answer: (socket: Socket) => void, credential: string | null = null): Promise<TestGateway> {
  const { gateway } = await startBefore(answer)
  gateway.settings.upstreamCredential = credential
  return gateway
}

async function chat(gateway: TestGateway, path = '/api/chat', method = 'POST') {
  const { secret } = await gateway.createKey({ scopes: ['all'] })
  const body = method === 'POST' ? { body: CHAT } : {}
  return fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${secret}` },
    redirect: 'manual',
    ...body,
  })
}

const errorOf = async (answer: Response) => ((await answer.json()) as { error: string }).error

describe('an upstream that does not let Latchkey in', () => {
  it.each([
    ['401 Unauthorized', null, 'upstream_wants_key', 'wants a key of its own'],
    ['403 Forbidden', null, 'upstream_wants_key', 'wants a key of its own'],
    ['407 Proxy Authentication Required', null, 'upstream_wants_key', 'wants a key of its own'],
    ['401 Unauthorized', 'Bearer theirs', 'upstream_refuses_key', 'refuses the key that Latchkey sends'],
    ['403 Forbidden', 'Basic dGhlaXJzOm93bg==', 'upstream_refuses_key', 'refuses the key that Latchkey sends'],
  ])('by %s (key %s) is a refusal of our own, and a 502 to a monitor', async (status, credential, code, words) => {
    const gateway = await before(answering(status, '<h1>no</h1>'), credential)
    const answer = await chat(gateway)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([409, null])
    expect(await errorOf(answer)).toContain(words)
    expect(await gateway.record()).toMatchObject({ status: 409, outcome: 'upstream_error', reason: code })
    expect(await (await fetch(`${gateway.url}/healthz`)).json()).toEqual({ gateway: 'up', upstream: 'key_refused' })
    expect((await fetch(`${gateway.url}/`)).status).toBe(502)
  })

  it.each([
    ['HEAD', '/api/version'],
    ['GET', '/api/tags'],
    ['GET', '/api/unknown'],
  ])('is a 502 for %s %s', async (method, path) => {
    const gateway = await before((socket) => socket.end(`HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n`))
    expect((await chat(gateway, path, method)).status).toBe(502)
    expect(await gateway.record()).toMatchObject({ reason: 'upstream_wants_key' })
  })

  it('in words is quoted, but never with the key that it was given', async () => {
    const body = '{"error":"this model needs a subscription (key theirs)"}'
    const open = await before(answering('403 Forbidden', body))
    expect(await errorOf(await chat(open))).toContain('It says: “this model needs a subscription')
    const keyed = await before(answering('403 Forbidden', body), 'Bearer theirs')
    expect(await errorOf(await chat(keyed))).not.toContain('theirs')
  })

  it.each([
    ['never ends its answer', 'HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n'],
    ['says far too much', `HTTP/1.1 401 Unauthorized\r\nContent-Length: 9000000\r\n\r\n${'x'.repeat(200_000)}`],
  ])('and %s is told all the same', async (_name, bytes) => {
    const gateway = await before((socket) => socket.write(bytes))
    expect((await chat(gateway)).status).toBe(409)
  })

  it('because Ollama’s own account is needed is told so', async () => {
    const gateway = await before(
      answering('401 Unauthorized', '{"error":"unauthorized","signin_url":"https://ollama.com/connect?name=a"}'),
    )
    const answer = await chat(gateway)
    expect([answer.status, await errorOf(answer)]).toEqual([409, expect.stringContaining('ollama signin')])
    expect(await gateway.record()).toMatchObject({ reason: 'upstream_signed_out' })
  })

  it('is passed on where the account itself is asked for, without its WWW-Authenticate', async () => {
    const body = '{"error":"unauthorized","signin_url":"https://ollama.com/connect?name=a"}'
    const gateway = await before(answering('401 Unauthorized', body))
    const answer = await chat(gateway, '/api/me')
    expect([answer.status, answer.headers.get('www-authenticate'), await answer.text()]).toEqual([401, null, body])
  })
})

describe('what is about the request and not about Latchkey', () => {
  it.each([
    ['400 Bad Request', 'Content-Type: application/json\r\n', '{"error":"no"}'],
    ['400 Bad Request', 'Content-Type: text/plain\r\n', 'what HTTP request is this'],
    ['400 Bad Request', '', 'x'.repeat(100_000)],
    ['404 Not Found', '', 'no such model'],
    ['307 Temporary Redirect', 'Location: /elsewhere\r\n', ''],
    ['302 Found', 'Location: https://other.example/\r\n', 'gone'],
  ])('goes to the client as it is: %s (%s)', async (status, lines, body) => {
    const gateway = await before(answering(status, body, lines))
    const answer = await chat(gateway)
    expect([`${answer.status}`, await answer.text()]).toEqual([status.slice(0, 3), body])
  })
})

describe('something that is not Ollama', () => {
  it.each([
    ['a page', '200 OK', '<h1>Welcome</h1>'],
    ['other JSON', '200 OK', '{"status":"ok"}'],
    ['nothing there', '404 Not Found', '{}'],
  ])('(%s) is not told as up', async (_name, status, body) => {
    const gateway = await before(answering(status, body))
    expect(await (await fetch(`${gateway.url}/healthz`)).json()).toEqual({ gateway: 'up', upstream: 'not_ollama' })
    const root = await fetch(`${gateway.url}/`)
    expect([root.status, await errorOf(root)]).toEqual([502, expect.stringContaining('it is not Ollama')])
  })

  it('(a proxy whose Ollama is down) is told as down', async () => {
    const gateway = await before(answering('502 Bad Gateway', '<h1>Bad gateway</h1>'))
    expect(await (await fetch(`${gateway.url}/healthz`)).json()).toEqual({ gateway: 'up', upstream: 'down' })
  })
})

describe('an answer that breaks off before any of it was passed on', () => {
  const tags = '{"models":[{"name":"sample-small","model":"sample-small"},{"name":"other","model":"other"}]}'
  it.each([
    ['because it was held back to be judged', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nno'],
    ['in the middle of a list that is filtered', `HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n${tags.slice(0, 30)}`],
  ])('%s leaves nothing in the one that follows', async (_name, broken) => {
    let times = 0
    const gateway = await before((socket) => {
      times += 1
      if (times > 1) return void socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${tags.length}\r\n\r\n${tags}`)
      socket.end(broken)
    })
    const { secret } = await gateway.createKey({ models: ['sample-small'] })
    const answer = await fetch(`${gateway.url}/api/tags`, { headers: { authorization: `Bearer ${secret}` } })
    const { models } = (await answer.json()) as { models: { name: string }[] }
    expect([answer.status, models.map(({ name }) => name)]).toEqual([200, ['sample-small']])
    // The time after which what is held is judged.
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    expect(gateway.failures).toEqual([])
  })
})
