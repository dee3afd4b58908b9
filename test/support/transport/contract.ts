import type { Socket } from 'node:net'
import { afterEach, describe } from 'vitest'
import { openHttp1 } from '../../../src-main/gateway/http1/connection-pool.ts'
import {
  ConnectionLost,
  type OpenTransport,
  type Transport,
  UPSTREAM_DEADLINES,
  type UpstreamDeadlines,
} from '../../../src-main/gateway/transport.ts'
import { type RawUpstream, startRawUpstream } from '../raw-upstream.ts'
import { until } from '../until.ts'
import { openUndici } from './undici-transport.ts'

const TRANSPORTS: readonly [name: string, open: OpenTransport][] = [
  ['the own client', openHttp1],
  ['undici', openUndici],
]

export const OK = 'HTTP/1.1 200 OK\r\n'
export const WHOLE = `${OK}Content-Length: 2\r\n\r\n{}`
export const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`
export const MEGABYTES = 40 * 1024 * 1024

/** A transport under test, and the upstreams that it is pointed at. Everything is closed after each test. */
export interface Subject {
  readonly isUndici: boolean
  readonly closers: (() => unknown)[]
  opened(url: string, deadlines?: Partial<UpstreamDeadlines>, certificate?: string | null): Transport
  /** With an upstream that calls `answer` for each new connection, once a request has begun on it. */
  before(
    answer: (socket: Socket) => void,
    deadlines?: Partial<UpstreamDeadlines>,
  ): Promise<{ upstream: RawUpstream; transport: Transport }>
  /** With one that gives the same answer to every request. */
  saying(text: string): Promise<{ upstream: RawUpstream; transport: Transport }>
}

/**
 * The contract of gateway/transport.ts, over real sockets. Latchkey's own client and undici pass the same tests, except
 * where undici cannot, each time with the reason.
 */
export function describeTransports(define: (subject: Subject) => void): void {
  describe.each(TRANSPORTS)('%s', (name, open) => {
    const subject = subjectOf(name === 'undici', open)
    afterEach(async () => {
      for (const close of subject.closers.splice(0).reverse()) await close()
    })
    define(subject)
  })
}

function subjectOf(isUndici: boolean, open: OpenTransport): Subject {
  const closers: (() => unknown)[] = []
  const opened: Subject['opened'] = (url, deadlines = {}, certificate = null) => {
    const transport = open({ url: new URL(url), certificate, deadlines: { ...UPSTREAM_DEADLINES, ...deadlines } })
    closers.push(() => transport.destroy())
    return transport
  }
  const before: Subject['before'] = async (answer, deadlines = {}) => {
    const upstream = await startRawUpstream(answer)
    closers.push(() => upstream.close())
    return { upstream, transport: opened(upstream.url, deadlines) }
  }
  const saying: Subject['saying'] = (text) =>
    before((socket) => {
      socket.write(text, 'latin1')
      socket.on('data', () => socket.write(text, 'latin1'))
    })
  return { isUndici, closers, opened, before, saying }
}

/** A connection that ended under a call; its maker may use another. */
export function isLost(error: Error | undefined): boolean {
  return error instanceof ConnectionLost || (error !== undefined && 'code' in error && error.code === 'ECONNRESET')
}

export async function untilLeft({ sockets }: RawUpstream): Promise<void> {
  await until(() => sockets[0]?.destroyed || sockets[0]?.readableEnded, 'the upstream to be left')
}
