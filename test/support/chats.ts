import type { Socket } from 'node:net'
import { afterEach } from 'vitest'
import { startGateway, type TestGateway } from './gateway.ts'
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts'

export const CHAT = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'count to nine' }] })

export async function startChat(gateway: TestGateway, secret?: string): Promise<Response> {
  const key = secret ?? (await gateway.createKey()).secret
  return fetch(`${gateway.url}/api/chat`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: CHAT })
}

/** To be called once in a file of tests. `closers` run after each test, the last one first. */
export function chatGateways() {
  const closers: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })
  return {
    closers,
    /** A gateway before an upstream that answers in bytes. */
    async before(answer: (socket: Socket) => void): Promise<{ gateway: TestGateway; upstream: RawUpstream }> {
      const upstream = await startRawUpstream(answer)
      const gateway = await startGateway({ upstream: upstream.url })
      closers.push(
        () => upstream.close(),
        () => gateway.close(),
      )
      return { gateway, upstream }
    },
    /** A gateway before the sample. */
    async sample(chunkDelayMs: number): Promise<TestGateway> {
      const gateway = await startGateway({ chunkDelayMs })
      closers.push(() => gateway.close())
      return gateway
    },
  }
}
