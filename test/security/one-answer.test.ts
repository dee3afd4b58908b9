import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.ts'
import { exchangeRaw, openRaw } from '../support/raw-http.ts'
import { startRawUpstream } from '../support/raw-upstream.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startGateway(options)
  closers.push(() => gateway.close())
  return gateway
}

const head = (line: string, ...more: string[]) =>
  [`${line} HTTP/1.1`, 'Host: localhost', ...more, 'Transfer-Encoding: chunked', '', ''].join('\r\n')
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]))
/** Reports take their time, so that an answer is under way while the body breaks. */
const SLOW_OWN = {
  key: () => ({}),
  usage: () => new Promise<object>((resolve) => setTimeout(() => resolve({}), 50)),
  metrics: async () => ({ text: '', contentType: 'text/plain' }),
}
const ROUTES = [
  ['a preflight', 'OPTIONS /', false],
  ['a preflight of a route', 'OPTIONS /api/chat', false],
  ['the root', 'GET /', false],
  ['the root by HEAD', 'HEAD /', false],
  ['the health', 'GET /healthz', false],
  ['a refusal for want of a key', 'POST /api/chat', false],
  ['a refused method', 'PURGE /', false],
  ['a refused path', 'GET //api/tags', false],
  ['the key’s own route', 'GET /latchkey/key', true],
  ['the key’s own use, which is slow', 'GET /latchkey/usage', true],
  ['the metrics', 'GET /metrics', true],
  ['a refused scope', 'POST /api/me', true],
  ['a list', 'GET /api/tags', true],
  ['a chat', 'POST /api/chat', true],
  ['a chat that asks for its usage', 'POST /v1/chat/completions', true],
] as const
const BROKEN = [
  ['in place of a chunk', 'ZZ\r\n'],
  ['behind a chunk', '2\r\n{}\r\nZZ\r\n'],
  ['in place of a chunk’s end', '2\r\n{}ZZ\r\n'],
] as const

describe('a body that breaks gets no second answer, and ends no more than its connection', () => {
  for (const [where, body] of BROKEN) {
    it.each(ROUTES)(`${where}, behind %s`, async (_name, line, hasKey) => {
      const gateway = await start({ own: SLOW_OWN })
      const { secret } = await gateway.createKey({ scopes: ['chat', 'models', 'usage'] })
      const bytes = head(line, ...(hasKey ? [`x-api-key: ${secret}`] : []))
      const together = await exchangeRaw(gateway.port, bytes + body, 4_000)
      expect(statuses(together)).toHaveLength(1)
      const connection = await openRaw(gateway.port)
      connection.send(bytes)
      await until(
        () => connection.socket.bytesRead > 0 || gateway.gateway.running > 0 || undefined,
        'the head to arrive',
      )
      connection.send(body)
      expect(statuses(await connection.readToEnd()).length).toBe(1)
      await until(() => gateway.gateway.running === 0, 'every exchange to end')
      expect(gateway.failures).toEqual([])
      expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
    })
  }

  it('nor does one whose answer had its end long before', async () => {
    const gateway = await start()
    const connection = await openRaw(gateway.port)
    const small = 'OPTIONS / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n'
    connection.send(small)
    expect((await connection.readResponse()).status).toBe(204)
    connection.send('12345678')
    connection.socket.end()
    expect(await connection.readToEnd()).toBe('')
    expect(gateway.failures).toEqual([])
  })
})

