import type { IncomingMessage, ServerResponse } from 'node:http'

/** A web-standard handler that also gets Node's request and answer. */
type WebHandler = (request: Request, incoming: IncomingMessage, outgoing: ServerResponse) => Promise<Response>

/**
 * Serves a web-standard handler from a Node server. Loads the code with the first request: it includes Node's own
 * fetch, which takes a tenth of the start time, and most starts need no console.
 */
export function webListener(handler: WebHandler): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  let loading: Promise<(incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>> | undefined
  const load = async () => {
    const { getRequestListener } = await import('@hono/node-server')
    return getRequestListener(
      (request, { incoming, outgoing }) => handler(request, incoming as IncomingMessage, outgoing as ServerResponse),
      { overrideGlobalObjects: false },
    )
  }
  return (incoming, outgoing) => {
    loading ??= load()
    const answered = loading.then((listener) => listener(incoming, outgoing))
    // The error is recorded as uncaught elsewhere. Here the client must get an end.
    void answered.catch((error: unknown) => {
      outgoing.destroy()
      throw error
    })
  }
}
