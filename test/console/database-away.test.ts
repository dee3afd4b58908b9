import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AppEvent } from '#shared/console-api/events.ts'
import { callRunning } from '../../src-main/control/control-channel.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { type Serve, type StartServeOptions, startServe } from '../support/serve.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.log(`skipped: a gateway without its database: ${reason}`)

describe.skipIf(reason !== undefined)('a gateway without its database', () => {
  let server: PostgresServer
  let proxy: TcpProxy
  let dir: TempDir
  let url: string
  let upstream: Server
  let upstreamUrl: string
  let serve: Serve

  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())
  beforeEach(async () => {
    dir = await createTempDir()
    url = await server.createDatabase()
    proxy = await startTcpProxy(server.port)
    // A chat is a stream without end; everything else is the list of models.
    upstream = createServer((request, response) => {
      if (request.url === '/api/chat') response.writeHead(200).write('{}\n')
      else response.end('{"models":[]}')
    }).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    await serve?.stop()
    await proxy.close()
    upstream.closeAllConnections()
    upstream.close()
    await dir.remove()
  })

  const start = async (env: StartServeOptions['env'] = {}) => {
    serve = await startServe({
      dataDir: dir.path,
      args: ['--upstream', upstreamUrl],
      env: { LATCHKEY_DATABASE_URL: proxy.through(url), ...env },
    })
    return serve
  }
  const lose = () => {
    proxy.mode('refuse')
    proxy.cut()
  }
  const ask = (secret: string, path = '/api/tags', more: RequestInit = {}) =>
    fetch(serve.gateway + path, { ...more, headers: { Authorization: `Bearer ${secret}` } })
  const chat = (secret: string) =>
    ask(secret, '/api/chat', { method: 'POST', body: JSON.stringify({ model: 'm', messages: [] }) })
  const noticesOf = async () => (await serve.call('GET /api/state', {})).notices.map(({ code }) => code)

  it('goes on for its time of grace, then refuses everything, and opens again by itself', async () => {
    await start()
    const { secret } = await serve.createKey({ name: 'before' })
    const events = await openEvents(dir.path)
    const stream = await chat(secret)
    const reader = stream.body?.getReader()
    await reader?.read()
    lose()

    // It shows the banner without being asked, serves what it knows, and changes nothing.
    await until(() => events.notices().includes('database_lost'), 'the banner')
    expect((await ask(secret)).status).toBe(200)
    await expect(serve.createKey({ name: 'meanwhile' })).rejects.toThrow('database_away')
    expect(await serve.run('doctor')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The shared database does not answer.') as string,
    })

    // Without a time of grace it is over at once.
    await serve.call('PATCH /api/settings', { databaseGraceMinutes: 0 }).catch(() => undefined)
    await until(() => events.notices().includes('database_closed'), 'the other banner')
    await expect(reader?.read()).rejects.toThrow()
    const refused = await ask(secret)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('latchkey-refusal')).toBe('database_away')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ error: expect.stringContaining('database') })
    const [health, ready] = await Promise.all(['/healthz', '/readyz'].map((path) => fetch(serve.gateway + path)))
    expect(await health?.json()).toMatchObject({ gateway: 'database_away' })
    expect([ready?.status, await ready?.json()]).toEqual([503, { ready: false, reason: 'database_away' }])

    proxy.mode('pass')
    await until(() => events.notices().length === 0, 'the banner to go')
    expect((await ask(secret)).status).toBe(200)
    await serve.createKey({ name: 'afterwards' })
    expect((await serve.call('GET /api/state', {})).failures).toMatchObject({ requests: 0, others: 0 })
    events.close()
  })

  it('does not know a key that was closed meanwhile as open, once it is back', async () => {
    await start()
    const { id, secret } = await serve.createKey({ name: 'closed elsewhere' })
    const other = await startServe({ args: ['--upstream', upstreamUrl], env: { LATCHKEY_DATABASE_URL: url } })
    lose()
    await until(async () => (await noticesOf()).includes('database_lost'), 'the loss')
    await other.call('PATCH /api/keys/:id', { enabled: false }, id)
    expect((await ask(secret)).status).toBe(200)
    proxy.mode('pass')
    await until(async () => (await noticesOf()).length === 0, 'contact')
    expect((await ask(secret)).status).toBe(401)
    await other.stop()
  })

  it('refuses the first request after its process was stopped for longer than it may go on', async () => {
    await start()
    const { secret } = await serve.createKey()
    await serve.call('PATCH /api/settings', { databaseGraceMinutes: 0 })
    expect((await ask(secret)).status).toBe(200)
    serve.process.kill('SIGSTOP')
    // Longer than the five seconds which a gateway without a time of grace may be behind.
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    proxy.mode('blackhole')
    const first = ask(secret)
    serve.process.kill('SIGCONT')
    expect((await first).status).toBe(503)
    proxy.mode('pass')
    proxy.cut()
    await until(async () => (await ask(secret)).status === 200, 'contact')
  })

  it('counts each request once, though it was killed while usage waited for the database', async () => {
    await start()
    const { secret } = await serve.createKey()
    for (let time = 0; time < 5; time++) await (await ask(secret)).text()
    lose()
    await until(async () => (await noticesOf()).includes('database_lost'), 'the loss')
    for (let time = 0; time < 7; time++) await (await ask(secret)).text()
    // Perhaps with some from before.
    await until(async () => (await waitingIn(dir.path)) >= 7, 'the usage on the disk')
    serve.process.kill('SIGKILL')
    await once(serve.process, 'exit')
    proxy.mode('pass')
    await start()
    const { totals } = await serve.call('GET /api/usage', { period: 'day' })
    expect(totals.requests).toBe(12)
    expect(await waitingIn(dir.path)).toBe(0)
  })

  it('takes the new password from its file when the old one does not work any more', async () => {
    const database = new URL(url).pathname.slice(1)
    await server.sql(`CREATE ROLE rotated LOGIN SUPERUSER PASSWORD 'one'`)
    await requirePassword(server, 'rotated')
    const passwordFile = join(dir.path, 'password')
    await writeFile(passwordFile, 'one\n')
    const through = new URL(proxy.through(url))
    through.username = 'rotated'
    await start({ LATCHKEY_DATABASE_URL: through.href, LATCHKEY_DATABASE_PASSWORD_FILE: passwordFile })
    await serve.createKey()
    await server.sql(`ALTER ROLE rotated PASSWORD 'two'`)
    await server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`)
    await until(async () => (await noticesOf()).includes('database_lost'), 'the loss')
    await writeFile(passwordFile, 'two\n')
    await until(async () => (await noticesOf()).length === 0, 'contact')
    await serve.createKey()
    await serve.stop()
    // A start with a wrong one says so at once.
    await writeFile(passwordFile, 'three\n')
    await expect(
      start({ LATCHKEY_DATABASE_URL: through.href, LATCHKEY_DATABASE_PASSWORD_FILE: passwordFile }),
    ).rejects.toThrow('does not let Latchkey in')
  })

  it('waits for the database at its start, and says so', async () => {
    lose()
    const starting = start()
    const accepted = proxy.accepted
    await until(() => proxy.accepted > accepted + 2, 'more attempts')
    proxy.mode('pass')
    await starting
    expect(serve.stderr()).toContain('cannot reach its database yet')
    await serve.createKey()
  })

  it('survives a server without free connections', async () => {
    await server.sql(`CREATE ROLE plain LOGIN`)
    await server.sql(`ALTER DATABASE ${new URL(url).pathname.slice(1)} OWNER TO plain`)
    const through = new URL(proxy.through(url))
    through.username = 'plain'
    await start({ LATCHKEY_DATABASE_URL: through.href })
    const { secret } = await serve.createKey()
    // Superusers get more than there are, so this gateway is none.
    await server.sql(`ALTER ROLE plain CONNECTION LIMIT 0`)
    proxy.cut()
    await until(async () => (await noticesOf()).includes('database_lost'), 'the loss')
    expect(serve.stderr()).toContain('53300')
    expect((await ask(secret)).status).toBe(200)
    await server.sql(`ALTER ROLE plain CONNECTION LIMIT -1`)
    await until(async () => (await noticesOf()).length === 0, 'contact')
    await serve.createKey()
  })
})

/** How many exchanges are in the file of waiting usage. */
async function waitingIn(dataDir: string): Promise<number> {
  return (await readFile(join(dataDir, 'usage-spool'), 'utf8')).split('"routeClass"').length - 1
}

/** Asks this role for its password; all others are let in as before. */
async function requirePassword(server: PostgresServer, role: string): Promise<void> {
  const path = join(server.dataDir, 'pg_hba.conf')
  await writeFile(path, `host all ${role} 127.0.0.1/32 scram-sha-256\n${await readFile(path, 'utf8')}`)
  await server.sql('SELECT pg_reload_conf()')
}

/** The events that a console gets from a running gateway. */
async function openEvents(dataDir: string) {
  let notices: string[] = []
  const response = await callRunning(dataDir, new Request('http://latchkey/api/events'))
  const reader = response.body?.getReader()
  const read = async () => {
    const decoder = new TextDecoder()
    let rest = ''
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
      const blocks = (rest + decoder.decode(piece.value, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks.filter((text) => text.startsWith('data: '))) {
        const event = JSON.parse(block.slice('data: '.length)) as AppEvent
        if (event.type === 'state') notices = event.state.notices.map(({ code }) => code)
      }
    }
  }
  void read().catch(() => undefined)
  return { notices: () => notices, close: () => void reader?.cancel().catch(() => undefined) }
}
