import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PageServer {
  readonly port: number
  /** The headers of each request that came. */
  readonly heard: readonly IncomingHttpHeaders[]
  close(): Promise<void>
}

/** A web server of somebody else's, on a loopback port: an empty page at every address. */
export async function startPageServer(): Promise<PageServer> {
  const heard: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    heard.push(request.headers)
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title><p>A page')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
