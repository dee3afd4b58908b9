import { once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AppEvent } from '#shared/console-api/events.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { openEventStream } from '../../../src-main/console-api/event-stream.ts'
import { plainRequest, plainResponse, requestOf, responseOf } from '../../../src-main/desktop/core-thread/plain-http.ts'
import { type Calls, Rpc } from '../../../src-main/desktop/core-thread/rpc.ts'
import { fromWire, toWire } from '../../../src-main/desktop/core-thread/wire-error.ts'
import { stateWith } from '../support/records.ts'

// Two ends of a real channel, which copies and moves as it does between threads.
let ports: readonly [MessagePort, MessagePort]
beforeEach(() => {
  const { port1, port2 } = new MessageChannel()
  ports = [port1, port2]
})
afterEach(() => ports[0].close())

function connect<Theirs extends Calls>(theirs: Theirs, ours: Calls = {}): Rpc<Theirs> {
  const other = new Rpc<Calls>(ports[1], theirs)
  void other
  return new Rpc<Theirs>(ports[0], ours)
}

test('a call resolves to what the other thread’s operation resolves to', async () => {
  const rpc = connect({ add: async (one: number, other: number) => one + other })
  expect(await Promise.all([rpc.call('add', 1, 2), rpc.call('add', 3, 4)])).toEqual([3, 7])
})

test('an operation that is not in the table is an error, one of every object, too', async () => {
  const rpc = connect<Calls>({})
  await expect(rpc.call('constructor')).rejects.toThrow('no operation constructor')
})

test('a value that cannot be copied fails only its own call', async () => {
  const rpc = connect({ give: async (what: string) => (what === 'function' ? () => what : what) })
  await expect(rpc.call('give', 'function')).rejects.toThrow('could not be cloned')
  expect(await rpc.call('give', 'text')).toBe('text')
})

test('a message sent before an answer arrives before it', async () => {
  const seen: string[] = []
  const other = new Rpc<{ tell: (what: string) => Promise<void> }>(ports[1], {
    change: async () => {
      for (const what of ['one', 'two']) other.tell('tell', what)
      return 'answer'
    },
  })
  const rpc = new Rpc<{ change: () => Promise<string> }>(ports[0], {
    tell: async (what: string) => void seen.push(what),
  })
  seen.push(await rpc.call('change'))
  expect(seen).toEqual(['one', 'two', 'answer'])
})

test('open calls and later calls are rejected when the other thread ends', async () => {
  const rpc = connect({ never: () => new Promise<void>(() => {}) })
  const waiting = rpc.call('never')
  rpc.end(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  await expect(rpc.call('never')).rejects.toThrow('gone')
})

describe('errors', () => {
  test('a PersonError is one in the other thread, with code, parts and cause', async () => {
    const cause = Object.assign(new Error('EACCES: no'), { code: 'EACCES' })
    const error = new PersonError('settings_not_saved', 'Latchkey could not save.', { cause, parts: { path: '/x' } })
    const rpc = connect({ fail: () => Promise.reject(error) })
    const got = await rpc.call('fail').catch((one: unknown) => one)
    expect(got).toBeInstanceOf(PersonError)
    expect((got as PersonError).problem).toEqual(error.problem)
    expect((got as PersonError).cause).toMatchObject({ message: 'EACCES: no', code: 'EACCES' })
  })

  test('another keeps its name, its code and where it happened', () => {
    const error = Object.assign(new TypeError('no'), { code: 'ERR_X' })
    const got = fromWire(toWire(error))
    expect(got).toMatchObject({ name: 'TypeError', message: 'no', code: 'ERR_X', stack: error.stack })
    expect(got).not.toBeInstanceOf(PersonError)
  })

  test('a thrown value that is not an error becomes one, and a circular cause is cut off', () => {
    expect(fromWire(toWire('text')).message).toBe('text')
    const error = new Error('round')
    error.cause = error
    expect(fromWire(toWire(error)).message).toBe('round')
  })
})

describe('requests and answers', () => {
  /** The console in the other thread. */
  function consoleOf(handler: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
    const rpc = connect({
      console: async (plain: ReturnType<typeof plainRequest>) => plainResponse(await handler(requestOf(plain))),
    })
    return async (request) => responseOf(await rpc.call('console', plainRequest(request)))
  }

  test('method, address, headers and body arrive, and so do status, headers and body of the answer', async () => {
    const ask = consoleOf(async (request) => {
      const headers = { 'Content-Type': 'text/plain', 'X-Seen': request.headers.get('x-sent') ?? '' }
      return new Response(`${request.method} ${request.url} ${await request.text()}`, { status: 201, headers })
    })
    const init = { method: 'POST', headers: { 'X-Sent': 'yes' }, body: 'hello' }
    const answer = await ask(new Request('app://console/api/keys?a=1', init))
    expect([answer.status, answer.headers.get('x-seen')]).toEqual([201, 'yes'])
    expect(await answer.text()).toBe('POST app://console/api/keys?a=1 hello')
  })

  test('an answer without a body stays one', async () => {
    const answer = await consoleOf(async () => new Response(null, { status: 204 }))(new Request('app://console/'))
    expect([answer.status, answer.body]).toEqual([204, null])
  })

  test('events come as they happen, and when the page has left nobody listens to them any more', async () => {
    const listeners = new Set<(event: AppEvent) => void>()
    const sources = {
      state: () => stateWith({}),
      subscribe(listener: (event: AppEvent) => void) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    }
    const answer = await consoleOf(async () => new Response(openEventStream(sources)))(new Request('app://console/'))
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    const next = async () => new TextDecoder().decode((await reader.read()).value)
    expect(await next()).toContain('"type":"state"')
    for (const listener of listeners) listener({ type: 'keys' })
    expect(await next()).toContain('"type":"keys"')
    expect(listeners.size).toBe(1)
    await reader.cancel()
    await vi.waitFor(() => expect(listeners.size).toBe(0))
  })

  test('a long answer is made only as fast as it is read', async () => {
    let made = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        made += 1
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    const answer = await consoleOf(async () => new Response(body))(new Request('app://console/'))
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    for (let read = 0; read < 3; read++) await reader.read()
    // Earlier messages have arrived when these two have.
    const { port1, port2 } = new MessageChannel()
    port1.postMessage('turn')
    await once(port2, 'message')
    port1.close()
    expect(made).toBeLessThan(10)
    await reader.cancel()
  })
})
