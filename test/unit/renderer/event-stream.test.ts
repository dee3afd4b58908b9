import { expect, it } from 'vitest'
import type { AppEvent } from '#shared/console-api/events.ts'
import { readEvents } from '../../../src-renderer/api/events/event-stream.ts'

it('puts events together however they were cut, also within a character', async () => {
  const bytes = new TextEncoder().encode('data: {"type":"keys","note":"ä"}\n\ndata: {"type":"origins"}\r\n\r\n')
  const pieces = [...bytes].map((byte) => Uint8Array.of(byte))
  expect(await eventsOf(pieces)).toEqual([{ type: 'keys' }, { type: 'origins' }])
})

it('leaves out heartbeats, events it does not know, and one that was cut off', async () => {
  const text = ': heartbeat\n\ndata: {"type":"from-the-future"}\n\ndata: {"type":"settings"}\n\ndata: {"type":"ke'
  expect(await eventsOf([new TextEncoder().encode(text)])).toEqual([{ type: 'settings' }])
})

async function eventsOf(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<AppEvent[]> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
  const events: AppEvent[] = []
  for await (const event of readEvents(body)) events.push(event)
  return events
}
