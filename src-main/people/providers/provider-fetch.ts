import type { CustomFetch } from 'openid-client'

const MOST_BYTES = 1_000_000
const NO_BODY = [204, 205, 304]

/** Seconds, for each request to a provider. */
export const PROVIDER_TIMEOUT_S = 10

/** `fetch` with a bound for the body. `onDate` gets the provider's clock with each answer, in ms UTC. */
export function createProviderFetch(onDate: (date: number) => void = () => undefined): CustomFetch {
  return async (url, options) => {
    const response = await fetch(url, options as RequestInit)
    // RFC 9111: a cache on the way keeps the date, and says for how many seconds it has had the answer.
    const date = Date.parse(response.headers.get('date') ?? '') + Number(response.headers.get('age') ?? 0) * 1000
    if (!Number.isNaN(date)) onDate(date)
    const { status, headers } = response
    const bytes = await boundedBody(response)
    return new Response(NO_BODY.includes(status) ? null : bytes, { status, headers })
  }
}

async function boundedBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  const body: AsyncIterable<Uint8Array> | null = response.body
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > MOST_BYTES) throw new Error('the answer of the provider is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
