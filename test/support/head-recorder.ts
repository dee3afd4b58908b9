import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The headers in which a browser describes the sender of a request. */
export interface SeenHead {
  readonly method: string
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
  /** The names of the cookies. */
  readonly cookies: readonly string[]
}

export interface HeadRecorder {
  readonly url: string
  /** An address that sets a cookie like the console's: visit it as a page. */
  readonly cookieUrl: string
  /** The requests that arrive at a new address while `act` runs; `act` gets the address. */
  during(act: (url: string) => Promise<unknown>): Promise<SeenHead[]>
  close(): Promise<void>
}

const CORS = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'authorization' }

/** A server on loopback that answers pages and preflights like the gateway, and records the senders. */
export async function startHeadRecorder(): Promise<HeadRecorder> {
  const heads = new Map<string, SeenHead[]>()
  const server = createServer((request, response) => {
    heads.get(request.url ?? '')?.push(headOf(request))
    if (request.url === '/cookie') response.setHeader('Set-Cookie', 'strict=1; SameSite=Strict; HttpOnly; Path=/')
    response.writeHead(200, { ...CORS, 'Content-Type': 'text/html' }).end('<!doctype html><title>Heads</title>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    cookieUrl: `${url}/cookie`,
    async during(act) {
      const path = `/${heads.size}`
      const seen: SeenHead[] = []
      heads.set(path, seen)
      await act(url + path)
      return seen
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function headOf({ method = '', headers }: IncomingMessage): SeenHead {
  const site = headers['sec-fetch-site']
  return {
    method,
    origin: headers.origin,
    fetchSite: typeof site === 'string' ? site : undefined,
    cookies: (headers.cookie ?? '').split('; ').map((cookie) => cookie.split('=')[0] ?? ''),
  }
}
