import { readFile, stat, writeFile } from 'node:fs/promises'
import { request as requestTls } from 'node:https'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { usableUrls } from '#shared/lan/usable-urls.ts'
import { makeCertificate } from '../support/certificates.ts'
import { ownAddress } from '../support/own-address.ts'
import { exchangeRaw } from '../support/raw-http.ts'
import { until } from '../support/until.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

const OWN_ADDRESS = ownAddress()
const NAME = `${hostname().split('.')[0]?.toLowerCase()}.local`

let started: StartedApp | undefined
afterEach(async () => {
  await started?.stop()
  started = undefined
})

const running = () => started as StartedApp
const port = () => running().app.state().gateway.port
const lanState = () => running().call('GET /api/lan', {})

interface Answer {
  readonly status: number
  readonly body: string
}

/** Asks the gateway at this computer's network address over TLS, under its name, and trusts only `ca`. */
function ask(host: string, ca: string, path = '/api/tags', headers: Record<string, string> = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const options = {
    host,
    port: port(),
    path,
    ca,
    servername: NAME,
    agent: false as const,
    headers: { Host: `${NAME}:${port()}`, ...headers },
  }
  requestTls(options, (response) => {
    let body = ''
    response.on('data', (piece: Buffer) => (body += piece.toString('latin1')))
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
  })
    .on('error', reject)
    .end()
  return promise
}

const ca = async () => (await running().call('GET /api/lan/certificate', {})).pem

test('while nobody is let in, nothing is made, and the state says so', async () => {
  started = await startApp()
  expect(await lanState()).toMatchObject({
    tls: 'authority',
    addresses: [],
    name: NAME,
    trustUrl: null,
    certificate: null,
    authority: null,
    problem: null,
    devices: [],
    arrivedFromOutside: false,
  })
  expect((await started.ask('/api/lan/certificate')).status).toBe(404)
  await expect(stat(join(started.dataDir, 'lan-authority'))).rejects.toThrow()
})

