import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { makeCertificate } from '../support/certificates.ts'
import { MAIN } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'

let dir: TempDir
const path = process.env['PATH']

beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(async () => {
  process.env['PATH'] = path
  await dir.remove()
})

test('doctor --diagnostics prints a text that names no folder and no key', async () => {
  const { stdout: made } = await runHere(dir.path, 'key', 'create', '--name', 'Mine', '--json')
  const { code, stdout } = await runHere(dir.path, 'doctor', '--diagnostics')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Latchkey \d+\.\d+\.\d+, headless\nSystem: /)
  expect(stdout).toContain('Keys: 1;')
  for (const hidden of [dir.path, homedir(), (JSON.parse(made) as { secret: string }).secret, 'Mine']) {
    expect(stdout).not.toContain(hidden)
  }
})

test.skipIf(process.platform !== 'linux')('doctor tells that the service beside it has failed', async () => {
  const systemctl = join(dir.path, 'systemctl')
  const shown = 'LoadState=loaded\nActiveState=failed\nResult=exit-code\nUnitFileState=enabled\nEnvironment=\n'
  await writeFile(systemctl, `#!/bin/sh\nprintf '%s' '${shown}'\n`)
  await chmod(systemctl, 0o700)
  process.env['PATH'] = `${dir.path}:${path}`
  const { stdout } = await runHere(dir.path, 'doctor')
  expect(stdout).toContain('look  The service latchkey has failed (exit-code).\n      See the log: journalctl')
})

async function listen(answer: RequestListener): Promise<number> {
  const server: Server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

interface Found {
  readonly check: string
  readonly ok: boolean
  readonly sentence: string
  readonly fix: string | null
}

async function doctorWith(settings: object): Promise<Found[]> {
  await writeFile(join(dir.path, 'settings.json'), JSON.stringify(settings))
  const { code, stdout } = await runHere(dir.path, 'doctor', '--json')
  expect(code).toBe(0)
  return JSON.parse(stdout) as Found[]
}

test.each<[string, RequestListener, string]>([
  ['another Latchkey', (_request, response) => response.end('{"gateway":"up","upstream":"up"}'), 'Another Latchkey'],
  ['Ollama', (_request, response) => response.end('Ollama is running'), 'Ollama itself uses port'],
  ['some other program', (request) => request.socket.destroy(), 'Close that program'],
])('doctor says that %s holds the port of a Latchkey that does not run', async (_who, answer, word) => {
  const found = await doctorWith({ gatewayPort: await listen(answer) })
  expect(found.find(({ check }) => check === 'gateway')).toMatchObject({ ok: false })
  expect(found.find(({ check }) => check === 'port')).toMatchObject({ ok: false, fix: expect.stringContaining(word) })
})

test('doctor says nothing of a port that is free', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  expect((await doctorWith({ gatewayPort: port })).filter(({ check }) => check === 'port')).toEqual([])
})

test.each([
  ['lets every site in', ['*'], 1],
  ['lets in its own sites only', [], 0],
])('doctor asks an Ollama that %s, whatever this shell’s variables are', async (_what, origins, findings) => {
  const port = await listen((request, response) => {
    const isForeign = request.headers.origin !== undefined && !origins.includes('*')
    response.statusCode = isForeign ? 403 : 200
    response.end(request.url === '/api/version' ? '{"version":"0.30.0"}' : '{"models":[]}')
  })
  const found = await doctorWith({ upstream: `http://127.0.0.1:${port}` })
  const open = found.filter(({ check }) => check === 'ollama_origins')
  expect(open).toHaveLength(findings)
  for (const { ok, fix } of open) expect([ok, fix]).toEqual([false, expect.stringContaining('Remove OLLAMA_ORIGINS')])
})

test.each<[string, RequestListener, string, string]>([
  [
    'is not Ollama',
    (_request, response) => response.end('<h1>Hello</h1>'),
    'is not Ollama',
    'Correct Ollama’s address',
  ],
  [
    'wants a key',
    (_request, response) => response.writeHead(401).end(),
    'requires its own key',
    'Set it as Ollama’s own key',
  ],
  [
    'wants a key for its models',
    (request, response) => {
      if (request.url !== '/api/version') response.statusCode = 401
      response.end('{"version":"0.30.0"}')
    },
    'requires its own key',
    'Set it as Ollama’s own key',
  ],
])('doctor says of an upstream that %s what it is, and nothing of 0 models', async (_what, answer, sentence, fix) => {
  const found = await doctorWith({ upstream: `http://127.0.0.1:${await listen(answer)}` })
  const upstream = {
    check: 'upstream',
    ok: false,
    sentence: expect.stringContaining(sentence),
    fix: expect.stringContaining(fix),
  }
  expect(found.find(({ check }) => check === 'upstream')).toEqual(upstream)
  expect(JSON.stringify(found)).not.toContain('0 model')
})

test('doctor names a fault of TLS, until its certificate is trusted', async () => {
  const certificate = await makeCertificate()
  const server = createTlsServer(certificate, (_request, response) =>
    response.end('{"version":"0.30.0","models":[{"name":"m"}]}'),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const look = async (settings: object) =>
    (await doctorWith(settings)).find(({ check }) => check === 'upstream')?.sentence ?? ''
  const upstream = `https://127.0.0.1:${port}`
  expect(await look({ upstream: `http://127.0.0.1:${port}` })).toContain('accepts only https')
  expect(await look({ upstream })).toContain('Latchkey does not trust the certificate')
  expect(await look({ upstream, upstreamCertificate: certificate.cert })).toContain('answers at')
})

test.skipIf(process.platform === 'win32')(
  'doctor names a data directory of another user, and who could look',
  async () => {
    await chmod(dir.path, 0)
    // Root may read everything.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const ran = spawnSync(process.execPath, [MAIN, 'doctor', '--data-dir', dir.path], { encoding: 'utf8', ...nobody })
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain(`You may not read and write in ${dir.path}`)
    expect(ran.stderr).toContain('sudo -u latchkey')
  },
)
