import { describe, expect, it } from 'vitest'
import type { RawUpstream } from '../../support/raw-upstream.ts'
import { describeTransports, MEGABYTES, WHOLE } from '../../support/transport/contract.ts'
import { make, outcomeOf } from '../../support/transport/heard-call.ts'
import { until } from '../../support/until.ts'

describeTransports(({ before, saying }) => {
  describe('sends', () => {
    it('a request without a body as it is given', async () => {
      const { upstream, transport } = await saying(WHOLE)
      await outcomeOf(make(transport, { target: '/api/tags?a=1', lines: ['host', 'a.example', 'x-one', 'caf\xe9'] }))
      expect(upstream.heard[0]).toMatch(/^GET \/api\/tags\?a=1 HTTP\/1\.1\r\n/)
      expect(linesOf(upstream)).toEqual(expect.arrayContaining(['host: a.example', 'x-one: caf\xe9']))
      expect(upstream.heard[0]).toMatch(/\r\n\r\n$/)
    })

    it('a body of known length', async () => {
      const { upstream, transport } = await before((socket) => {
        void until(() => upstream.heard[0]?.endsWith('{"a":1}'), 'the body').then(() => socket.write(WHOLE))
      })
      const made = make(transport, { method: 'POST', bodyLength: 7 })
      made.call.write(Buffer.from('{"a"'))
      made.call.end(Buffer.from(':1}'))
      expect(await outcomeOf(made)).toMatchObject({ ended: true, body: '{}' })
      expect(linesOf(upstream)).toContain('content-length: 7')
    })

    it('a body of unknown length in chunks, of which the first need not wait for the last', async () => {
      const { upstream, transport } = await before((socket) => {
        void until(() => upstream.heard[0]?.endsWith('\r\n0\r\n\r\n'), 'the last chunk').then(() => socket.write(WHOLE))
      })
      const made = make(transport, { method: 'POST', bodyLength: 'chunked' })
      made.call.write(Buffer.from('first'))
      await until(() => upstream.heard[0]?.includes('5\r\nfirst'), 'the first chunk')
      made.call.end(Buffer.from('last'))
      expect(await outcomeOf(made)).toMatchObject({ ended: true })
      expect(upstream.heard[0]).toMatch(/\r\ntransfer-encoding: chunked\r\n/i)
    })

    it('no more of a body than the upstream takes', async () => {
      const { upstream, transport } = await before((socket) => {
        socket.pause()
        setTimeout(() => socket.resume(), 200)
      })
      const made = make(transport, { method: 'POST', bodyLength: MEGABYTES })
      const piece = Buffer.alloc(1024 * 1024, 'a')
      let sent = 0
      let waits = 0
      while (sent < MEGABYTES) {
        const goesOn = made.call.write(piece)
        sent += piece.length
        if (goesOn) continue
        waits++
        await new Promise<void>((resolve) => made.call.onDrain(resolve))
      }
      made.call.end()
      await until(() => (upstream.heard[0]?.length ?? 0) > MEGABYTES, 'all of the body')
      upstream.sockets[0]?.write(WHOLE)
      expect(await outcomeOf(made)).toMatchObject({ ended: true })
      expect(waits).toBeGreaterThan(1)
    })

    it.each([
      ['target', { target: '/a\r\nX: b' }],
      ['value', { lines: ['host', 'a', 'x-one', 'a\r\nX: b'] }],
    ])('nothing when the %s has a forbidden character', async (_name, request) => {
      const { upstream, transport } = await saying(WHOLE)
      expect(() => make(transport, request)).toThrow(TypeError)
      await outcomeOf(make(transport))
      expect(upstream.heard.join('')).not.toContain('X: b')
    })
  })
})

/** Header lines of the first request. */
function linesOf(upstream: RawUpstream): string[] {
  const head = (upstream.heard[0] ?? '').split('\r\n\r\n', 1)[0] ?? ''
  return head.split('\r\n').slice(1)
}
