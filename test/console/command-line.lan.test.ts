import { X509Certificate } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { LanState } from '#shared/lan/lan.ts'
import { usableUrls } from '#shared/lan/usable-urls.ts'
import { makeCertificate } from '../support/certificates.ts'
import { callAsDevice, otherDeviceAddress } from '../support/other-device.ts'
import { ownAddress } from '../support/own-address.ts'
import { readTerminalCode } from '../support/read-qr.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir } from '../support/temp-dir.ts'
import { jsonHere, runHere } from './run-here.ts'

const OWN_ADDRESS = ownAddress()
const DEVICE_ADDRESS = otherDeviceAddress()

interface Found {
  readonly check: string
  readonly ok: boolean
  readonly sentence: string
  readonly fix: string | null
}

let serve: Serve

beforeAll(async () => {
  serve = await startServe()
})
afterAll(() => serve?.stop())

const run = (...args: string[]) => runHere(serve.dataDir, ...args)
const json = <T>(...args: string[]) => jsonHere<T>(serve.dataDir, ...args)
const state = () => json<LanState>('lan')
const wrong = async (check: string) => (await json<Found[]>('doctor')).filter((one) => one.check === check && !one.ok)

test('latchkey lan says how to let others in while nobody is', async () => {
  const { code, stdout } = await run('lan')
  expect([code, stdout]).toEqual([0, expect.stringContaining('latchkey settings set lan all')])
  expect(await state()).toMatchObject({ addresses: [], trustUrl: null, devices: [] })
})

test('latchkey lan --qr has no code while no other device can come, and says why', async () => {
  const alone = await createTempDir()
  await runHere(alone.path, 'settings', 'set', 'lan', '203.0.113.9')
  const { code, stderr } = await runHere(alone.path, 'lan', '--qr')
  expect([code, stderr]).toEqual([1, expect.stringContaining('no address for a QR code')])
  await alone.remove()
})