describe('requests that stand behind one another on a connection', () => {
  it('keep their whole answers when what follows them cannot be read', async () => {
    const gateway = await start({ chunkDelayMs: 5 })
    const { secret } = await gateway.createKey()
    const body = '{"model":"sample-small","messages":[{"role":"user","content":"hi"}]}'
    const chat = `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const answer = await exchangeRaw(gateway.port, `${chat}${chat}not HTTP\r\n\r\n`)
    expect(statuses(answer)).toEqual([200, 200, 400])
    expect(answer.match(/"done":true/g)).toHaveLength(2)
    expect(answer.indexOf('400 Bad')).toBeGreaterThan(answer.lastIndexOf('"done":true'))
  })

  it('are not answered behind one that is cut off, whose rest that answer could pass for', async () => {
    const goOn = Promise.withResolvers<void>()
    const answers = [
      (socket: Socket) =>
        void goOn.promise.then(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst')),
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncut'),
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthird'),
    ]
    const upstream = await startRawUpstream((socket) => answers.shift()?.(socket))
    closers.push(() => upstream.close())
    const gateway = await start({ upstream: upstream.url })
    const { secret } = await gateway.createKey()
    const connection = await openRaw(gateway.port)
    connection.send(`GET /api/tags HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n\r\n`.repeat(3))
    expect(await gateway.record()).toMatchObject({ outcome: 'cut_off', reason: 'upstream_died' })
    goOn.resolve()
    const text = await connection.readToEnd()
    expect(statuses(text)).toEqual([200])
    expect(text).toMatch(/\r\n\r\nfirst$/)
    await until(() => gateway.gateway.running === 0, 'every exchange to end')
  })

  it('end with their client, also those whose turn had not come', async () => {
    const upstream = await startRawUpstream(() => undefined)
    closers.push(() => upstream.close())
    const gateway = await start({ upstream: upstream.url })
    const { secret } = await gateway.createKey({ concurrency: 3 })
    const connection = await openRaw(gateway.port)
    connection.send(`GET /api/tags HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n\r\n`.repeat(3))
    await until(() => gateway.gateway.running === 3 && upstream.sockets.length === 3, 'three exchanges')
    connection.close()
    await until(() => gateway.gateway.running === 0, 'every exchange to end')
    expect(gateway.records.map(({ outcome }) => outcome)).toEqual(Array(3).fill('client_aborted'))
    await until(() => upstream.sockets.every((socket) => socket.destroyed), 'the upstream to be let go')
    const again = await openRaw(gateway.port)
    again.send(`GET /api/tags HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n\r\n`)
    await until(() => upstream.sockets.length === 4, 'the key’s places to be free')
    again.close()
  })

  it.each([
    ['asked for a tunnel', 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['was not HTTP', 'not HTTP\r\n\r\n'],
    ['had no whole head', 'POST /api/chat HTTP/1.1\r\nHost: loc'],
    ['had no whole body', 'POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc'],
    ['had no whole chunk', 'POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nab'],
    [
      'had a chunk that is none',
      'POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
    ],
  ])('end with their client, also when one behind them %s', async (_what, behind) => {
    const upstream = await startRawUpstream(() => undefined)
    closers.push(() => upstream.close())
    const gateway = await start({ upstream: upstream.url })
    const { secret } = await gateway.createKey()
    for (const leave of ['destroy', 'end'] as const) {
      const connection = await openRaw(gateway.port)
      connection.send(`GET /api/tags HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n\r\n${behind}`)
      await until(() => gateway.gateway.running > 0 && upstream.sockets.some((one) => !one.destroyed), 'an exchange')
      connection.socket[leave]()
      await until(() => gateway.gateway.running === 0, 'the exchange to end')
      await until(() => upstream.sockets.every((socket) => socket.destroyed), 'the upstream to be let go')
    }
  })
})

describe('a connection that is reset at once', () => {
  it.each([
    'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nabc',
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(200),
    'not HTTP\r\n\r\n',
  ])('behind %j ends nothing else', async (bytes) => {
    const gateway = await start()
    for (let times = 0; times < 20; times++) {
      const connection = await openRaw(gateway.port)
      connection.send(bytes)
      if (times % 2 === 0) await new Promise((resolve) => connection.socket.once('data', resolve))
      connection.socket.resetAndDestroy()
    }
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
    await until(() => gateway.gateway.running === 0, 'every exchange to end')
    expect(gateway.failures).toEqual([])
  })
})

describe('a body that its client asks leave for, behind a request that is not answered yet', () => {
  it('is asked for before its answer begins, and never within it', async () => {
    const large = 'x'.repeat(70_000)
    let isFirst = true
    const upstream = await startRawUpstream((socket) => {
      const body = isFirst ? '{}' : large
      const answer = () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
      // The second answer is there before the first, and does not wait for its body.
      if (isFirst) setTimeout(answer, 200)
      else answer()
      isFirst = false
    })
    closers.push(() => upstream.close())
    const gateway = await start({ upstream: upstream.url, timeouts: { leftover: 300 } })
    const { secret } = await gateway.createKey({ scopes: ['all'], online: true })
    const lines = `Host: localhost\r\nx-api-key: ${secret}\r\n`
    const text = await exchangeRaw(
      gateway.port,
      `GET /api/first HTTP/1.1\r\n${lines}\r\nPOST /api/second HTTP/1.1\r\n${lines}Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n`,
      10_000,
    )
    const [, behind = ''] = text.split(/(?=HTTP\/1\.1 200)/)
    const body = behind.slice(behind.indexOf('\r\n\r\n') + 4)
    expect(body.slice(0, 40)).toBe(large.slice(0, 40))
    expect(text.slice(text.indexOf('\r\n\r\n{}')).match(/100 Continue/g) ?? []).toEqual([])
  })
})
