import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Certificate, makeCertificate } from '../support/certificates.ts'
import { CHAT } from '../support/chats.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'

let authority: Certificate
let good: Certificate
let selfSigned: Certificate
beforeAll(async () => {
  authority = await makeCertificate({ isAuthority: true })
  good = await makeCertificate({ by: authority })
  selfSigned = await makeCertificate()
})

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const ollama: RequestListener = (request, response) => {
  request.resume()
  response.setHeader('Content-Type', 'application/json').end('{"version":"0.30.0"}')
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

async function before(upstream: string, trusted: string | null = null): Promise<TestGateway> {
  const gateway = await startGateway({ upstream })
  closers.push(() => gateway.close())
  gateway.settings.upstreamCertificate = trusted
  return gateway
}

/** The result of each kind of request: status, code, and the first words of the sentence. */
async function answersOf(gateway: TestGateway) {
  const { secret } = await gateway.createKey()
  const headers = { authorization: `Bearer ${secret}` }
  const get = await fetch(`${gateway.url}/v1/models`, { headers })
  const post = await fetch(`${gateway.url}/api/chat`, { method: 'POST', headers, body: CHAT })
  const root = await fetch(`${gateway.url}/`)
  const health = await fetch(`${gateway.url}/healthz`)
  const rootText = await root.text()
  await gateway.record(1)
  return {
    statuses: [get.status, post.status, root.status],
    codes: [((await get.json()) as { error?: { code?: string } }).error?.code, gateway.records[1]?.reason],
    sentences: [((await post.json()) as { error?: string }).error, rootText],
    health: (await health.json()) as object,
  }
}

async function expectFault(gateway: TestGateway, code: string, words: string): Promise<void> {
  const sentence = expect.stringContaining(words) as unknown
  expect(await answersOf(gateway)).toEqual({
    // A POST gets the status that clients do not repeat (docs/http.md).
    statuses: [502, 409, 502],
    codes: [code, code],
    sentences: [sentence, sentence],
    health: { gateway: 'up', upstream: 'down' },
  })
}

async function startTls(certificate: Certificate): Promise<number> {
  return listen(createHttpsServer(certificate, ollama))
}

describe('a fault of TLS has its own sentence', () => {
  it('for a certificate that signed itself', async () => {
    const gateway = await before(`https://127.0.0.1:${await startTls(selfSigned)}`)
    await expectFault(gateway, 'upstream_untrusted', 'add its certificate')
  })

  it('for one of an authority that nobody knows', async () => {
    const gateway = await before(`https://localhost:${await startTls(good)}`)
    await expectFault(gateway, 'upstream_untrusted', 'add its certificate')
  })

  it('for another name', async () => {
    const other = await makeCertificate({ by: authority, hosts: ['other.example'], addresses: [] })
    const gateway = await before(`https://127.0.0.1:${await startTls(other)}`, authority.cert)
    await expectFault(gateway, 'upstream_wrong_name', 'for another name')
  })

  it.each([
    ['that has expired', { from: -10, until: -1 }],
    ['that is not valid yet', { from: 1, until: 10 }],
  ])('for one %s', async (_name, time) => {
    const old = await makeCertificate({ by: authority, ...time })
    const gateway = await before(`https://127.0.0.1:${await startTls(old)}`, authority.cert)
    await expectFault(gateway, 'upstream_expired', 'has expired or is not valid yet')
  })

  it('for a port that speaks plain HTTP', async () => {
    const gateway = await before(`https://127.0.0.1:${await listen(createHttpServer(ollama))}`)
    await expectFault(gateway, 'upstream_not_tls', 'Change https to http')
  })

  it('for a server without a common version', async () => {
    const server = createTlsServer({
      ...good,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    })
    const gateway = await before(`https://127.0.0.1:${await listen(server)}`, authority.cert)
    await expectFault(gateway, 'upstream_tls_failed', 'could not agree on an encrypted connection')
  })

  it('for a server that closes in the handshake', async () => {
    const upstream = await startRawUpstream((socket) => socket.end())
    closers.push(() => upstream.close())
    const gateway = await before(upstream.url.replace('http:', 'https:'))
    await expectFault(gateway, 'upstream_tls_failed', 'could not agree on an encrypted connection')
  })
})

describe('a server that speaks only TLS and is asked in plain', () => {
  it('is told apart when it closes without a word', async () => {
    const gateway = await before(`http://127.0.0.1:${await startTls(selfSigned)}`)
    await expectFault(gateway, 'upstream_needs_tls', 'Change http to https')
  })

  it.each([
    ['with an alert', '\x15\x03\x01\x00\x02\x02\x46'],
    ['as Go does', 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n'],
    [
      'as nginx does',
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<title>400 The plain HTTP request was sent to HTTPS port</title>',
    ],
    [
      'by leading there',
      'HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1/api/version\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    ],
  ])('is told apart when it says so %s', async (_name, bytes) => {
    const upstream = await startRawUpstream((socket) => socket.end(bytes, 'latin1'))
    closers.push(() => upstream.close())
    await expectFault(await before(upstream.url), 'upstream_needs_tls', 'Change http to https')
  })
})

describe('a certificate to trust', () => {
  it.each([
    ['of the server itself', () => [selfSigned, selfSigned]],
    ['of the authority that signed it', () => [good, authority]],
    ['of a server, whoever signed it', () => [good, good]],
  ])('%s lets requests through', async (_name, of) => {
    const [server, trusted] = of() as [Certificate, Certificate]
    const gateway = await before(`https://127.0.0.1:${await startTls(server)}`, trusted.cert)
    const { statuses, health } = await answersOf(gateway)
    expect([statuses, health]).toEqual([[200, 200, 200], { gateway: 'up', upstream: 'up' }])
  })

  it('counts from the next request on, and no longer once it is taken away', async () => {
    const gateway = await before(`https://127.0.0.1:${await startTls(selfSigned)}`)
    const { secret } = await gateway.createKey()
    const ask = async () => (await fetch(`${gateway.url}/api/version`, { headers: { 'x-api-key': secret } })).status
    expect(await ask()).toBe(502)
    gateway.settings.upstreamCertificate = selfSigned.cert
    expect(await ask()).toBe(200)
    gateway.settings.upstreamCertificate = null
    expect(await ask()).toBe(502)
  })

  it('of somebody else lets nothing through', async () => {
    const gateway = await before(`https://127.0.0.1:${await startTls(selfSigned)}`, authority.cert)
    await expectFault(gateway, 'upstream_untrusted', 'add its certificate')
  })
})
