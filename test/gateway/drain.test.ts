import { afterEach, beforeEach, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { openRaw, type RawConnection } from '../support/raw-http.ts'
import { until } from '../support/until.ts'

let gateway: TestGateway
let secret: string
const open: RawConnection[] = []

beforeEach(async () => {
  gateway = await startGateway({ chunkDelayMs: 20 })
  secret = (await gateway.createKey()).secret
})
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close()
  await gateway.close()
})

const chatOf = (content: string) => JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content }] })
const CHAT = chatOf('one two three four')
const head = (request: string, more = '') =>
  `${request} HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n${more}\r\n`
const chat = (body = CHAT) => head('POST /api/chat', `Content-Length: ${body.length}\r\n`) + body

async function connect(): Promise<RawConnection> {
  const connection = await openRaw(gateway.port)
  open.push(connection)
  return connection
}

async function ask(path = '/readyz', method = 'GET') {
  const answer = await fetch(gateway.url + path, { method })
  return [answer.status, await answer.text()]
}

test('/readyz needs no key, and says whether the gateway takes requests', async () => {
  expect(await ask()).toEqual([200, '{"ready":true}'])
  expect(await ask('/readyz', 'HEAD')).toEqual([200, ''])
  gateway.settings.paused = true
  expect(await ask()).toEqual([503, '{"ready":false,"reason":"paused"}'])
  gateway.settings.paused = false
  expect(await ask()).toEqual([200, '{"ready":true}'])
  expect(gateway.records).toEqual([])
})

test('/readyz has the same host and origin rules as /healthz', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const connection = await connect()
    connection.send(`GET ${path} HTTP/1.1\r\nHost: rebound.example\r\n\r\n`)
    expect((await connection.readResponse()).headers.get('latchkey-refusal'), path).toBe('host_not_allowed')
    const posted = await fetch(gateway.url + path, { method: 'POST' })
    expect(posted.status, path).toBe(401)
  }
})

test('a draining gateway serves requests, says so on /readyz, and closes each connection after its answer', async () => {
  const [kept, streaming] = [await connect(), await connect()]
  kept.send(head('GET /api/version'))
  expect((await kept.readResponse()).headers.get('connection')).toBe('keep-alive')
  streaming.send(chat())
  await until(() => streaming.socket.bytesRead > 0, 'the stream to begin')

  gateway.gateway.drain()
  expect(await ask()).toEqual([503, '{"ready":false,"reason":"draining"}'])
  kept.send(head('GET /api/version'))
  const last = await kept.readResponse()
  expect([last.status, last.headers.get('connection')]).toEqual([200, 'close'])
  await until(() => kept.socket.readableEnded, 'the kept connection to close')
  expect((await streaming.readResponse()).body).toContain('"done":true')
  streaming.send(head('GET /api/version'))
  expect((await streaming.readResponse()).headers.get('connection')).toBe('close')
})

test('an answer that has not begun when the drain begins closes its connection, too', async () => {
  const connection = await connect()
  connection.send(head('POST /api/chat', `Content-Length: ${CHAT.length}\r\n`))
  await until(() => gateway.gateway.running === 1, 'the request to run')
  gateway.gateway.drain()
  connection.send(CHAT)
  const answer = await connection.readResponse()
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
})

test('while it closes, a kept connection may bring one more request, and a new one is refused', async () => {
  const [kept, streaming] = [await connect(), await connect()]
  streaming.send(chat(chatOf('count to 60')))
  kept.send(chat())
  await until(() => kept.socket.bytesRead > 0 && streaming.socket.bytesRead > 0, 'both streams to begin')
  const closed = gateway.gateway.close(60_000)
  await expect(fetch(gateway.url)).rejects.toThrow()
  expect((await kept.readResponse()).body).toContain('"done":true')
  kept.send(chat())
  const last = await kept.readResponse()
  expect([last.status, last.headers.get('connection')]).toEqual([200, 'close'])
  expect((await streaming.readResponse()).body).toContain('"done":true')
  await closed
})

test('a request that was sent behind another is answered, too', async () => {
  const connection = await connect()
  connection.send(chat() + head('GET /api/version'))
  await until(() => gateway.gateway.running === 2, 'both requests to run')
  gateway.gateway.drain()
  expect([(await connection.readResponse()).status, (await connection.readResponse()).status]).toEqual([200, 200])
})
