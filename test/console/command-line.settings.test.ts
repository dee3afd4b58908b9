import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { settingsSchema } from '#shared/settings/settings.ts'
import { makeCertificate } from '../support/certificates.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'

let dir: TempDir

beforeAll(async () => {
  dir = await createTempDir()
})
afterAll(() => dir.remove())

const run = (...args: string[]) => runHere(dir.path, 'settings', ...args)
const stored = async () => settingsSchema.parse(JSON.parse((await run('list', '--json')).stdout))

const GITHUB = { id: 'github', name: 'GitHub', preset: 'github', issuer: null, clientId: 'abc' }

test.each([
  ['upstream', 'http://127.0.0.1:9', 'http://127.0.0.1:9'],
  ['upstream', 'default', null],
  ['gatewayPort', '11600', 11_600],
  ['unknownOrigins', 'ask', 'ask'],
  ['extraHosts', 'Ollama.home, nas.local', ['ollama.home', 'nas.local']],
  ['extraHosts', 'off', []],
  ['lan', 'all', 'all'],
  ['lan', '192.168.1.5,FD00::2', ['192.168.1.5', 'fd00::2']],
  ['lanTls', 'off', 'off'],
  ['lanCertificateFile', '/etc/ssl/own.pem', '/etc/ssl/own.pem'],
  ['lanCertificateFile', 'default', null],
  ['lanKeyFile', '/etc/ssl/own.key', '/etc/ssl/own.key'],
  ['discovery', 'on', true],
  ['cookieCarrier', 'on', true],
  ['lookForUpdates', 'on', true],
  ['paused', 'on', true],
  ['paused', 'off', false],
  ['retentionDays', '7', 7],
  ['theme', 'dark', 'dark'],
  ['shareConsole', 'on', true],
  ['consoleUrl', 'https://latchkey.example', 'https://latchkey.example'],
  ['consoleUrl', 'off', null],
  ['registration', 'approval', 'approval'],
  ['providers', JSON.stringify([GITHUB]), [{ ...GITHUB, domains: [], roleClaim: null, roles: [] }]],
  ['providers', 'off', []],
  ['ownerEmail', 'ada@example.org', 'ada@example.org'],
] as const)('settings set %s %s is kept, and list shows it as set takes it', async (name, value, expected) => {
  expect(await run('set', name, value)).toMatchObject({ code: 0, stderr: '' })
  expect((await stored())[name]).toEqual(expected)
  const [, shown = ''] = new RegExp(`^${name} +(.*)$`, 'm').exec((await run('list')).stdout) ?? []
  expect(await run('set', name, shown)).toMatchObject({ code: 0 })
  expect((await stored())[name]).toEqual(expected)
})

test.each([
  ['gatewayPort', 'high', '“gatewayPort” must be a number.'],
  ['providers', '{', '“providers” must be a list.'],
  ['theme', 'pink', '“theme” must be one of auto, light, dark.'],
  ['lan', 'on', 'Enter “all” or a list of this computer’s addresses, such as 192.168.1.5.'],
  ['updateFeed', 'https://evil.example', 'No setting has this name. List all settings with: latchkey settings list'],
])('settings set %s %s ends with 1 and a sentence, and changes nothing', async (name, value, sentence) => {
  const before = await stored()
  expect(await run('set', name, value)).toEqual({ code: 1, stdout: '', stderr: `${sentence}\n` })
  expect(await stored()).toEqual(before)
})

test('settings set upstreamCertificate takes a certificate’s file in either form, and keeps what is in it', async () => {
  const { cert } = await makeCertificate()
  const text = join(dir.path, 'server.pem')
  const binary = join(dir.path, 'server.cer')
  await writeFile(text, `subject=the server\n${cert}`)
  await writeFile(binary, new X509Certificate(cert).raw)
  for (const file of [text, binary]) {
    expect(await run('set', 'upstreamCertificate', file)).toMatchObject({
      code: 0,
      stdout: 'upstreamCertificate is set.\n',
    })
    const kept = (await stored()).upstreamCertificate ?? ''
    expect(new X509Certificate(kept).fingerprint256).toBe(new X509Certificate(cert).fingerprint256)
    expect(await run('set', 'upstreamCertificate', 'off')).toMatchObject({ code: 0 })
    expect((await stored()).upstreamCertificate).toBeNull()
  }
})

test.each<[string, (pem: { cert: string; key: string }) => string, string]>([
  ['a private key beside it', ({ cert, key }) => cert + key, 'This file contains a private key.'],
  ['no certificate', () => 'hello', 'This is not a certificate'],
  ['a damaged one', ({ cert }) => cert.replace(/M/g, 'N'), 'This is not a certificate'],
])('a file with %s is refused with a sentence', async (_name, content, sentence) => {
  const file = join(dir.path, 'wrong.pem')
  await writeFile(file, content(await makeCertificate()))
  const { code, stderr } = await run('set', 'upstreamCertificate', file)
  expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)])
  expect(stderr).not.toContain('PRIVATE')
  expect((await stored()).upstreamCertificate).toBeNull()
})

test('a certificate’s file that is not there is named', async () => {
  const { code, stderr } = await run('set', 'upstreamCertificate', join(dir.path, 'nowhere.pem'))
  expect([code, stderr]).toEqual([1, expect.stringMatching(/Latchkey cannot read the file .*nowhere.pem/)])
})

test('serve takes settings for its run alone, until one is chosen anew', async () => {
  const own = await createTempDir()
  const flags = ['--demo', '--setting', 'retentionDays=7', '--setting', 'extraHosts=ai.example,b.example']
  const serve = await startServe({ dataDir: own.path, args: flags })
  try {
    const inEffect = await serve.call('GET /api/settings', {})
    expect(inEffect).toMatchObject({ retentionDays: 7, extraHosts: ['ai.example', 'b.example'] })
    await serve.call('PATCH /api/settings', { retentionDays: 9 })
    expect(await serve.call('GET /api/settings', {})).toMatchObject({ retentionDays: 9 })
  } finally {
    await serve.stop()
  }
  const { stdout } = await runHere(own.path, 'settings', 'list', '--json')
  expect(settingsSchema.parse(JSON.parse(stdout))).toMatchObject({ retentionDays: 9, extraHosts: [] })
  await own.remove()
})

test.each([
  ['retentionDays=soon', '“retentionDays” must be a number.'],
  ['nothing=1', 'No setting has this name.'],
  ['retentionDays', 'Enter a name and a value, such as lanTls=off.'],
])('serve --setting %s is wrong usage, and says why', async (flag, sentence) => {
  const { code, stderr } = await runHere(dir.path, 'serve', '--no-open', '--setting', flag)
  expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)])
})
