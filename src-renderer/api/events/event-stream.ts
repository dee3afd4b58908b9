import { type AppEvent, appEventSchema } from '#shared/console-api/events.ts'

/** Reads server-sent events (WHATWG HTML, section 9.2) from a body. Skips everything that is not an `AppEvent`. */
export async function* readEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<AppEvent> {
  let rest = ''
  for await (const text of piecesOf(body)) {
    const blocks = (rest + text.replaceAll('\r', '')).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = eventOf(block)
      if (event !== undefined) yield event
    }
  }
}

// Not `for await` over the stream itself: only new versions of Safari support it.
async function* piecesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value
  } finally {
    await reader.cancel()
  }
}

function eventOf(block: string): AppEvent | undefined {
  const data = block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n')
  if (data === '') return undefined
  // A newer core can send events that this page does not know.
  const parsed = appEventSchema.safeParse(JSON.parse(data))
  return parsed.success ? parsed.data : undefined
}
