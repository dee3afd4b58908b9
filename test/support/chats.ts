import type { Socket } from 'node:net'
import { afterEach } from 'vitest'
import { startGateway, type TestGateway } from './gateway.ts'
import { type RawUpstream, startRawUpstream } from './raw-upstream.ts'

export const CHAT = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'count to nine' }] })

export async function startChat(gateway: TestGateway, secret?: string): Promise<Response> {
  const key = secret ?? (await gateway.createKey()).secret
  return fetch(`${gateway.url}/api/chat`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: CHAT })
}

/** Call once per test file. `closers` run after each test, in reverse order. */
export function chatGateways() {
  const closers: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })
  return {
    closers,
    /** A gateway in front of an upstream that answers with given bytes. */
    async before(answer: (socket: Socket) => void): Promise<{ gateway: TestGateway; upstream: RawUpstream }> {
      const upstream = await startRawUpstream(answer)
      const gateway = await startGateway({ upstream: upstream.url })
      closers.push(
        () => upstream.close(),
        () => gateway.close(),
      )
      return { gateway, upstream }
    },
    /** A gateway in front of the sample upstream. */
    async sample(chunkDelayMs: number): Promise<TestGateway> {
      const gateway = await startGateway({ chunkDelayMs })
      closers.push(() => gateway.close())
      return gateway
    },
  }
}
