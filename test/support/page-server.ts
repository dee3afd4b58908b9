import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

export interface PageServer {
  readonly port: number
  /** The headers of each received request. */
  readonly heard: readonly IncomingHttpHeaders[]
  close(): Promise<void>
}

interface PageServerOptions {
  /** Serves https with an untrusted certificate. */
  readonly tls?: boolean
}

/** Sends a request like a page, from a worker of the page. */
const WORKER = `onmessage = async ({ data: { url, ...init } }) => {
  const answered = fetch(url, init).then(async (response) => ({ status: response.status, text: await response.text() }))
  postMessage(await answered.catch((error) => ({ failed: error.message })))
}`

/** Somebody else's web server on a loopback port: an empty page at every address, and the worker at /worker.js. */
export async function startPageServer({ tls = false }: PageServerOptions = {}): Promise<PageServer> {
  const heard: IncomingHttpHeaders[] = []
  const server = tls ? createTlsServer(certificate(), answer) : createServer(answer)
  server.on('request', ({ headers }: IncomingMessage) => heard.push(headers))
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

const answer: RequestListener = ({ url }, response) => {
  if (url === '/worker.js') return response.setHeader('Content-Type', 'text/javascript').end(WORKER)
  return response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title><p>A page')
}

function certificate() {
  const file = (name: string) => readFileSync(fileURLToPath(new URL(`tls/${name}`, import.meta.url)))
  return { key: file('page.key'), cert: file('page.crt') }
}
