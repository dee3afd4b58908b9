import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type RawUpstream, startRawUpstream } from '../support/raw-upstream.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'

/** An upstream that answers every request in the same way. Calls `first` for each new connection. */
async function before(answer: string, first: (socket: Socket) => void = () => undefined) {
  const upstream = await startRawUpstream((socket) => {
    first(socket)
    socket.write(answer)
    socket.on('data', () => socket.write(answer))
  })
  const gateway = await startGateway({ upstream: upstream.url })
  closers.push(
    () => upstream.close(),
    () => gateway.close(),
  )
  const { secret } = await gateway.createKey()
  return { gateway, upstream, ask: () => ask(gateway, secret) }
}

async function ask(gateway: TestGateway, secret: string): Promise<[number, string]> {
  const answer = await fetch(`${gateway.url}/api/ps`, { headers: { 'x-api-key': secret } })
  return [answer.status, await answer.text()]
}

async function untilLeft(upstream: RawUpstream): Promise<void> {
  await until(() => upstream.sockets[0]?.readableEnded || upstream.sockets[0]?.destroyed, 'the connection to be left')
}

describe('a connection to the upstream', () => {
  it('is used again after a whole answer', async () => {
    const { upstream, ask } = await before(ANSWER)
    for (let round = 0; round < 5; round++) expect(await ask()).toEqual([200, '{}'])
    expect(upstream.heard).toHaveLength(1)
  })

  it.each([
    ['the upstream says that it closes', ANSWER.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')],
    ['something followed the answer', `${ANSWER}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ['the upstream keeps it for a moment only', ANSWER.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n')],
  ])('is left when %s', async (_name, answer) => {
    const { upstream, ask } = await before(answer)
    expect(await ask()).toEqual([200, '{}'])
    expect(await ask()).toEqual([200, '{}'])
    expect(upstream.heard.length).toBeGreaterThan(1)
    await untilLeft(upstream)
  })

  it('that says something unasked is left, and the next answer is the right one', async () => {
    const { upstream, ask } = await before(ANSWER)
    await ask()
    upstream.sockets[0]?.write(ANSWER.replace('{}', '[]'))
    await untilLeft(upstream)
    expect(await ask()).toEqual([200, '{}'])
    expect(upstream.heard).toHaveLength(2)
  })

  it('that the upstream closes while it is idle costs nobody an answer', async () => {
    const { upstream, ask } = await before(ANSWER)
    await ask()
    upstream.sockets[0]?.destroy()
    expect(await ask()).toEqual([200, '{}'])
  })

  it('on which a GET finds nobody is replaced once by a new one, also where others were kept', async () => {
    const reset = (socket: Socket) => socket.removeAllListeners('data').on('data', () => socket.resetAndDestroy())
    const { upstream, ask } = await before(ANSWER)
    await Promise.all([ask(), ask(), ask()])
    const kept = upstream.sockets.length
    for (const socket of upstream.sockets) reset(socket)
    expect(await ask()).toEqual([200, '{}'])
    expect(upstream.heard).toHaveLength(kept + 1)
  })

  it('that is new, and on which a GET finds nobody, is replaced once, too', async () => {
    let connections = 0
    const { upstream, ask } = await before(ANSWER, (socket) => {
      connections += 1
      if (connections === 1) socket.removeAllListeners('data').resetAndDestroy()
    })
    expect(await ask()).toEqual([200, '{}'])
    expect(upstream.heard).toHaveLength(2)
  })
})
