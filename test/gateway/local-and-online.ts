import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

interface Options {
  /** Default: `local`. */
  key?: IssuedKey
  method?: string
  headers?: Record<string, string>
}

type Body = string | Buffer<ArrayBuffer> | FormData | object

/** A gateway whose upstream has models of the cloud, with a key that may go online and one that may not. */
export interface LocalAndOnline {
  readonly gateway: TestGateway
  readonly local: IssuedKey
  readonly online: IssuedKey
  /** The requests of clients. The gateway's own requests have no such header. */
  sent(): TestGateway['received']
  send(path: string, body: Body, options?: Options): Promise<{ status: number; text: string }>
  /** Sends a request, and expects that the key keeps it on this computer. */
  expectStays(path: string, body: Body, options?: Options): Promise<void>
}

export function localAndOnline(): LocalAndOnline {
  let gateway: TestGateway
  let local: IssuedKey
  let online: IssuedKey

  beforeAll(async () => {
    gateway = await startGateway({ remoteModels: ['big:20b-cloud', 'alias:latest'], chunkDelayMs: 5 })
    const scopes = ['chat', 'models', 'manage', 'all'] as const
    local = await gateway.createKey({ scopes: [...scopes] })
    online = await gateway.createKey({ scopes: [...scopes], online: true })
  })
  beforeEach(() => {
    gateway.received.length = 0
    gateway.records.length = 0
    gateway.onlineQuestions.length = 0
  })
  afterAll(() => gateway.close())

  const sent: LocalAndOnline['sent'] = () =>
    gateway.received.filter(({ rawHeaders }) => rawHeaders.some((line) => line.toLowerCase() === 'x-client'))

  const send: LocalAndOnline['send'] = async (path, body, options = {}) => {
    const isPlain = typeof body === 'object' && !Buffer.isBuffer(body) && !(body instanceof FormData)
    const answer = await fetch(gateway.url + path, {
      method: options.method ?? 'POST',
      headers: { authorization: `Bearer ${(options.key ?? local).secret}`, 'x-client': 'test', ...options.headers },
      body: isPlain ? JSON.stringify(body) : (body as string),
    })
    return { status: answer.status, text: await answer.text() }
  }

  const expectStays: LocalAndOnline['expectStays'] = async (path, body, options = {}) => {
    const { status, text } = await send(path, body, options)
    expect([status, text]).toEqual([403, expect.stringContaining('This key keeps everything on this computer')])
    expect(sent()).toEqual([])
    expect((await gateway.record(gateway.records.length - 1)).reason).toBe('stays_local')
  }

  return {
    get gateway() {
      return gateway
    },
    get local() {
      return local
    },
    get online() {
      return online
    },
    sent,
    send,
    expectStays,
  }
}
