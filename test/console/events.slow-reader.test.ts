import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type AppEvent, appEventSchema } from '#shared/console-api/events.ts'
import { sessionLines, signInAt } from '../support/console-session.ts'
import { openRaw, type RawConnection } from '../support/raw-http.ts'
import { until } from '../support/until.ts'
import { type StartedApp, startApp } from './started-app.ts'

let started: StartedApp
let port: number
let session: readonly string[]

beforeEach(async () => {
  started = await startApp()
  await started.app.openConsole({ port: 0, behindProxy: [] })
  const link = started.app.consoleLink()
  port = Number(new URL(link).port)
  session = sessionLines(await signInAt(link))
})
afterEach(async () => {
  await started.stop()
})

/** A reader of the events over a socket of its own, the console's end of that socket, and what came over it. */
async function openReader(): Promise<{ reader: RawConnection; consoleSide: Socket; heard: () => string }> {
  let consoleSide: Socket | undefined
  const note = (message: unknown) => {
    consoleSide = (message as { socket: Socket }).socket
  }
  subscribe('http.server.request.start', note)
  const reader = await openRaw(port)
  let text = ''
  reader.socket.on('data', (piece: Buffer) => (text += piece.toString('latin1')))
  const lines = [`Host: 127.0.0.1:${port}`, ...session]
  reader.send(`GET /api/events HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  await until(() => text.includes('"type":"state"'), 'the stream to begin')
  unsubscribe('http.server.request.start', note)
  return { reader, consoleSide: consoleSide as unknown as Socket, heard: () => text }
}

/** So many exchanges, told of in events. */
async function makeExchanges(count: number, secret: string): Promise<void> {
  const { port } = new URL(started.gatewayUrl())
  const connection = await openRaw(Number(port))
  for (let asked = 0; asked < count; asked++) {
    connection.send(`GET /latchkey/key HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${secret}\r\n\r\n`)
    expect((await connection.readResponse()).status).toBe(200)
  }
  connection.close()
}

function eventsIn(text: string): AppEvent[] {
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith('data: '))
  return lines.map((line) => appEventSchema.parse(JSON.parse(line.slice('data: '.length))))
}

test('a reader that takes nothing while a restore happens is told to read everything anew', async () => {
  const before = await started.call('POST /api/keys', { name: 'Before' })
  await started.call('POST /api/backups', {})
  const { reader, consoleSide, heard } = await openReader()
  reader.socket.pause()
  // Buffers of two sockets lie between them: some megabytes, and then nothing goes out any more.
  let sent = -1
  while (!consoleSide.writableNeedDrain || consoleSide.bytesWritten > sent) {
    sent = consoleSide.bytesWritten
    await makeExchanges(100, before.secret)
  }

  const [{ name } = { name: '' }] = await started.call('GET /api/backups', {})
  await started.call('POST /api/backups/restore', { name })
  const after = await started.call('POST /api/keys', { name: 'After' })
  await makeExchanges(300, after.secret)
  reader.socket.resume()
  await started.call('PATCH /api/settings', { theme: 'dark' })
  await until(() => heard().includes('"type":"settings"'), 'everything to be read')
  reader.close()

  const events = eventsIn(heard())
  const told = (keyId: string) =>
    events.flatMap((event) => (event.type === 'exchange' && event.exchange.keyId === keyId ? [event] : []))
  expect(told(before.id).length).toBeGreaterThan(0)
  // Some events were missed, and `replaced` was sent instead. The reader cannot have received the event of the restore.
  expect(told(after.id).length).toBeLessThan(300)
  const anew = events.findLastIndex(({ type }) => type === 'replaced')
  expect(events[anew - 1]).toMatchObject({ type: 'state', state: { keys: 2 } })
  expect(events.findLastIndex((event) => event.type === 'exchange' && event.exchange.keyId === before.id)).toBeLessThan(
    anew,
  )
})
