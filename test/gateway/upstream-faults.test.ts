import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { CHAT, chatGateways, startChat } from '../support/chats.ts'
import { startGateway } from '../support/gateway.ts'

const { before, closers } = chatGateways()

describe('an upstream', () => {
  it('that is not there is a refusal that says what to do, in the dialect of the route', async () => {
    const gateway = await startGateway({ upstream: 'http://127.0.0.1:9' })
    closers.push(() => gateway.close())
    const { secret } = await gateway.createKey()
    const answer = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': secret },
      body: CHAT,
    })
    expect([answer.status, await answer.json()]).toEqual([
      409,
      { type: 'error', error: { type: 'invalid_request_error', message: expect.stringContaining('Start Ollama') } },
    ])
    expect(await gateway.record()).toMatchObject({
      outcome: 'upstream_error',
      reason: 'upstream_unreachable',
      status: 409,
    })
  })

  it('that resets before its head is a 502, and a POST is not sent twice', async () => {
    const { gateway, upstream } = await before((socket) => socket.resetAndDestroy())
    expect((await startChat(gateway)).status).toBe(502)
    expect(await gateway.record()).toMatchObject({ reason: 'upstream_broke' })
    expect(upstream.heard).toHaveLength(1)
  })

  it.each([
    ['two different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
  ])('that answers with %s is a 502', async (_name, bytes) => {
    const { gateway } = await before((socket) => socket.end(bytes))
    expect((await startChat(gateway)).status).toBe(502)
    expect(await gateway.record()).toMatchObject({ outcome: 'upstream_error' })
  })

  it.each([
    ['a greeting', 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n'],
    ['an error', '-ERR wrong number of arguments for POST command\r\n'],
    ['something like a head', 'hello\r\n\r\n'],
    ['binary data', '\x4a\0\0\0\x0a8.0.36\0'],
  ])('that answers with %s, and not in HTTP, is not Ollama', async (_name, bytes) => {
    const { gateway } = await before((socket) => socket.write(bytes, 'latin1'))
    const answer = await startChat(gateway)
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('it is not Ollama')])
    expect(await gateway.record()).toMatchObject({ outcome: 'upstream_error', reason: 'upstream_not_ollama' })
  })

  it('that says more than its Content-Length spoils nobody else’s answer', async () => {
    const { gateway } = await before((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'),
    )
    for (let round = 0; round < 3; round++) expect(await (await startChat(gateway)).text()).not.toContain('evil')
  })

  it('that answers before it has read the body still gets its answer through', async () => {
    const server = createServer((_request, response) =>
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"no"}'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(
      () => server.closeAllConnections(),
      () => server.close(),
    )
    const gateway = await startGateway({ upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    closers.push(() => gateway.close())
    const { secret } = await gateway.createKey()
    const body = Buffer.alloc(3_000_000, 'a')
    const answer = await fetch(`${gateway.url}/api/chat`, { method: 'POST', headers: { 'x-api-key': secret }, body })
    expect([answer.status, await answer.text()]).toEqual([400, '{"error":"no"}'])
  })
})
