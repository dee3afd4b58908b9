import { existsSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type RealDesktop, reasonToSkip, startRealDesktop } from './real-desktop.ts'

const reason = reasonToSkip()

/** An upstream whose answers are written by the test, piece by piece. */
interface HeldUpstream {
  readonly server: Server
  readonly answers: ServerResponse[]
}

async function startHeldUpstream(): Promise<HeldUpstream> {
  const answers: ServerResponse[] = []
  const server = createServer((request, response) => {
    if (request.url !== '/api/chat') return response.end('{"version":"0.30.0","models":[]}')
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' }).flushHeaders()
    answers.push(response)
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, answers }
}

describe('the core in its thread', () => {
  let upstream: HeldUpstream
  let desktop: RealDesktop
  let secret: string
  beforeAll(async () => {
    if (reason !== undefined) return
    upstream = await startHeldUpstream()
    const { port } = upstream.server.address() as AddressInfo
    desktop = await startRealDesktop({ settings: { upstream: `http://127.0.0.1:${port}` } })
    secret = await desktop.createKey()
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    await desktop?.stop()
    upstream?.server.closeAllConnections()
    upstream?.server.close()
  })

  const body = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'Hello' }] })

  test('streams go on while Electron’s main thread is blocked', async () => {
    const answer = await fetch(`${await desktop.gateway()}/api/chat`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' },
      body,
    })
    const [held] = upstream.answers
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    const [blocked, go] = [join(desktop.dataDir, 'blocked'), join(desktop.dataDir, 'go')]
    // Until it is let go, or, should no piece come through meanwhile, for so long that the test fails.
    const unblocked = desktop.app.evaluate(
      (_electron, [isBlocked, mayGo]) => {
        const fs = process.getBuiltinModule('node:fs')
        fs.writeFileSync(isBlocked, '')
        const deadline = Date.now() + 10_000
        while (!fs.existsSync(mayGo) && Date.now() < deadline);
        return fs.existsSync(mayGo)
      },
      [blocked, go] as const,
    )
    await until(() => existsSync(blocked), 'the main thread to be blocked')
    for (let piece = 0; piece < 50; piece++) {
      held?.write(`{"piece":${piece}}\n`)
      expect(new TextDecoder().decode((await reader.read()).value)).toBe(`{"piece":${piece}}\n`)
    }
    writeFileSync(go, '')
    expect(await unblocked).toBe(true)
    held?.end()
    expect((await reader.read()).done).toBe(true)
  })

  test('a page that leaves ends what it was reading, up to the upstream', async () => {
    const before = upstream.answers.length
    await desktop.page.evaluate(
      async ([key]) => {
        const headers = { 'Content-Type': 'application/json' }
        const ask = JSON.stringify({ secret: key, model: 'sample-small', message: 'Hello' })
        const answer = await fetch('/api/try', { method: 'POST', headers, body: ask })
        await answer.body?.getReader().read()
      },
      [secret],
    )
    const held = upstream.answers[before]
    expect(held?.destroyed).toBe(false)
    const left = new Promise((resolve) => held?.once('close', resolve))
    await desktop.page.reload()
    await left
  })

  test('an event stream of a page that has left is let go', async () => {
    const streams = () =>
      desktop.app.evaluate(() => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length)
    await desktop.page.evaluate(async () => {
      for (let count = 0; count < 5; count++) {
        const answer = await fetch('/api/events')
        await answer.body?.getReader().read()
      }
    })
    expect(await streams()).toBeGreaterThanOrEqual(5)
    await desktop.page.reload()
    // The new page has one of its own.
    await until(async () => (await streams()) < 5, 'the streams to be let go')
  })
})
