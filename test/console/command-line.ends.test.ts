import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let dir: TempDir | undefined
let serve: Serve | undefined

afterEach(async () => {
  await serve?.stop()
  await dir?.remove()
  serve = undefined
  dir = undefined
})

/** An answer that is under way: some of it has arrived, and more comes for a while. */
async function openStream(running: Serve, prompt: string): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const { secret } = await running.createKey()
  const answer = await fetch(`${running.gateway}/api/generate`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: 'sample-small', prompt }),
  })
  const reader = answer.body?.getReader()
  if (reader === undefined) throw new Error('no body')
  await reader.read()
  return reader
}

async function readToEnd(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text
    text += Buffer.from(value).toString()
  }
}

test('SIGTERM lets a running answer finish, then ends with 0 and leaves no socket', async () => {
  dir = await createTempDir()
  serve = await startServe({ dataDir: dir.path })
  const reader = await openStream(serve, 'count to 40')
  const ended = once(serve.process, 'exit')
  serve.process.kill('SIGTERM')
  expect(await readToEnd(reader)).toContain('"done":true')
  expect(await ended).toEqual([0, null])
  expect(existsSync(join(dir.path, 'control.json'))).toBe(false)
})

test('a setting that was changed meanwhile does not make one signal count as two', async () => {
  serve = await startServe()
  expect((await serve.run('settings', 'set', 'retentionDays', '90')).code).toBe(0)
  const reader = await openStream(serve, 'count to 40')
  const ended = once(serve.process, 'exit')
  serve.process.kill('SIGTERM')
  expect(await readToEnd(reader)).toContain('"done":true')
  expect(await ended).toEqual([0, null])
})

test('a second signal does not wait for the answer', async () => {
  serve = await startServe()
  const reader = await openStream(serve, 'count to 100000')
  const ended = once(serve.process, 'exit')
  serve.process.kill('SIGTERM')
  await expect.poll(() => fetch((serve as Serve).gateway).catch(() => 'closed')).toBe('closed')
  serve.process.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  await expect(readToEnd(reader)).rejects.toThrow()
})

test('with --drain-delay it serves requests after SIGTERM while /readyz says no, and a second signal does not wait', async () => {
  serve = await startServe({ args: ['--demo', '--drain-delay', '600'] })
  const { gateway, process } = serve
  const { secret } = await serve.createKey()
  const ready = async () => (await (await fetch(`${gateway}/readyz`)).json()) as object
  expect(await ready()).toEqual({ ready: true })
  const ended = once(process, 'exit')
  process.kill('SIGTERM')
  await expect.poll(ready).toEqual({ ready: false, reason: 'draining' })
  const answer = await fetch(`${gateway}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })
  expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
  process.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

test('--drain-timeout says how long a running answer may take', async () => {
  serve = await startServe({ args: ['--demo', '--drain-timeout', '0'] })
  const reader = await openStream(serve, 'count to 100000')
  const ended = once(serve.process, 'exit')
  serve.process.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  await expect(readToEnd(reader)).rejects.toThrow()
})

test('after kill -9 the keys are there, the command line works, and serve starts again', async () => {
  dir = await createTempDir()
  serve = await startServe({ dataDir: dir.path })
  const key = await serve.createKey({ name: 'Survivor' })
  const off = await serve.createKey({ name: 'Switched off' })
  await serve.run('key', 'disable', off.id)
  const ended = once(serve.process, 'exit')
  serve.process.kill('SIGKILL')
  await ended

  expect((await serve.run('key', 'list')).stdout).toContain('Survivor')
  serve = await startServe({ dataDir: dir.path })
  const ask = (secret: string) =>
    fetch(`${(serve as Serve).gateway}/api/tags`, { headers: { Authorization: `Bearer ${secret}` } })
  expect((await ask(key.secret)).status).toBe(200)
  expect((await ask(off.secret)).status).toBe(401)
})
