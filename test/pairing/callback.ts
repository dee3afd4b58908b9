import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** An app's own address on this computer, and a browser that goes there. */
export interface Callback {
  readonly url: string
  /**
   * Opens an address as a browser does, and loads it again when the page says so. Resolves to the address of the callback at
   * which it arrives.
   */
  browse(address: URL): Promise<URL>
  close(): Promise<void>
}

async function browse(address: URL): Promise<URL> {
  for (;;) {
    const { status, location, refresh } = await load(address)
    if (location !== undefined) return new URL(location)
    if (refresh === undefined) throw new Error(`the page at ${address.pathname} ends with status ${status}`)
    await delay(Number(refresh) * 100)
  }
}

/** By node:http, because `fetch` says that a script asks. */
async function load(address: URL): Promise<{ status?: number; location?: string; refresh?: string }> {
  const [answer] = (await once(get(address), 'response')) as [IncomingMessage]
  answer.resume()
  const { location, refresh } = answer.headers as { location?: string; refresh?: string }
  return {
    ...(answer.statusCode && { status: answer.statusCode }),
    ...(location && { location }),
    ...(refresh && { refresh }),
  }
}

// A double of a browser: it knows only Location and Refresh. The pages in a real browser are another test's.
export async function openCallback(): Promise<Callback> {
  const server = createServer((_, answer) => answer.end('done'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  return {
    url,
    browse,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
