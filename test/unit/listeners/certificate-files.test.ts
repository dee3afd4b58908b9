import { generateKeyPairSync } from 'node:crypto'
import { mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CertificateFiles } from '../../../src-main/listeners/tls/certificate-files.ts'
import { type Certificate, makeCertificate } from '../../support/certificates.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

const DAY_MS = 86_400_000

let dir: TempDir
let certificateFile: string
let keyFile: string
beforeEach(async () => {
  dir = await createTempDir()
  certificateFile = join(dir.path, 'fullchain.pem')
  keyFile = join(dir.path, 'privkey.pem')
})
afterEach(() => dir.remove())

const put = async ({ cert, key }: Certificate) => {
  await writeFile(certificateFile, cert)
  await writeFile(keyFile, key)
}

async function opened(now: () => number = Date.now): Promise<CertificateFiles> {
  const files = new CertificateFiles({ certificateFile, keyFile, now })
  await files.look()
  return files
}

const namesOf = (files: CertificateFiles) => files.served?.facts.names

test('a chain and its key are served with the facts of the first certificate', async () => {
  const authority = await makeCertificate({ isAuthority: true })
  const leaf = await makeCertificate({
    hosts: ['Nas.Example.org', '*.home.example.org'],
    addresses: ['10.0.0.2', 'fd00::2'],
    by: authority,
  })
  await writeFile(certificateFile, `subject=nas\n${leaf.cert}\nissuer=x\n${authority.cert}`)
  await writeFile(keyFile, `# mine\n${leaf.key}`)
  const files = await opened()
  expect(files.problem).toBeNull()
  expect(namesOf(files)).toEqual(['nas.example.org', '*.home.example.org', '10.0.0.2', 'fd00::2'])
  expect(files.served?.cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
  expect([files.served?.authority, files.served?.facts.issuer]).toEqual([
    null,
    expect.stringMatching(/^CN=Latchkey test/),
  ])
})

test('certificate and key may be one file', async () => {
  const { cert, key } = await makeCertificate()
  await writeFile(certificateFile, `${key}\n${cert}`)
  const files = new CertificateFiles({ certificateFile, keyFile: certificateFile, now: Date.now })
  await files.look()
  expect([files.problem, namesOf(files)?.length]).toEqual([null, 3])
})

describe('a plain sentence says what is wrong', () => {
  const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits })
  const cases: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['no files', 'lan_file_unreadable', async () => undefined],
    ['no key file', 'lan_file_unreadable', async () => writeFile(certificateFile, (await makeCertificate()).cert)],
    ['a folder instead of a file', 'lan_file_unreadable', () => mkdir(certificateFile)],
    [
      'text instead of a certificate',
      'lan_file_no_certificate',
      async () => put({ ...(await makeCertificate()), cert: 'hello' }),
    ],
    [
      'a damaged certificate',
      'lan_file_no_certificate',
      async () =>
        put({ ...(await makeCertificate()), cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }),
    ],
    ['text instead of a key', 'lan_file_no_key', async () => put({ ...(await makeCertificate()), key: 'hello' })],
    [
      'a public key',
      'lan_file_no_key',
      async () =>
        put({
          ...(await makeCertificate()),
          key: rsa(2048).publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        }),
    ],
    [
      'a key with a password',
      'lan_file_encrypted',
      async () =>
        put({
          ...(await makeCertificate()),
          key: rsa(2048)
            .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
            .toString(),
        }),
    ],
    [
      'an older key with a password',
      'lan_file_encrypted',
      async () =>
        put({
          ...(await makeCertificate()),
          key: rsa(2048)
            .privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
            .toString(),
        }),
    ],
    [
      'the key of another certificate',
      'lan_files_differ',
      async () => put({ cert: (await makeCertificate()).cert, key: (await makeCertificate()).key }),
    ],
  ]
  test.each(cases)('%s', async (_name, code, prepare) => {
    await prepare()
    const files = await opened()
    expect([files.served, files.problem?.code]).toEqual([null, code])
    expect(files.problem?.message).toMatch(/^[A-Z].*\.$/)
  })

  test('none are chosen', async () => {
    const files = new CertificateFiles({ certificateFile: null, keyFile, now: Date.now })
    await files.look()
    expect(files.problem?.code).toBe('lan_files_missing')
  })

  test.each([
    [13, 'lan_certificate_expires'],
    [-1, 'lan_certificate_expired'],
    [15, undefined],
  ] as const)('it ends in %s days: %s, and it is served all the same', async (until, code) => {
    await put(await makeCertificate({ from: -20, until }))
    const files = await opened()
    expect([files.served === null, files.problem?.code]).toEqual([false, code])
  })

  test('it is not valid yet', async () => {
    await put(await makeCertificate({ from: 2 }))
    expect((await opened()).problem?.code).toBe('lan_certificate_early')
  })

  test('the notice comes while it runs', async () => {
    let now = Date.now()
    await put(await makeCertificate({ until: 30 }))
    const files = await opened(() => now)
    expect(files.problem).toBeNull()
    now += 20 * DAY_MS
    expect(files.problem?.code).toBe('lan_certificate_expires')
  })
})