describe.runIf(OWN_ADDRESS !== undefined)('other devices', () => {
  const own = OWN_ADDRESS as string

  test('come in over TLS as soon as they are let in', async () => {
    started = await startApp()
    await started.call('PATCH /api/settings', { lan: [own] })
    // The own address only if it is a private one.
    expect(started.app.state().gateway.lan).toEqual(usableUrls(await lanState()))
    const { secret } = await started.call('POST /api/keys', { name: 'for the tablet' })
    expect((await ask(own, await ca())).status).toBe(401)
    expect((await ask(own, await ca(), '/api/tags', { 'x-api-key': secret })).status).toBe(200)
    const state = await lanState()
    expect(state).toMatchObject({
      addresses: [{ address: own, url: `https://${own}:${port()}` }],
      trustUrl: `http://${own}:${port()}/trust`,
      problem: null,
    })
    expect(state.certificate?.names).toContain(NAME)
    expect(state.authority?.subject).toMatch(/^Latchkey on .* \(\d{4}-[0-9a-f]{4}\)$/)
    // This computer is no other device.
    expect([state.devices, state.arrivedFromOutside]).toEqual([[], false])
    expect(await exchangeRaw(port(), `GET / HTTP/1.1\r\nHost: ${own}\r\n\r\n`, undefined, own)).toMatch(
      /^HTTP\/1\.1 426 [\s\S]*https:\/\//,
    )
    expect((await fetch(`${started.gatewayUrl()}/healthz`)).status).toBe(200)
    expect(started.log()).not.toMatch(/PRIVATE KEY|sk-lk-/)
  })

  test('keep their certificate over a restart, and settings from before TLS get it', async () => {
    const settings = JSON.stringify({ lan: [own] })
    started = await startApp({ settings })
    const [pem, before] = [await ca(), await lanState()]
    expect((await ask(own, pem)).status).toBe(401)
    const files = Object.fromEntries(
      await Promise.all(
        ['lan-authority', 'lan/authority.crt', 'lan/certificate.pem'].map(async (name) => [
          name,
          await readFile(join(running().dataDir, name), 'utf8'),
        ]),
      ),
    ) as Record<string, string>
    await started.stop()
    started = await startApp({ settings, files, folders: ['lan'] })
    expect(await ca()).toBe(pem)
    expect((await lanState()).certificate).toEqual(before.certificate)
    expect((await ask(own, pem)).status).toBe(401)
  })

  test('must trust another authority when it is replaced, which the audit trail names', async () => {
    started = await startApp()
    await started.call('PATCH /api/settings', { lan: 'all' })
    const [old, before] = [await ca(), await lanState()]
    const after = await started.call('POST /api/lan/authority/replace', {})
    expect(after.authority?.fingerprint).not.toBe(before.authority?.fingerprint)
    await expect(ask(own, old)).rejects.toThrow()
    expect((await ask(own, await ca())).status).toBe(401)
    expect((await started.call('GET /api/audit', {}))[0]).toMatchObject({
      action: 'authority.replace',
      actor: 'console',
      subject: null,
    })
    await until(() => running().events.some(({ type }) => type === 'lan'), 'the event')
    expect(await started.bytesOnDisk()).not.toContain(old.split('\n')[6])
  })

  test('read the trust page without a key, over TLS too, and nothing else while no app may ask for one', async () => {
    started = await startApp()
    await started.call('PATCH /api/settings', { lan: [own], pairing: false })
    const pem = await ca()
    expect((await ask(own, pem, '/trust/latchkey.crt')).status).toBe(200)
    expect((await ask(own, pem, '/trust/other')).status).toBe(401)
    for (const path of ['/', '/healthz', '/latchkey/openapi.json', '/latchkey/authorize'])
      expect([path, (await ask(own, pem, path)).status]).toEqual([path, 401])
    await started.call('PATCH /api/settings', { lanTls: 'off' })
    expect((await fetch(`http://${own}:${port()}/trust/latchkey.crt`)).status).toBe(401)
    expect((await fetch(`http://127.0.0.1:${port()}/trust/latchkey.crt`)).status).toBe(401)
  })

  test('see certificate files of the person’s own, and may use the names in them', async () => {
    started = await startApp()
    const authority = await makeCertificate({ isAuthority: true })
    const { cert, key } = await makeCertificate({ hosts: [NAME, 'nas.example'], addresses: [], by: authority })
    const [lanCertificateFile, lanKeyFile] = ['own.pem', 'own.key'].map((name) => join(running().dataDir, name)) as [
      string,
      string,
    ]
    await writeFile(lanCertificateFile, cert)
    await writeFile(lanKeyFile, key)
    await started.call('PATCH /api/settings', { lan: [own], lanTls: 'files', lanCertificateFile, lanKeyFile })
    expect((await lanState()).problem).toBe(null)
    expect((await ask(own, authority.cert, '/api/tags', { Host: 'nas.example' })).status).toBe(401)
    expect((await ask(own, authority.cert, '/api/tags', { Host: 'other.example' })).status).toBe(403)
    expect((await ask(own, authority.cert, '/trust/latchkey.crt')).status).toBe(401)
  })

  test('are forgotten with everything else', async () => {
    const device = {
      address: '192.168.1.77',
      userAgent: 'Safari',
      firstSeenAt: 1,
      lastSecureAt: 2,
      lastFailure: null,
      authority: null,
    }
    started = await startApp({ files: { 'lan/devices.json': JSON.stringify({ devices: [device] }) }, folders: ['lan'] })
    expect((await lanState()).devices).toMatchObject([{ address: '192.168.1.77', lastSecureAt: 2 }])
    await started.call('POST /api/forget', { all: true })
    expect((await lanState()).devices).toEqual([])
    expect(await started.bytesOnDisk()).not.toContain('192.168.1.77')
  })

  test('find the former way when a change cannot be made', async () => {
    started = await startApp()
    const other = await startApp()
    const taken = other.app.state().gateway.port
    await started.call('PATCH /api/settings', { lan: [own] })
    const pem = await ca()
    const refused = await started.ask(...requestOf('PATCH /api/settings', { lanTls: 'off', gatewayPort: taken }))
    expect(refused.status).toBe(409)
    expect((await lanState()).tls).toBe('authority')
    expect((await ask(own, pem)).status).toBe(401)
    await other.stop()
  })

  test('that stay in their handshake end with the address', async () => {
    started = await startApp()
    await started.call('PATCH /api/settings', { lan: [own] })
    const half = connect({
      host: own,
      port: port(),
      servername: NAME,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    })
    half.on('error', () => undefined)
    const closed = new Promise((resolve) => half.once('close', resolve))
    await new Promise((resolve) => half.once('secureConnect', resolve))
    await started.call('PATCH /api/settings', { lan: [] })
    await closed
  })
})

