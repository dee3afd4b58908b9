import { request as httpRequest } from 'node:http'
import type { Serve } from '../../support/serve.ts'
import { until } from '../../support/until.ts'

const STREAM = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'count to 3000' }] })

export interface RevocationOptions {
  /** The key is disabled here. */
  readonly here: Serve
  /** A stream of the key runs here. */
  readonly there: Serve
  /** Called when the stream runs, before the key is disabled. */
  readonly before?: (() => Promise<void>) | undefined
  /** A clock in ms. */
  readonly startClock: () => () => number
}

/** Time from the confirmation that a key is disabled at one gateway until its stream at another has ended, in ms. */
export async function timeToRevoke({ here, there, before, startClock }: RevocationOptions): Promise<number> {
  const { id, secret } = await here.createKey()
  await until(async () => (await there.call('GET /api/keys', {})).some((key) => key.id === id), 'the key to be known')
  const stream = await openStream(there, secret)
  await before?.()
  await here.call('PATCH /api/keys/:id', { enabled: false }, id)
  const clock = startClock()
  await stream.ended
  return clock()
}

/** Resolves when the first piece has come. */
function openStream({ port }: Serve, secret: string): Promise<{ readonly ended: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}` }
    const outgoing = httpRequest({ port, host: '127.0.0.1', agent: false, method: 'POST', path: '/api/chat', headers })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      if (incoming.statusCode !== 200) reject(new Error(`the stream was refused with ${incoming.statusCode}`))
      const ended = new Promise<void>((end) => incoming.on('error', () => undefined).on('close', end))
      incoming.on('data', () => resolve({ ended }))
    })
    outgoing.end(STREAM)
  })
}