describe('a renewal is served at the next look', () => {
  const fresh = () => makeCertificate({ hosts: ['renewed.example'], addresses: [] })

  test('when the files are written', async () => {
    await put(await makeCertificate())
    const files = await opened()
    const before = files.served
    await files.look()
    expect(files.served).toBe(before)
    await put(await fresh())
    await files.look()
    expect(namesOf(files)).toEqual(['renewed.example'])
  })

  test('when others are renamed over them', async () => {
    await put(await makeCertificate())
    const files = await opened()
    const { cert, key } = await fresh()
    await writeFile(`${certificateFile}.new`, cert)
    await writeFile(`${keyFile}.new`, key)
    await rename(`${certificateFile}.new`, certificateFile)
    await rename(`${keyFile}.new`, keyFile)
    await files.look()
    expect(namesOf(files)).toEqual(['renewed.example'])
  })

  test('when symbolic links change, as certbot does it', async () => {
    const archive = async (name: string, { cert, key }: Certificate) => {
      await writeFile(join(dir.path, `fullchain${name}.pem`), cert)
      await writeFile(join(dir.path, `privkey${name}.pem`), key)
    }
    const link = async (name: string) => {
      for (const [path, file] of [
        [certificateFile, 'fullchain'],
        [keyFile, 'privkey'],
      ] as const) {
        await rm(path, { force: true })
        await symlink(join(dir.path, `${file}${name}.pem`), path)
      }
    }
    await archive('1', await makeCertificate())
    await link('1')
    const files = await opened()
    await archive('2', await fresh())
    await link('2')
    await files.look()
    expect(namesOf(files)).toEqual(['renewed.example'])
  })

  test('only when both fit: between the two writes the former pair is served, without a problem', async () => {
    await put(await makeCertificate())
    const files = await opened()
    const { cert, key } = await fresh()
    await writeFile(certificateFile, cert.slice(0, 100))
    await files.look()
    expect([namesOf(files), files.problem]).toEqual([['localhost', '127.0.0.1', '::1'], null])
    await writeFile(certificateFile, cert)
    await writeFile(keyFile, key)
    await files.look()
    expect([namesOf(files), files.problem]).toEqual([['renewed.example'], null])
  })

  test('and if they never fit, the second look says so, while the former pair is served', async () => {
    await put(await makeCertificate())
    const files = await opened()
    await truncate(keyFile, 0)
    await files.look()
    expect(files.problem).toBeNull()
    await files.look()
    expect([files.problem?.code, namesOf(files)?.length]).toEqual(['lan_file_no_key', 3])
    await rm(keyFile)
    await files.look()
    expect(files.problem).toMatchObject({ code: 'lan_file_unreadable', parts: { path: keyFile } })
    await put(await fresh())
    await files.look()
    expect([files.problem, namesOf(files)]).toEqual([null, ['renewed.example']])
  })
})
