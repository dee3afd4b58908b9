import { describe, expect, it } from 'vitest'
import { CHUNKED, describeTransports, MEGABYTES, OK, WHOLE } from '../../support/transport/contract.ts'
import { make, outcomeOf } from '../../support/transport/heard-call.ts'
import { until } from '../../support/until.ts'

describeTransports(({ isUndici, before, saying }) => {
  describe('reads', () => {
    it('an answer piece by piece, as it comes', async () => {
      const { upstream, transport } = await before((socket) => socket.write(`${CHUNKED}3\r\none\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === 'one', 'the first piece')
      expect(made.heard.isOver).toBe(false)
      upstream.sockets[0]?.write('3\r\ntwo\r\n0\r\n\r\n')
      expect(await outcomeOf(made)).toMatchObject({ ended: true, body: 'onetwo' })
    })

    it.each([
      ['a length', WHOLE, 2],
      [
        'chunks with an extension and trailers',
        `${CHUNKED}1;a=b\r\n{\r\n1\r\n}\r\n0\r\nX-One: a\r\nX-Two: b\r\n\r\n`,
        -1,
      ],
      [
        'interim answers before it',
        `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: a\r\n\r\n${WHOLE}`,
        2,
      ],
    ])('one with %s, and keeps the connection', async (_name, text, bodyLength) => {
      const { upstream, transport } = await saying(text)
      for (let round = 0; round < 3; round++) {
        const heard = await outcomeOf(make(transport))
        expect(heard).toMatchObject({ ended: true, body: '{}', head: { status: 200, bodyLength } })
      }
      expect(upstream.heard).toHaveLength(1)
    })

    it.each([
      ['HEAD', 'HEAD', `${OK}Content-Length: 2000\r\n\r\n`, 200],
      ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
      ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\n\r\n', 304],
    ])('an answer without a body for %s, and keeps the connection', async (_name, method, text, status) => {
      const { upstream, transport } = await saying(text)
      for (let round = 0; round < 2; round++) {
        const heard = await outcomeOf(make(transport, { method }))
        expect(heard).toMatchObject({ ended: true, body: '', head: { status, bodyLength: 0 } })
      }
      // undici does so behind a HEAD only where the upstream says in so many words that it keeps the connection.
      expect(upstream.heard).toHaveLength(isUndici && method === 'HEAD' ? 2 : 1)
    })

    it('one that ends with the connection', async () => {
      const { transport } = await before((socket) => socket.end(`${OK}Content-Encoding: gzip\r\n\r\nall of it`))
      const heard = await outcomeOf(make(transport))
      expect(heard).toMatchObject({ ended: true, body: 'all of it', head: { contentEncoding: 'gzip' } })
      expect(heard.head?.bodyLength).toBeLessThan(0)
    })

    it('a head of 60 kB, with each of its lines', async () => {
      const lines = Array.from({ length: 60 }, (_, at) => `X-${at}: ${'a'.repeat(1_000)}\r\n`).join('')
      const { transport } = await saying(`${OK}${lines}X-Last: caf\xe9\r\nContent-Length: 2\r\n\r\n{}`)
      const { head } = await outcomeOf(make(transport))
      expect(head?.lines).toHaveLength(124)
      expect(head?.lines.slice(-4)).toEqual(['x-last', 'caf\xe9', 'content-length', '2'])
    })

    it('no more than its maker takes', async () => {
      const { upstream, transport } = await before((socket) => {
        socket.write(`${OK}Content-Length: ${MEGABYTES}\r\n\r\n`)
        socket.write(Buffer.alloc(MEGABYTES, 'a'))
      })
      const made = make(transport)
      await until(() => made.heard.bytes > 0, 'the first piece')
      made.call.pause()
      const taken = await untilStill(() => made.heard.bytes)
      expect(taken).toBeLessThan(MEGABYTES / 2)
      expect(upstream.sockets[0]?.writableLength).toBeGreaterThan(0)
      made.call.resume()
      expect((await outcomeOf(made)).bytes).toBe(MEGABYTES)
    })
  })
})

/** Returns the received data when it no longer grows. */
async function untilStill(read: () => number): Promise<number> {
  let last = -1
  await until(async () => {
    const now = read()
    const isStill = now === last
    last = now
    await new Promise((resolve) => setTimeout(resolve, 100))
    return isStill
  }, 'everything to stand still')
  return last
}
