import { type IncomingMessage, request } from 'node:http'
import type { GatewayState } from '#shared/console-api/state.ts'
import { TRY_PATH, type TryChat, type TryEvent, tryBody } from '#shared/console-api/try-chat.ts'
import { PersonError } from '#shared/text/person-error.ts'

export interface TryChatOptions {
  readonly gateway: () => Pick<GatewayState, 'status' | 'port' | 'problem'>
  readonly version: string
  readonly now: () => number
}

/**
 * Sends a test chat to the gateway's own port, so that the person sees what an app would get: it is judged, limited and
 * recorded. Throws a PersonError `gateway_stopped`. Ends early and silently if `signal` aborts.
 */
export type SendTryChat = (ask: TryChat, signal: AbortSignal) => AsyncIterable<TryEvent>

export function createTryChat({ gateway, version, now }: TryChatOptions): SendTryChat {
  async function* follow(port: number, ask: TryChat, signal: AbortSignal): AsyncGenerator<TryEvent> {
    const startedAt = now()
    try {
      const answer = await send({ port, ask, signal, version })
      yield { type: 'head', status: answer.statusCode ?? 0, headers: pairsOf(answer), afterMs: now() - startedAt }
      const decoder = new TextDecoder()
      for await (const piece of answer as AsyncIterable<Uint8Array>) {
        yield { type: 'text', text: decoder.decode(piece, { stream: true }) }
      }
      yield { type: 'end', whole: true, afterMs: now() - startedAt }
    } catch {
      // The gateway cuts the connection if the upstream's answer breaks off. This is a result to show, not an error.
      if (!signal.aborted) yield { type: 'end', whole: false, afterMs: now() - startedAt }
    }
  }

  return (ask, signal) => {
    const { status, port, problem } = gateway()
    if (status === 'stopped')
      throw new PersonError(
        'gateway_stopped',
        problem?.message ?? 'The gateway is not running. Start it and try again.',
      )
    return follow(port, ask, signal)
  }
}

/** Not `fetch`, which stops waiting if an answer takes five minutes to begin. */
function send(options: { port: number; ask: TryChat; signal: AbortSignal; version: string }): Promise<IncomingMessage> {
  const { port, ask, signal, version } = options
  const body = Buffer.from(JSON.stringify(tryBody(ask)))
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: TRY_PATH,
      headers: {
        Authorization: `Bearer ${ask.secret}`,
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        'User-Agent': `Latchkey/${version}`,
      },
      agent: false,
      signal,
    })
    outgoing.once('response', resolve)
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

function pairsOf({ rawHeaders }: IncomingMessage): [string, string][] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []))
}
