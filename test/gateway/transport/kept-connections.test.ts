import { describe, expect, it } from 'vitest'
import { describeTransports, isLost, WHOLE } from '../../support/transport/contract.ts'
import { make, outcomeOf } from '../../support/transport/heard-call.ts'

describeTransports(({ saying }) => {
  describe('a kept connection', () => {
    it('that the upstream has left costs a call that takes it, and not one that asks for a new one', async () => {
      const { upstream, transport } = await saying(WHOLE)
      await outcomeOf(make(transport))
      upstream.sockets[0]?.removeAllListeners('data').once('data', () => upstream.sockets[0]?.resetAndDestroy())
      expect(isLost((await outcomeOf(make(transport))).error)).toBe(true)
      expect(await outcomeOf(make(transport, { needsNewConnection: true }))).toMatchObject({ ended: true, body: '{}' })
      expect(upstream.heard).toHaveLength(2)
    })

    it('is not used by a call that needs a new one', async () => {
      const { upstream, transport } = await saying(WHOLE)
      for (let round = 0; round < 2; round++) await outcomeOf(make(transport, { needsNewConnection: true }))
      expect(upstream.heard).toHaveLength(2)
    })

    it('is left when the upstream says that it closes', async () => {
      const { upstream, transport } = await saying(WHOLE.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
      for (let round = 0; round < 2; round++) await outcomeOf(make(transport))
      expect(upstream.heard).toHaveLength(2)
    })
  })
})