describe('certificate files that cannot be used', () => {
  async function files(cert: string, key: string) {
    const { dataDir } = running()
    const [lanCertificateFile, lanKeyFile] = [join(dataDir, 'own.pem'), join(dataDir, 'own.key')]
    await writeFile(lanCertificateFile, cert)
    await writeFile(lanKeyFile, key)
    return { lanCertificateFile, lanKeyFile }
  }

  async function refusal(patch: object): Promise<unknown> {
    const answer = await running().ask(...requestOf('PATCH /api/settings', patch))
    return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code]
  }

  type Pair = { cert: string; key: string }
  test.each<[string, (pair: Pair) => Promise<Pair>, string]>([
    [
      'belong to different certificates',
      async (a) => ({ ...a, key: (await makeCertificate()).key }),
      'lan_files_differ',
    ],
    ['have no certificate', async ({ key }) => ({ cert: 'hello', key }), 'lan_file_no_certificate'],
    ['have no key', async ({ cert }) => ({ cert, key: cert }), 'lan_file_no_key'],
    ['have expired', () => makeCertificate({ from: -9, until: -1 }), 'lan_certificate_expired'],
    ['are not valid yet', () => makeCertificate({ from: 3, until: 90 }), 'lan_certificate_early'],
  ])('because they %s are refused, and nothing has changed', async (_why, spoil, code) => {
    started = await startApp()
    const { cert, key } = await spoil(await makeCertificate())
    const before = await started.call('GET /api/settings', {})
    const patch = { lanTls: 'files', ...(await files(cert, key)), theme: 'dark' }
    expect(await refusal(patch)).toEqual([409, code])
    expect(await started.call('GET /api/settings', {})).toEqual(before)
    expect((await lanState()).tls).toBe('authority')
  })

  test('because they are missing or not named are refused too', async () => {
    started = await startApp()
    const { cert, key } = await makeCertificate()
    const good = await files(cert, key)
    expect(await refusal({ lanTls: 'files' })).toEqual([409, 'lan_files_missing'])
    expect(await refusal({ lanTls: 'files', ...good, lanKeyFile: '/nowhere/k.pem' })).toEqual([
      409,
      'lan_file_unreadable',
    ])
    // Alone they are only names.
    await started.call('PATCH /api/settings', good)
    await started.call('PATCH /api/settings', { lanTls: 'files' })
    // Instead of files in use, unusable ones are refused in the same way, and the others stay in use.
    expect(await refusal({ lanKeyFile: good.lanCertificateFile })).toEqual([409, 'lan_file_no_key'])
    expect(await refusal({ lanCertificateFile: null })).toEqual([409, 'lan_files_missing'])
    expect(await started.call('GET /api/settings', {})).toMatchObject({ lanTls: 'files', ...good })
  })

  test('do not keep other settings from being changed once they are in use, nor from being left', async () => {
    started = await startApp()
    const { cert, key } = await makeCertificate()
    const good = await files(cert, key)
    await started.call('PATCH /api/settings', { lanTls: 'files', ...good })
    await writeFile(good.lanKeyFile, 'spoiled later')
    await started.call('PATCH /api/settings', { theme: 'dark' })
    await started.call('PATCH /api/settings', { lanTls: 'authority' })
    expect(await started.call('GET /api/settings', {})).toMatchObject({ theme: 'dark', lanTls: 'authority' })
  })
})
