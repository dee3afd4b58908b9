import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { SESSION_HEADER } from '#shared/console-api/console-session.ts'
import { issuedKeySchema, keySchema } from '#shared/keys/key.ts'
import { originRecordSchema } from '#shared/origins/origin.ts'
import { usageReportSchema } from '#shared/usage/usage.ts'
import { type CommandResult, runLatchkey, type Serve, startServe } from '../support/serve.ts'
import { runHere } from './run-here.ts'

// One real `latchkey serve --demo`, and the command line beside it, in a process of its own only where keys are made.
let serve: Serve

beforeAll(async () => {
  serve = await startServe()
})
afterAll(() => serve.stop())

function ask(secret: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${serve.gateway}/api/tags`, { headers: { Authorization: `Bearer ${secret}`, ...headers } })
}

function run(...args: string[]): Promise<CommandResult> {
  return runHere(serve.dataDir, ...args)
}

async function json<T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...args, '--json')
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return schema.parse(JSON.parse(stdout))
}

test('the ready line says where everything is', () => {
  expect(serve.gateway).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(serve.console).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/)
  expect(serve.upstream).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})

test('a key made beside it works at once, and each change to it counts at once', async () => {
  const key = await json(issuedKeySchema, 'key', 'create', '--name', 'Switched')
  expect((await ask(key.secret)).status).toBe(200)

  expect((await json(keySchema, 'key', 'disable', key.id)).enabled).toBe(false)
  expect((await ask(key.secret)).status).toBe(401)

  await json(keySchema, 'key', 'enable', 'switched')
  expect((await ask(key.secret)).status).toBe(200)

  const rotated = await json(issuedKeySchema, 'key', 'rotate', key.id, '--grace', '1h')
  expect(rotated.id).toBe(key.id)
  expect((await ask(rotated.secret)).status).toBe(200)
  expect((await ask(key.secret)).status).toBe(200)

  await json(keySchema, 'key', 'delete', key.id)
  expect((await ask(rotated.secret)).status).toBe(401)
  expect((await ask(key.secret)).status).toBe(401)
})

test('the flags set what a key may do', async () => {
  const flags = ['--scopes', 'chat', '--models', 'sample-small, gemma*', '--origins', 'https://a.example']
  const limits = ['--expires', '30d', '--rpm', '7', '--tokens-per-day', '1000', '--allow-in-url']
  const key = await json(issuedKeySchema, 'key', 'create', '--name', 'All flags', ...flags, ...limits)
  expect(key).toMatchObject({
    scopes: ['chat'],
    models: ['sample-small', 'gemma*'],
    origins: ['https://a.example'],
    requestsPerMinute: 7,
    tokensPerDay: 1000,
    allowInUrl: true,
  })
  expect(Math.round(((key.expiresAt ?? 0) - key.createdAt) / 86_400_000)).toBe(30)
})

test('a key that is not there, or a name that several have, ends with 1 and a sentence', async () => {
  await json(issuedKeySchema, 'key', 'create', '--name', 'Twin')
  await json(issuedKeySchema, 'key', 'create', '--name', 'Twin')
  const twins = await run('key', 'disable', 'twin')
  expect(twins).toMatchObject({ code: 1, stdout: '' })
  expect(twins.stderr).toMatch(/^Several keys have this name\..*\n$/)
  const missing = await run('key', 'disable', 'nobody')
  expect(missing).toMatchObject({ code: 1, stdout: '' })
  expect(missing.stderr).toMatch(/^No key has this id or name\..*\n$/)
})

test('a blocked origin is refused at once, and forgotten again', async () => {
  const { secret } = await serve.createKey({ name: 'Sites' })
  const origin = { Origin: 'https://blocked.example' }
  expect((await ask(secret, origin)).status).toBe(200)
  expect((await json(originRecordSchema, 'origin', 'block', 'https://Blocked.example/')).status).toBe('blocked')
  expect((await ask(secret, origin)).status).toBe(403)
  await json(originRecordSchema, 'origin', 'allow', 'https://blocked.example')
  expect((await ask(secret, origin)).status).toBe(200)
  const seen = await json(z.array(originRecordSchema), 'origin', 'list')
  expect(seen.map((record) => record.origin)).toContain('https://blocked.example')
  expect((await run('origin', 'forget', 'https://blocked.example')).stdout).toContain('is forgotten')
})

test('a block of an extension prints which key to turn off, because its GETs may have no origin', async () => {
  const { id, secret } = await serve.createKey({ name: 'Sidebar' })
  const origin = 'moz-extension://8d1c3f5e-2b7a-4e60-9c41-5a0f6e7d8b92'
  expect((await ask(secret, { Origin: origin })).status).toBe(200)
  const { stdout } = await run('origin', 'block', origin)
  expect(stdout).toContain(`latchkey key disable ${id}\n`)
  expect((await ask(secret)).status).toBe(200)
  await run('key', 'disable', id)
  expect((await ask(secret)).status).toBe(401)
})

test('usage names who used what, for people, spreadsheets and programs', async () => {
  const { secret } = await serve.createKey({ name: 'Counted' })
  const body = JSON.stringify({ model: 'sample-small', prompt: 'one two three', stream: false })
  const headers = { Authorization: `Bearer ${secret}` }
  await (await fetch(`${serve.gateway}/api/generate`, { method: 'POST', headers, body })).text()
  await expect
    .poll(async () =>
      (await json(usageReportSchema, 'usage', '--by', 'key')).rows.find((row) => row.label === 'Counted'),
    )
    .toMatchObject({ requests: 1, promptTokens: 3 })
  const csv = await run('usage', '--by', 'key', '--csv')
  expect(csv.stdout).toMatch(/^bucket,key,label,requests,/)
  const words = await run('usage', '--by', 'key', '--period', 'week')
  expect(words.stdout).toMatch(/^Counted +1 /m)
})

test('doctor sees the gateway and the sample upstream', async () => {
  const finding = z.object({ check: z.string(), ok: z.boolean(), sentence: z.string(), fix: z.string().nullable() })
  const findings = await json(z.array(finding), 'doctor')
  expect(findings.find(({ check }) => check === 'gateway')).toMatchObject({ ok: true })
  expect(findings.find(({ check }) => check === 'upstream')?.sentence).toContain('sample')
})

test('a fresh link opens the console once', async () => {
  const { url } = await json(z.object({ url: z.string() }), 'console')
  const { origin, hash } = new URL(url)
  const token = hash.replace('#token=', '')
  const open = () => {
    const headers = { 'Content-Type': 'application/json', Origin: origin }
    return fetch(`${origin}/session`, { method: 'POST', headers, body: JSON.stringify({ token }) })
  }
  const first = await open()
  expect(first.status).toBe(204)
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
  const secret = first.headers.get(SESSION_HEADER) ?? ''
  const statusWith = async (headers: Record<string, string>) => (await fetch(`${origin}/api/keys`, { headers })).status
  expect(await statusWith({ Cookie: cookie, [SESSION_HEADER]: secret })).toBe(200)
  expect(await statusWith({ Cookie: cookie })).toBe(401)
  expect(await statusWith({ [SESSION_HEADER]: secret })).toBe(401)
  expect(await statusWith({})).toBe(401)
  expect((await open()).status).toBe(401)
})

test('a token of the console opens nothing at the gateway', async () => {
  const token = new URL(serve.console).hash.replace('#token=', '')
  expect((await ask(token)).status).toBe(401)
  expect((await fetch(`${serve.gateway}/api/keys`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401)
})

test('a second serve on the same data directory says so and ends with 1', async () => {
  const second = await serve.run('serve', '--json', '--port', '0', '--console-port', '0')
  expect(second.code).toBe(1)
  expect(second.stdout).toBe('')
  expect(second.stderr).toMatch(/^Latchkey is already running with this data directory\..*latchkey console\n$/)
})

test('a taken port is said, and no other is taken instead', async () => {
  const port = String(serve.port)
  const second = await runLatchkey(['serve', '--json', '--data-dir', `${serve.dataDir}/other`, '--port', port])
  expect(second.code).toBe(1)
  expect(second.stderr).toContain(port)
  expect(second.stdout).toBe('')
})

test('no secret and no token is on stderr', () => {
  expect(serve.stderr()).not.toMatch(/sk-lk-[a-z2-7]{20}|token=/)
})
