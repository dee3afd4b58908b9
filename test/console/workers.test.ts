import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { askForKey } from '../support/ask-for-key.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { runLatchkey, type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

// The tests find the processes in /proc.
const reason = process.platform === 'linux' ? whyNoPostgres() : 'only on Linux'
if (reason !== undefined) console.log(`skipped: several processes on one port: ${reason}`)

const CHAT = { model: 'sample-small', messages: [{ role: 'user', content: 'count to 40' }] }

it('needs a shared database, and says why', async () => {
  const dir = await createTempDir()
  const { code, stderr } = await runLatchkey(['serve', '--workers', '2', '--no-open', '--data-dir', dir.path])
  await dir.remove()
  expect([code, stderr]).toEqual([1, expect.stringContaining('Add --database')])
})

it.each(['0', '65', 'many'])('takes no %s workers', async (workers) => {
  expect((await runLatchkey(['serve', '--workers', workers])).code).toBe(2)
})

it('is not started by hand as a worker', async () => {
  const { code, stderr } = await runLatchkey(['worker'])
  expect([code, stderr]).toEqual([1, expect.stringContaining('serve --workers')])
})

describe.skipIf(reason !== undefined)('several processes on one port', () => {
  let server: PostgresServer
  let dir: TempDir
  let serve: Serve
  let name: string
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.remove())
  afterEach(async () => {
    await serve.stop()
    await dir.remove()
  })

  async function start(...args: string[]): Promise<Serve> {
    dir = await createTempDir()
    const url = await server.createDatabase()
    name = new URL(url).pathname.slice(1)
    serve = await startServe({ dataDir: dir.path, args: ['--demo', '--workers', '3', '--database', url, ...args] })
    return serve
  }

  /** One request on a connection of its own. */
  const ask = (secret: string, path = '/api/tags') =>
    fetch(serve.gateway + path, { headers: { Authorization: `Bearer ${secret}`, Connection: 'close' } })
  const chat = (secret: string, content = 'count to 40') =>
    fetch(`${serve.gateway}/api/chat`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${secret}`, Connection: 'close' },
      body: JSON.stringify({ ...CHAT, messages: [{ role: 'user', content }] }),
    })

  /** The processes that the parent has started. */
  function pids(): number[] {
    const { pid } = serve.process
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  }

  const isGone = (pid: number) => {
    try {
      process.kill(pid, 0)
      return false
    } catch {
      return true
    }
  }

  const counted = async (secret: string) => {
    const text = await (await ask(secret, '/metrics')).text()
    const lines = text.split('\n').filter((line) => line.startsWith('latchkey_requests_total'))
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }

  it('answer with the keys of one database, and /metrics adds them up', async () => {
    await start()
    expect(pids()).toHaveLength(3)
    const { secret } = await serve.createKey({ scopes: ['all'] })
    await until(async () => {
      const all = await Promise.all(Array.from({ length: 6 }, () => ask(secret)))
      return all.every(({ status }) => status === 200)
    }, 'each process to know the key')
    const before = await counted(secret)
    for (let times = 0; times < 9; times++) expect((await ask(secret)).status).toBe(200)
    await until(async () => (await counted(secret)) >= before + 9, 'all to be counted')
    const text = await (await ask(secret, '/metrics')).text()
    expect(text.match(/^latchkey_info.*$/m)?.[0]).toMatch(/ 1$/)
    expect(text.match(/^latchkey_keys .*$/m)?.[0]).toBe('latchkey_keys 1')
  })

  it('start a killed one again, lose no connection that it had not answered, and count nothing down', async () => {
    await start()
    const { secret } = await serve.createKey({ scopes: ['all'] })
    await until(
      async () => (await Promise.all([1, 2, 3, 4, 5, 6].map(() => ask(secret)))).every((one) => one.ok),
      'the key',
    )
    const before = await counted(secret)
    const killed = pids()
    let isRunning = true
    const outcomes: string[] = []
    const clients = Array.from({ length: 6 }, async () => {
      while (isRunning) {
        // A connection that hangs would never be answered.
        const signal = AbortSignal.timeout(20_000)
        const headers = { Authorization: `Bearer ${secret}`, Connection: 'close' }
        outcomes.push(
          await fetch(`${serve.gateway}/api/tags`, { headers, signal }).then(
            ({ status }) => String(status),
            (error: Error) => error.name,
          ),
        )
      }
    })
    const restarted = () => serve.stderr().split('a worker runs again').length - 1
    for (const [index, pid] of killed.entries()) {
      process.kill(pid, 'SIGKILL')
      await until(() => restarted() === index + 1, 'another process')
    }
    const { rows } = await server.sql('SELECT count(*) AS runs, count(ended_at) AS ended FROM latchkey.gateways', name)
    // What a killed one held is free as soon as it runs again.
    expect(rows).toEqual([{ runs: '6', ended: '3' }])
    isRunning = false
    await Promise.all(clients)
    expect(outcomes).toContain('200')
    expect(outcomes).not.toContain('TimeoutError')
    expect(await counted(secret)).toBeGreaterThanOrEqual(before)
    expect(serve.stderr()).toContain('a worker has ended, and is started again')
    expect(serve.stderr()).toMatch(/"worker":[123],"end":"SIGKILL"/)
    // The console belongs to the first process, which was killed, too.
    await until(() => serve.call('GET /api/state', {}).then(Boolean, () => false), 'the command line to be answered')
  })

  it('end one that hangs, and start it again', async () => {
    await start()
    const [hanging = 0] = pids()
    process.kill(hanging, 'SIGSTOP')
    await until(() => serve.stderr().includes('a worker runs again'), 'another process')
    expect([serve.stderr().includes('a worker hangs'), isGone(hanging)]).toEqual([true, true])
  })

  it('follow a setting that was changed in the console', async () => {
    await start()
    await serve.call('PATCH /api/settings', { paused: true })
    const readiness = () =>
      Promise.all(Array.from({ length: 9 }, () => ask('', '/readyz').then(({ status }) => status)))
    await until(async () => (await readiness()).every((status) => status === 503), 'all to be paused')
    await serve.call('PATCH /api/settings', { paused: false })
    await until(async () => (await readiness()).every((status) => status === 200), 'all to go on')
  })

  it('move to another port together', async () => {
    await start()
    const other = await freePort()
    await serve.call('PATCH /api/settings', { gatewayPort: other })
    for (let times = 0; times < 9; times++) {
      await until(
        () =>
          fetch(`http://127.0.0.1:${other}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          ),
        'the new port',
      )
    }
    await until(
      () =>
        fetch(`${serve.gateway}/readyz`).then(
          () => false,
          () => true,
        ),
      'the old port to be closed',
    )
  })

  it('let an app pair with any of them, and the person confirm it', async () => {
    await start()
    const app = await askForKey(serve.gateway, { name: 'Paired' })
    const [request] = await until(async () => {
      const all = await serve.call('GET /api/pairing', {})
      return all.length > 0 && all
    }, 'the request')
    for (let times = 0; times < 3; times++) expect((await app.fetchKey()).status).toBe(400)
    await serve.call('POST /api/pairing/approve', { id: request?.id ?? '', code: app.code, preset: 'chat' })
    const fetched = await until(async () => {
      const answer = await app.fetchKey()
      return answer.status === 200 && answer
    }, 'the key')
    expect(fetched.status).toBe(200)
  })

  it('drain together on SIGTERM, and leave nothing behind', async () => {
    await start('--drain-delay', '1')
    const { secret } = await serve.createKey()
    await until(
      async () => (await Promise.all([1, 2, 3, 4, 5, 6].map(() => ask(secret)))).every((one) => one.ok),
      'the key',
    )
    const streams = await Promise.all([1, 2, 3].map(() => chat(secret)))
    const all = pids()
    const ended = once(serve.process, 'exit')
    // As systemd does it: to all processes of the service.
    for (const pid of [...all, serve.process.pid ?? 0]) process.kill(pid, 'SIGTERM')
    await until(async () => (await ask('', '/readyz')).status === 503, '/readyz to say no')
    for (const stream of streams) expect(await stream.text()).toContain('"done":true')
    expect(await ended).toEqual([0, null])
    expect(all.map(isGone)).toEqual([true, true, true])
  })

  it('end at once on a second signal', async () => {
    await start('--drain-delay', '600')
    const all = pids()
    const ended = once(serve.process, 'exit')
    serve.process.kill('SIGTERM')
    await until(async () => (await ask('', '/readyz')).status === 503, '/readyz to say no')
    serve.process.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    await until(() => all.every(isGone), 'all to end')
  })

  it('end with their parent, and can be started again at once', async () => {
    await start()
    const all = pids()
    const ended = once(serve.process, 'exit')
    serve.process.kill('SIGKILL')
    await ended
    const again = ['--demo', '--workers', '3', '--database', await server.createDatabase()]
    serve = await startServe({ dataDir: dir.path, args: again })
    await until(() => all.every(isGone), 'all to end')
    expect((await ask('', '/readyz')).status).toBe(200)
  })

  it('hold the lock of their data directory together', async () => {
    await start()
    const other = ['serve', '--demo', '--no-open', '--port', '0', '--console-port', '0', '--data-dir', dir.path]
    const { code, stderr } = await runLatchkey(other)
    expect([code, stderr]).toEqual([1, expect.stringContaining('already running')])
    expect((await serve.run('key', 'list')).code).toBe(0)
  })

  it('end with a sentence when none runs any more and none can be started', async () => {
    const database = await startPostgres()
    try {
      dir = await createTempDir()
      const args = ['--demo', '--workers', '2', '--database', await database.createDatabase()]
      serve = await startServe({ dataDir: dir.path, args })
      const ended = once(serve.process, 'exit')
      await database.kill()
      for (const pid of pids()) process.kill(pid, 'SIGKILL')
      expect(await ended).toEqual([1, null])
      expect(serve.stderr()).toContain('Latchkey cannot reach its database')
    } finally {
      await database.remove()
    }
  })

  it('start all or none', async () => {
    const url = await server.createDatabase()
    dir = await createTempDir()
    serve = await startServe({ dataDir: join(dir.path, 'one'), args: ['--demo', '--database', url] })
    const taken = ['--port', String(serve.port), '--console-port', '0', '--data-dir', join(dir.path, 'other')]
    const { code, stderr } = await runLatchkey(['serve', '--no-open', '--workers', '2', '--database', url, ...taken])
    expect([code, stderr]).toEqual([1, expect.stringContaining(`port ${serve.port}`)])
  })
})

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  holder.close()
  await once(holder, 'close')
  return port
}
