import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  CONSOLE_API,
  type ConsoleInput,
  type ConsoleOutput,
  type ConsoleRoute,
} from '#shared/console-api/console-api.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { callRunning } from '../../src-main/control/control-channel.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { jsonHere, runHere } from './run-here.ts'

let dir: TempDir
let serve: Serve
beforeEach(async () => {
  dir = await createTempDir()
  serve = await startServe({ dataDir: dir.path })
})
afterEach(async () => {
  await serve.stop()
  await dir.remove()
})

const run = (...args: string[]) => runHere(dir.path, ...args)

const json = <T>(...args: string[]) => jsonHere<T>(dir.path, ...args)

/** The console's API of the running serve. */
async function call<R extends ConsoleRoute>(route: R, input: ConsoleInput<R>): Promise<ConsoleOutput<R>> {
  const [method = '', path = ''] = route.split(' ')
  const headers = { 'Content-Type': 'application/json' }
  const body = method === 'GET' ? {} : { headers, body: JSON.stringify(input) }
  const answer = await callRunning(dir.path, new Request(`http://latchkey${path}`, { method, ...body }))
  expect(answer.status).toBe(200)
  return CONSOLE_API[route].output.parse(await answer.json()) as ConsoleOutput<R>
}

const createKey = (name: string) => json<IssuedKey>('key', 'create', '--name', name)

async function statusWith(secret: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(`${serve.gateway}/api/tags`, {
    headers: { Authorization: `Bearer ${secret}`, ...headers },
  })
  await answer.text()
  return answer.status
}

/** 0 for a request that ran when its key ceased to be. */
const statusOrCut = (secret: string) => statusWith(secret).catch(() => 0)

/** An answer of some seconds (80 pieces, 30 ms apart); resolves when it has begun, `end` to how it ended. */
async function startStory(secret: string) {
  const answer = await fetch(`${serve.gateway}/api/generate`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: 'sample-small', prompt: 'Count to 80' }),
  })
  expect(answer.status).toBe(200)
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  const readAll = async () => {
    while (!(await reader.read()).done);
    return 'whole' as const
  }
  return { end: readAll().catch(() => 'cut' as const) }
}

test('a restore beside a running serve takes effect at once, on the same ports, and can be undone', async () => {
  const before = await createKey('Before')
  const narrowed = await createKey('Narrowed')
  await run('origin', 'block', 'https://evil.example')
  const { name } = await json<{ name: string }>('backup', 'create')
  const after = await createKey('After')
  await run('key', 'disable', narrowed.id)
  await run('origin', 'allow', 'https://evil.example')
  const evil = { Origin: 'https://evil.example' }
  expect([
    await statusWith(before.secret, evil),
    await statusWith(after.secret),
    await statusWith(narrowed.secret),
  ]).toEqual([200, 200, 401])
  const done = await json<{ restored: boolean; replaced: string }>('backup', 'restore', name)
  expect(done).toEqual({ restored: true, replaced: expect.stringContaining('before-restore') as string })
  expect([
    await statusWith(before.secret, evil),
    await statusWith(after.secret),
    await statusWith(narrowed.secret),
  ]).toEqual([403, 401, 200])
  const state = await call('GET /api/state', {})
  expect(state).toMatchObject({ keys: 2, gateway: { status: 'running', port: serve.port } })
  expect(state.notices).toMatchObject([{ message: expect.stringContaining('The backup is in place') }])
  await json('backup', 'restore', done.replaced)
  expect([
    await statusWith(before.secret, evil),
    await statusWith(after.secret),
    await statusWith(narrowed.secret),
  ]).toEqual([200, 200, 401])
  const trail = await json<{ actor: string; action: string; subject: string }[]>('audit')
  expect(trail[0]).toMatchObject({ actor: 'command line', action: 'backup.restore', subject: done.replaced })
})

test('a stream of a key that is no more, or is another now, ends; one of a key that stayed runs on', async () => {
  const stays = await createKey('Stays')
  const changes = await createKey('Changes')
  await json('backup', 'create')
  const goes = await createKey('Goes')
  await run('key', 'rotate', changes.id, '--grace', '1h')
  const [staying, going, changing] = await Promise.all([
    startStory(stays.secret),
    startStory(goes.secret),
    startStory(changes.secret),
  ])
  await json('backup', 'restore', 'latest')
  expect(await Promise.all([going.end, changing.end])).toEqual(['cut', 'cut'])
  expect(await staying.end).toBe('whole')
  // It ended after the restore, so the present file contains it.
  await expect
    .poll(async () => (await call('GET /api/exchanges', {})).map(({ keyId, outcome }) => [keyId, outcome]))
    .toContainEqual([stays.id, 'ok'])
})

test('an answer that runs across a restore is booked in the day of its key', async () => {
  const key = await json<IssuedKey>('key', 'create', '--name', 'Limited', '--tokens-per-day', '100000')
  await json('backup', 'create')
  const story = await startStory(key.secret)
  await json('backup', 'restore', 'latest')
  expect(await story.end).toBe('whole')
  const used = async () => {
    const [exchange] = await call('GET /api/exchanges', {})
    return (exchange?.promptTokens ?? 0) + (exchange?.completionTokens ?? 0)
  }
  await expect.poll(used).toBeGreaterThan(0)
  expect(await call('GET /api/keys/use', {})).toMatchObject([
    { keyId: key.id, left: { tokensToday: 100_000 - (await used()) } },
  ])
})

