import { TRY_ROUTE, type TryChat, type TryEvent, tryEventSchema } from '#shared/console-api/try-chat.ts'
import { errorOf } from './client.ts'
import { fetchFromCore } from './session.ts'

/** Sends a test chat; what happens comes as it happens. Rejects as `call` does; aborting ends the request upstream too. */
export async function* tryChat(ask: TryChat, signal: AbortSignal): AsyncGenerator<TryEvent> {
  const response = await fetchFromCore(TRY_ROUTE, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(ask),
    signal,
  })
  if (!response.ok || response.body === null) throw await errorOf(response)
  let rest = ''
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const lines = (rest + piece.value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield tryEventSchema.parse(JSON.parse(line))
  }
}