describe.runIf(OWN_ADDRESS !== undefined)('while others are let in', () => {
  const own = OWN_ADDRESS as string
  const from = DEVICE_ADDRESS as string

  beforeAll(() => serve.call('PATCH /api/settings', { lan: [own] }))
  afterEach(() =>
    serve.call('PATCH /api/settings', { lanTls: 'authority', lanCertificateFile: null, lanKeyFile: null }),
  )

  test('latchkey lan shows addresses, the page to open first, the fingerprint and no device', async () => {
    const lan = await state()
    const { stdout } = await run('lan', 'show')
    expect(lan.trustUrl).toBe(`http://${own}:${serve.port}/trust`)
    expect(usableUrls(lan).length).toBeGreaterThan(0)
    for (const shown of [...usableUrls(lan), lan.trustUrl, lan.authority?.fingerprint, lan.authority?.subject])
      expect(stdout).toContain(shown)
    expect(stdout).toContain('No other device has connected yet.')
    expect((await run('lan')).stdout).toBe(stdout)
  })

  test('latchkey lan --qr prints a code that a camera reads', async () => {
    const { stdout } = await run('lan', '--qr')
    expect(readTerminalCode(stdout)).toBe((await state()).trustUrl)
  })

  test('latchkey lan certificate prints the authority’s certificate, or writes it to a file', async () => {
    const { stdout } = await run('lan', 'certificate')
    const certificate = new X509Certificate(stdout)
    expect(certificate.ca).toBe(true)
    expect(stdout).not.toContain('PRIVATE')
    const file = join(serve.dataDir, 'to-copy.crt')
    const written = await run('lan', 'certificate', '--out', file)
    expect(written.stdout).toContain(certificate.fingerprint256)
    expect(new X509Certificate(await readFile(file)).fingerprint256).toBe(certificate.fingerprint256)
    expect(await json('lan', 'certificate')).toEqual({ pem: stdout.trimEnd(), fingerprint: certificate.fingerprint256 })
    expect(await run('lan', 'certificate', '--out', serve.dataDir)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot write the file') as unknown,
    })
  })

  test.runIf(DEVICE_ADDRESS !== undefined)(
    'a device is listed with what it lacks, then as secure; doctor names it too',
    async () => {
      expect(await json<Found[]>('doctor')).toContainEqual(expect.objectContaining({ check: 'firewall' }))
      const lan = await state()
      const { pem: ca } = await json<{ pem: string }>('lan', 'certificate')
      await expect(callAsDevice({ from, lan, host: own })).rejects.toThrow()
      await expect.poll(async () => (await state()).devices).toHaveLength(1)
      expect((await run('lan')).stdout).toContain(`(${from}): It `)
      expect(await wrong('device')).toHaveLength(1)
      expect(await json<Found[]>('doctor')).not.toContainEqual(expect.objectContaining({ check: 'firewall' }))
      const { secret } = await serve.createKey()
      expect(await callAsDevice({ from, lan, host: own, ca, userAgent: 'ollama/0.30.0', secret })).toBe(200)
      await expect.poll(async () => (await state()).devices[0]?.lastSecureAt).not.toBeNull()
      expect((await run('lan')).stdout).toMatch(new RegExp(`^ollama +${from.replaceAll('.', '\\.')} +just now$`, 'm'))
      expect(await wrong('device')).toEqual([])
    },
  )

  test.runIf(DEVICE_ADDRESS !== undefined)(
    'replace-authority asks first, naming who used it, and then makes a new one',
    async () => {
      const before = await state()
      const asked = await run('lan', 'replace-authority')
      expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining(`ollama (${from})`)])
      expect((await state()).authority).toEqual(before.authority)
      const { code, stdout } = await run('lan', 'replace-authority', '--yes')
      const { authority } = await state()
      expect([code, stdout]).toEqual([0, expect.stringContaining(authority?.fingerprint ?? 'none')])
      expect(authority?.fingerprint).not.toBe(before.authority?.fingerprint)
      expect((await run('lan')).stdout).toContain('It used the authority that you removed.')
    },
  )

  test('settings warn of plain HTTP and only of it, and doctor does too', async () => {
    const off = await run('settings', 'set', 'lanTls', 'off')
    expect(off.stderr).toContain('The connection is not encrypted')
    expect(await wrong('lan_tls')).toHaveLength(1)
    const on = await run('settings', 'set', 'lanTls', 'authority')
    expect([on.code, on.stderr]).toEqual([0, expect.stringContaining('The connection is encrypted.')])
    expect(await wrong('lan_tls')).toEqual([])
  })

  async function write({ cert, key }: { cert: string; key: string }) {
    const files = { certificate: join(serve.dataDir, 'own.pem'), key: join(serve.dataDir, 'own.key') }
    await writeFile(files.certificate, cert)
    await writeFile(files.key, key, { mode: 0o600 })
    return files
  }

  test('settings set refuses files that cannot be used, says why, and changes nothing', async () => {
    const { certificate } = await write(await makeCertificate())
    const before = await run('settings', 'list')
    const refused = await run(
      'settings',
      'set',
      'lanTls',
      'files',
      'lanCertificateFile',
      certificate,
      'lanKeyFile',
      '/no/key',
    )
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Latchkey cannot read the file /no/key. Check that it exists and that Latchkey may read it.\n',
    })
    expect((await run('settings', 'set', 'theme', 'dark', 'language')).stderr).toBe('Enter a value after language.\n')
    expect(await run('settings', 'list')).toEqual(before)
  })

  test.each<[string, (pem: { cert: string; key: string }) => Promise<{ cert: string; key: string }>, string]>([
    [
      'that do not fit together',
      async ({ cert }) => ({ cert, key: (await makeCertificate()).key }),
      'does not belong to',
    ],
    ['without a certificate', async ({ key }) => ({ cert: 'hello', key }), 'no readable certificate'],
    ['that expire soon', async () => makeCertificate({ until: 5 }), '5 days|is valid until'],
    ['that have expired', async () => makeCertificate({ from: -9, until: -1 }), 'was valid until'],
    ['that are not valid yet', async () => makeCertificate({ from: 3, until: 90 }), 'is not valid before'],
  ])('doctor says what is wrong with files %s', async (_what, spoil, sentence) => {
    const good = await makeCertificate()
    const files = await write(good)
    const names = ['lanCertificateFile', files.certificate, 'lanKeyFile', files.key]
    const set = await run('settings', 'set', 'lanTls', 'files', ...names)
    expect([set.code, set.stdout.split('\n')[0]]).toEqual([0, 'lanTls is files.'])
    await write(await spoil(good))
    // Any change of a setting looks again, and only the second look takes a wrong pair for more than a renewal.
    for (const theme of ['dark', 'light', 'dark']) await run('settings', 'set', 'theme', theme)
    const found = await wrong('lan_tls')
    expect(found.map(({ sentence: said }) => said)).toEqual([expect.stringMatching(sentence)])
    expect(found[0]?.fix).toMatch(/\.$/)
  })

  test('doctor says that others can read the authority’s key', async () => {
    const path = join(serve.dataDir, 'lan-authority')
    expect(await wrong('lan_key')).toEqual([])
    await chmod(path, 0o644)
    expect((await wrong('lan_key')).map(({ sentence }) => sentence)).toEqual([expect.stringContaining(path)])
    await chmod(path, 0o600)
  })

  test('serve says that the connection is encrypted, and how to set up a device', async () => {
    const other = await startServe({ args: ['--demo', '--host', own] })
    await expect.poll(other.stderr).toMatch(new RegExp(`https://[^ ]+:${other.port}`))
    expect(other.stderr()).toContain('latchkey lan --qr')
    expect(other.stderr()).not.toContain('not encrypted')
    await other.stop()
  })
})