test('readers of the events are told to read everything again', async () => {
  await json('backup', 'create')
  const events = await callRunning(dir.path, new Request('http://latchkey/api/events'))
  const reader = (events.body as ReadableStream<Uint8Array>).getReader()
  const hear = async () => {
    let heard = ''
    while (!heard.includes('"type":"replaced"')) heard += new TextDecoder().decode((await reader.read()).value)
  }
  const told = hear()
  await json('backup', 'restore', 'latest')
  await told
  await reader.cancel()
})

test('requests and changes in the moment of a restore are answered, and none slips through without its key', async () => {
  const kept = await createKey('Kept')
  await json('backup', 'create')
  const gone = await createKey('Gone')
  let stop = false
  const seen = { kept: new Set<number>(), goneAfter: new Set<number>() }
  let isDone = false
  const ask = async () => {
    while (!stop) {
      const startedAfter = isDone
      const [keptStatus, goneStatus] = await Promise.all([statusWith(kept.secret), statusOrCut(gone.secret)])
      seen.kept.add(keptStatus)
      if (startedAfter) seen.goneAfter.add(goneStatus)
    }
  }
  const asking = Promise.all([ask(), ask(), ask(), ask()])
  await delay(100)
  const [restored, made] = await Promise.all([run('backup', 'restore', 'latest'), createKey('Made meanwhile')])
  isDone = true
  expect(restored.code).toBe(0)
  await until(() => seen.goneAfter.size > 0, 'an answer to what was asked after the restore')
  stop = true
  await asking
  expect([...seen.kept].filter((status) => status !== 200 && status !== 503)).toEqual([])
  // 429 for a program that will not stop.
  expect([...seen.goneAfter].filter((status) => status !== 401 && status !== 429)).toEqual([])
  expect(seen.goneAfter.size).toBeGreaterThan(0)
  // Before or after, but whole: it works exactly when it is listed.
  const listed = (await call('GET /api/keys', {})).some(({ id }) => id === made.id)
  expect((await statusWith(made.secret)) === 200).toBe(listed)
})

test('a backup that is damaged changes nothing, and the gateway never stands still', async () => {
  const key = await createKey('Here')
  const { name } = await json<{ name: string }>('backup', 'create')
  writeFileSync(join(dir.path, 'backups', name), Buffer.alloc(20_000, 'x'))
  expect(await run('backup', 'restore', name)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('damaged, so nothing was changed') as string,
  })
  expect(await statusWith(key.secret)).toBe(200)
  expect(readdirSync(dir.path).filter((file) => file.includes('restor'))).toEqual([])
})

test('a backup that passes every check and cannot be opened is taken back: the file before is open again', async () => {
  const key = await createKey('Here')
  const { name } = await json<{ name: string }>('backup', 'create')
  const backup = new Database(join(dir.path, 'backups', name))
  backup.exec('DROP TABLE quarter_sums')
  backup.close()
  const story = await startStory(key.secret)
  expect(await run('backup', 'restore', name)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('nothing was changed') as string,
  })
  expect(await statusWith(key.secret)).toBe(200)
  expect(await story.end).toBe('whole')
  expect(await call('GET /api/state', {})).toMatchObject({ keys: 1, gateway: { status: 'running' }, notices: [] })
  const made = await createKey('Made after')
  expect(await statusWith(made.secret)).toBe(200)
  expect(readdirSync(dir.path).filter((file) => file.includes('restor'))).toEqual([])
  await serve.stop()
  serve = await startServe({ dataDir: dir.path })
  expect([await statusWith(key.secret), await statusWith(made.secret)]).toEqual([200, 200])
})

test('killed at any moment of a restore, the next start has the one file or the other, whole', async () => {
  const before = await createKey('Before')
  await json('backup', 'create')
  const after = await createKey('After')
  for (let round = 0; round < 6; round++) {
    const restoring = run('backup', 'restore', 'latest').catch(() => undefined)
    await delay(round * 8)
    const ended = once(serve.process, 'exit')
    serve.process.kill('SIGKILL')
    await ended
    await restoring
    serve = await startServe({ dataDir: dir.path })
    expect(await statusWith(before.secret)).toBe(200)
    expect([200, 401]).toContain(await statusWith(after.secret))
    const replaced = (await call('GET /api/backups', {})).filter(({ kind }) => kind === 'replaced')
    // Whatever was replaced is whole as well: it can be gone back to. The newest: of the older ones, of which seven are
    // kept, every other one is what going back has replaced.
    const [newest] = replaced
    if (newest !== undefined && (await statusWith(after.secret)) === 401) {
      await call('POST /api/backups/restore', { name: newest.name })
    }
    expect(await statusWith(after.secret)).toBe(200)
  }
})
