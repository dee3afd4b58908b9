import type { LanGateway } from './lan-gateway.ts'

/** The body of a chat whose answer has a hundred words. */
export const CHAT = JSON.stringify({
  model: 'sample-small',
  messages: [{ role: 'user', content: 'count slowly to a hundred, one word at a time' }],
})

export const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` })

/** Reads the first piece of a stream over TLS; `rest` reads the others. */
export async function startStream(lan: LanGateway, client = lan.client(), secret?: string) {
  const answer = await client.fetch('/api/chat', {
    method: 'POST',
    headers: bearer(secret ?? (await lan.gateway.createKey()).secret),
    body: CHAT,
  })
  const reader = (answer.body as unknown as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  return {
    reader,
    async rest(): Promise<string> {
      let text = ''
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return text
        text += Buffer.from(value).toString()
      }
    },
  }
}
