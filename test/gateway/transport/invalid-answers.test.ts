import { describe, expect, it } from 'vitest'
import { ConnectionLost, InvalidAnswer } from '../../../src-main/gateway/transport.ts'
import { CHUNKED, describeTransports, isLost, OK, WHOLE } from '../../support/transport/contract.ts'
import { make, outcomeOf } from '../../support/transport/heard-call.ts'
import { until } from '../../support/until.ts'

const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'

describeTransports(({ before, saying }) => {
  describe('an answer that is not HTTP as it should be', () => {
    it.each([
      ['two lengths', `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
      ['a length and a coding', `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
      ['a length with a sign', `${OK}Content-Length: +2\r\n\r\n{}`],
      ['a blank before the colon', `${OK}Content-Length : 2\r\n\r\n{}`],
      ['a NUL in a value', `${OK}X-One: a\0b\r\nContent-Length: 2\r\n\r\n{}`],
      ['a line without a colon', `${OK}Hello\r\n\r\n`],
      [
        'a switch of protocols',
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      ],
      ['a head of more than 64 kB', `${OK}${`X-Long: ${'a'.repeat(1_000)}\r\n`.repeat(70)}`],
    ])('is invalid from its head: %s', async (_name, text) => {
      const { transport } = await saying(text)
      const heard = await outcomeOf(make(transport))
      expect(heard).toMatchObject({ head: undefined, error: expect.any(InvalidAnswer) as unknown })
      expect(heard.error).toMatchObject({ protocol: 'http' })
    })

    it.each([
      ['of another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'other'],
      ['of TLS', Buffer.from('15030300020246', 'hex').toString('latin1'), 'tls'],
    ])('is known as one %s', async (_name, text, protocol) => {
      const { transport } = await saying(text)
      expect((await outcomeOf(make(transport))).error).toMatchObject({ protocol })
    })

    it.each([
      ['a chunk size that is none', 'zz\r\n'],
      ['a chunk longer than its size', '2\r\n{}evil\r\n0\r\n\r\n'],
      ['a chunk size with a sign', '+2\r\n{}\r\n0\r\n\r\n'],
    ])('is invalid from its body on: %s', async (_name, rest) => {
      const { upstream, transport } = await before((socket) => socket.write(`${CHUNKED}2\r\n{}\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === '{}', 'the first chunk')
      upstream.sockets[0]?.write(rest)
      const heard = await outcomeOf(made)
      expect(heard.error).toBeInstanceOf(InvalidAnswer)
      expect(heard.body).not.toContain('evil')
    })

    it.each([
      ['its head', `${OK}Content-Le`],
      ['its length', `${OK}Content-Length: 5\r\n\r\n{}`],
      ['its last chunk', `${CHUNKED}2\r\n{}\r\n`],
      ['anything', ''],
    ])('is lost when the connection ends before %s', async (_name, text) => {
      const { transport } = await before((socket) => socket.end(text))
      expect((await outcomeOf(make(transport))).error).toBeInstanceOf(ConnectionLost)
    })

    it('is lost when the connection is reset before its head', async () => {
      const { transport } = await before((socket) => void socket.resetAndDestroy())
      expect(isLost((await outcomeOf(make(transport))).error)).toBe(true)
    })

    it.each([
      ['a length', WHOLE],
      ['chunks', `${CHUNKED}2\r\n{}\r\n0\r\n\r\n`],
    ])('has nothing to do with the next: what follows %s goes to nobody', async (_name, text) => {
      const { upstream, transport } = await saying(text + EVIL)
      for (let round = 0; round < 3; round++)
        expect(await outcomeOf(make(transport))).toMatchObject({ ended: true, body: '{}' })
      expect(upstream.heard).toHaveLength(3)
    })
  })
})
