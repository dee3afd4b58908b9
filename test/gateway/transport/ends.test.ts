import { describe, expect, it } from 'vitest'
import { ConnectionLost } from '../../../src-main/gateway/transport.ts'
import { CHUNKED, describeTransports, untilLeft } from '../../support/transport/contract.ts'
import { make, outcomeOf } from '../../support/transport/heard-call.ts'
import { until } from '../../support/until.ts'

describeTransports(({ before, saying }) => {
  describe('ends', () => {
    it('a call whose maker aborts it, at the upstream, too, and tells nothing more', async () => {
      const { upstream, transport } = await before((socket) => socket.write(`${CHUNKED}3\r\none\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === 'one', 'the first piece')
      made.call.abort()
      await untilLeft(upstream)
      expect(made.heard.isOver).toBe(false)
    })

    it('an upload whose maker aborts it', async () => {
      const { upstream, transport } = await before(() => undefined)
      const made = make(transport, { method: 'POST', bodyLength: 1_000 })
      made.call.write(Buffer.from('begun'))
      await until(() => upstream.heard[0]?.endsWith('begun'), 'the first piece')
      made.call.abort()
      await untilLeft(upstream)
      expect(made.heard.isOver).toBe(false)
    })

    it('a call whose listener throws, and tells it of the fault', async () => {
      const { upstream, transport } = await saying(`${CHUNKED}3\r\none\r\n`)
      const fault = new Error('the listener’s own')
      const made = make(transport)
      made.heard.onData = () => {
        throw fault
      }
      expect((await outcomeOf(made)).faults).toEqual([fault])
      await untilLeft(upstream)
      expect(made.heard.error).toBeUndefined()
    })

    it('running calls when it is destroyed', async () => {
      const { transport } = await before((socket) => socket.write(`${CHUNKED}3\r\none\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === 'one', 'the first piece')
      transport.destroy()
      expect((await outcomeOf(made)).error).toBeInstanceOf(ConnectionLost)
    })

    it('running calls with their answer when it is closed, and their connection behind it', async () => {
      const { upstream, transport } = await before((socket) => socket.write(`${CHUNKED}3\r\none\r\n`))
      const made = make(transport)
      await until(() => made.heard.body === 'one', 'the first piece')
      transport.close()
      upstream.sockets[0]?.write('0\r\n\r\n')
      expect(await outcomeOf(made)).toMatchObject({ ended: true })
      await untilLeft(upstream)
    })
  })
})
