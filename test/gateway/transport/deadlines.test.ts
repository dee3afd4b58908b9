import { describe, expect, it } from 'vitest'
import { startFullPort, startTaker } from '../../support/odd-ports.ts'
import { CHUNKED, describeTransports, MEGABYTES, OK } from '../../support/transport/contract.ts'
import { make, outcomeOf } from '../../support/transport/heard-call.ts'
import { until } from '../../support/until.ts'

describeTransports(({ isUndici, closers, opened, before }) => {
  describe('the deadline of', () => {
    it('the connection', async () => {
      const transport = opened(`http://127.0.0.1:${await startFullPort(closers)}`, { connectMs: 200 })
      expect((await outcomeOf(make(transport))).error).toMatchObject({ phase: 'connect' })
    })

    it('the handshake', async () => {
      const port = await startTaker(closers, () => undefined)
      const transport = opened(`https://127.0.0.1:${port}`, { connectMs: 500 })
      expect((await outcomeOf(make(transport))).error).toMatchObject({ phase: 'handshake' })
    })

    it('a request of which the upstream takes nothing', async () => {
      const port = await startTaker(closers, () => undefined)
      const made = make(opened(`http://127.0.0.1:${port}`, { sendMs: 300 }), { method: 'POST', bodyLength: MEGABYTES })
      made.call.end(Buffer.alloc(MEGABYTES))
      expect((await outcomeOf(made)).error).toMatchObject({ phase: 'send' })
    })

    it.each([
      ['a head', `${OK}Content-Le`],
      ['a head behind an interim one', `HTTP/1.1 102 Processing\r\n\r\n${OK}`],
    ])('%s that has begun', async (_name, text) => {
      const { transport } = await before((socket) => socket.write(text), { headMs: 300 })
      expect((await outcomeOf(make(transport))).error).toMatchObject({ phase: 'head' })
    })

    // undici tells its maker nothing between the last chunk and the end behind it.
    if (!isUndici)
      it('the end behind the last chunk', async () => {
        const { transport } = await before((socket) => socket.write(`${CHUNKED}0\r\nX-One: a\r\n`), { headMs: 300 })
        expect((await outcomeOf(make(transport))).error).toMatchObject({ phase: 'head' })
      })

    it('none of them is one for the answer itself', async () => {
      const { upstream, transport } = await before(() => undefined, { connectMs: 300, sendMs: 300, headMs: 300 })
      const made = make(transport)
      await until(() => upstream.sockets[0], 'the request')
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      upstream.sockets[0]?.write(`${CHUNKED}1\r\n{\r\n`)
      await until(() => made.heard.body === '{', 'the first piece')
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      upstream.sockets[0]?.write('1\r\n}\r\n0\r\n\r\n')
      expect(await outcomeOf(made)).toMatchObject({ ended: true, body: '{}' })
    })
  })
})
