import type { IncomingMessage, ServerResponse } from 'node:http'

/** A handler in web terms that also sees the request as Node has it. */
type WebHandler = (request: Request, incoming: IncomingMessage) => Promise<Response>

/**
 * Answers what comes to a Node server by a handler in web terms. All that needs is loaded with the first request: it
 * brings Node's own fetch along, which is a tenth of a start, and most starts wait for no console.
 */
export function webListener(handler: WebHandler): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  let loading: Promise<(incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>> | undefined
  const load = async () => {
    const { getRequestListener } = await import('@hono/node-server')
    return getRequestListener((request, { incoming }) => handler(request, incoming as IncomingMessage), {
      overrideGlobalObjects: false,
    })
  }
  return (incoming, outgoing) => {
    loading ??= load()
    const answered = loading.then((listener) => listener(incoming, outgoing))
    // It is noted as what nobody has caught; here it must not leave a client waiting.
    void answered.catch((error: unknown) => {
      outgoing.destroy()
      throw error
    })
  }
}
