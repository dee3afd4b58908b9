import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type AppEvent, appEventSchema } from '#shared/console-api/events.ts'
import { openEventStream } from '../../src-main/console-api/event-stream.ts'
import { until } from '../support/until.ts'
import { type StartedApp, startApp } from './started-app.ts'

let started: StartedApp

beforeEach(async () => {
  started = await startApp()
})
afterEach(async () => {
  vi.useRealTimers()
  await started.stop()
})

const decoder = new TextDecoder()

function eventsIn(text: string): AppEvent[] {
  const blocks = text.split('\n\n').filter((block) => block.startsWith('data: '))
  return blocks.map((block) => appEventSchema.parse(JSON.parse(block.slice('data: '.length))))
}

async function openEvents() {
  const response = await started.ask('/api/events')
  const reader = response.body?.getReader()
  if (reader === undefined) throw new Error('no body')
  return { response, reader, next: async () => eventsIn(decoder.decode((await reader.read()).value)) }
}

/** Counts subscriptions, which nothing outside tells. */
function counted() {
  let open = 0
  const subscribe = (listener: (event: AppEvent) => void) => {
    open += 1
    const end = started.app.core.subscribe(listener)
    return () => {
      open -= 1
      end()
    }
  }
  return { ports: { state: started.app.core.state, subscribe }, open: () => open }
}

test('the stream begins with the state, and then has each event as it comes', async () => {
  const { response, reader, next } = await openEvents()
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(await next()).toEqual([{ type: 'state', state: started.app.state() }])
  await started.call('POST /api/keys', { name: 'told' })
  expect([...(await next()), ...(await next())]).toMatchObject([
    { type: 'keys' },
    { type: 'state', state: { keys: 1 } },
  ])
  await reader.cancel()
})

test('an exchange is sent as an event when it is recorded, in the form of the list', async () => {
  const { reader, next } = await openEvents()
  await next()
  await fetch(`${started.gatewayUrl()}/api/tags`)
  const [event] = await next()
  expect(event).toMatchObject({ type: 'exchange', exchange: { outcome: 'refused', reason: 'key_missing' } })
  const [latest] = await started.call('GET /api/exchanges', { limit: 1 })
  expect(event).toEqual({ type: 'exchange', exchange: latest })
  await reader.cancel()
})

test('cancelling the body ends the subscription', async () => {
  const { ports, open } = counted()
  const reader = openEventStream(ports).getReader()
  await reader.read()
  expect(open()).toBe(1)
  await reader.cancel()
  expect(open()).toBe(0)
})

test('a reader that stopped reading holds a bounded number of events, and is told to read everything again instead of the missed ones', async () => {
  const listeners: ((event: AppEvent) => void)[] = []
  // Stands for a core in which ten thousand exchanges end while a page sleeps.
  const stream = openEventStream({
    state: started.app.core.state,
    subscribe: (listener) => {
      listeners.push(listener)
      return () => undefined
    },
  })
  const [exchange] = await exchanges()
  for (let sent = 0; sent < 10_000; sent++) listeners[0]?.({ type: 'exchange', exchange })
  listeners[0]?.({ type: 'settings' })

  const reader = stream.getReader()
  const got: AppEvent[] = []
  while (got.at(-1)?.type !== 'settings' || got.length < 5) {
    got.push(...eventsIn(decoder.decode((await reader.read()).value)))
  }
  await reader.cancel()
  expect(got.length).toBeLessThan(300)
  const freshStart = got.findLastIndex((event) => event.type === 'state')
  expect(got[freshStart + 1]).toEqual({ type: 'replaced' })
})

async function exchanges() {
  await fetch(`${started.gatewayUrl()}/api/tags`)
  return until(() => {
    const found = started.events.flatMap((event) => (event.type === 'exchange' ? [event.exchange] : []))
    return found.length > 0 && (found as [(typeof found)[0]])
  }, 'an exchange')
}

test('a silent stream has a comment every fifteen seconds, so that a dead connection shows', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const reader = openEventStream(started.app.core).getReader()
  await reader.read()
  vi.advanceTimersByTime(15_000)
  expect(decoder.decode((await reader.read()).value)).toBe(': heartbeat\n\n')
  await reader.cancel()
  expect(vi.getTimerCount()).toBe(0)
})

test('a listener that throws keeps nobody else from hearing', async () => {
  started.app.subscribe(() => {
    throw new Error('broken tray')
  })
  const heard: string[] = []
  started.app.subscribe((event) => heard.push(event.type))
  await started.call('POST /api/keys', { name: 'heard' })
  expect(heard).toEqual(['keys', 'state'])
  expect(started.log()).toContain('broken tray')
})

test('a state is told only when something in it has changed', async () => {
  await started.call('POST /api/upstream/check', {})
  const told = () => started.events.filter((event) => event.type === 'state').length
  const before = told()
  await started.call('POST /api/upstream/check', {})
  await started.call('PATCH /api/settings', { theme: 'dark' })
  expect(told()).toBe(before)
})

test('a question and its answer reach the console and the tray alike, with the exchange and the state between them', async () => {
  await started.call('PATCH /api/settings', { unknownOrigins: 'ask' })
  const { secret } = await started.call('POST /api/keys', { name: 'asking' })
  const { reader, next } = await openEvents()
  await next()
  const tray: AppEvent[] = []
  const end = started.app.subscribe((event) => tray.push(event))
  const origin = 'https://stranger.example'
  await fetch(`${started.gatewayUrl()}/api/tags`, { headers: { 'x-api-key': secret, origin } })
  await until(() => tray.find((event) => event.type === 'exchange'), 'the exchange')
  await started.call('POST /api/origins/decide', { origin, status: 'allowed' })
  end()

  const about = (event: AppEvent) =>
    event.type === 'state' ? `state: ${event.state.pendingOrigins} waiting` : event.type
  const told = tray.map(about)
  expect(told).toEqual(
    expect.arrayContaining(['question', 'state: 1 waiting', 'exchange', 'origins', 'state: 0 waiting']),
  )
  expect(told.indexOf('question')).toBeLessThan(told.lastIndexOf('origins'))
  expect(told.at(-1)).toBe('state: 0 waiting')
  const streamed: AppEvent[] = []
  while (streamed.length < tray.length) streamed.push(...(await next()))
  expect(streamed).toEqual(tray)
  await reader.cancel()
})
