import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkedAddresses } from '../../../src-main/store/postgres/connection/address.ts'
import { openPostgresStore } from '../../../src-main/store/postgres/postgres-store.ts'
import { type Certificate, makeCertificate } from '../../support/certificates.ts'
import { giveToServer, type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'
import { NOW, SILENT } from '../fixtures.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`connections to PostgreSQL: skipped, because ${reason}`)

test.each([
  ['postgres://latchkey@db.example/latchkey', 'verify-full'],
  ['postgresql://latchkey@10.0.0.7:5433/latchkey', 'verify-full'],
  ['postgres://latchkey@db.example/latchkey?sslmode=require', 'verify-full'],
  ['postgres://latchkey@db.example/latchkey?sslmode=prefer', 'verify-full'],
  ['postgres://latchkey@db.example/latchkey?sslmode=disable', 'disable'],
  ['postgres://latchkey@db.example/latchkey?sslmode=no-verify', 'no-verify'],
  ['postgres://latchkey@127.0.0.1/latchkey?sslmode=require', 'verify-full'],
  ['postgres://latchkey@127.0.0.1/latchkey', null],
  ['postgres://latchkey@[::1]:5433/latchkey', null],
  ['postgres://latchkey@localhost/latchkey', null],
  ['postgres:///latchkey?host=/run/postgresql', null],
])('%s is used with sslmode %s', (address, mode) => {
  expect(URL.parse(checkedAddresses(address)[0])?.searchParams.get('sslmode')).toBe(mode)
})

test.each(['mysql://db.example/latchkey', 'postgres://db.example', 'postgres://db.example/', 'db.example', ''])(
  '“%s” is no address of a database',
  (address) => {
    expect(() => checkedAddresses(address)[0]).toThrow('A database looks like postgres://')
  },
)

describe.skipIf(reason !== undefined)('a connection', () => {
  let dir: TempDir
  let authority: Certificate
  let encrypted: PostgresServer
  let plain: PostgresServer
  let ca: string
  let password: string
  beforeAll(async () => {
    dir = await createTempDir()
    authority = await makeCertificate({ isAuthority: true, hosts: [], addresses: [] })
    ca = await file('ca.pem', authority.cert)
    password = await file('password', 'right\n')
    encrypted = await startEncrypted(await makeCertificate({ by: authority }), 'encrypted')
    plain = await startPostgres()
    await encrypted.sql(`CREATE ROLE latchkey LOGIN PASSWORD 'right'; GRANT CREATE ON DATABASE postgres TO latchkey`)
  })
  afterAll(async () => {
    await encrypted.remove()
    await plain.remove()
    await dir.remove()
  })

  async function file(name: string, content: string): Promise<string> {
    const path = join(dir.path, name)
    await writeFile(path, content, { mode: 0o600 })
    return path
  }

  /** Encrypted connections need a password, all others do not. */
  async function startEncrypted({ cert, key }: Certificate, name: string): Promise<PostgresServer> {
    const hba = 'hostssl all latchkey all scram-sha-256\nhost all all all trust\n'
    const files = [await file(`${name}.crt`, cert), await file(`${name}.key`, key), await file(`${name}.hba`, hba)]
    await chmod(dir.path, 0o755)
    for (const path of files) await giveToServer(path)
    const [certFile, keyFile, hbaFile] = files
    return startPostgres({
      settings: ['ssl=on', `ssl_cert_file=${certFile}`, `ssl_key_file=${keyFile}`, `hba_file=${hbaFile}`],
    })
  }

  const open = (url: string, passwordFile?: string) =>
    openPostgresStore({
      url,
      passwordFile,
      gateway: { name: 'box:/data', program: '1.2.3', timeZone: 'UTC', settings: () => ({}) },
      graceMs: () => 300_000,
      now: () => NOW,
      monotonic: () => performance.now(),
      random: Math.random,
      log: SILENT,
      onClosed: () => undefined,
    })
  const at = ({ port }: PostgresServer, query: string, user = 'latchkey', name = 'postgres') =>
    `postgres://${user}@localhost:${port}/${name}?${query}`
  const verified = () => `sslmode=verify-full&sslrootcert=${ca}`

  test('is encrypted, and its certificate is checked', async () => {
    const store = await open(at(encrypted, verified()), password)
    const { rows } = await encrypted.sql(
      `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'Latchkey%'`,
    )
    expect(rows).toEqual([{ ssl: true }])
    await store.close()
  })

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'a certificate that nobody has signed',
      () => open(at(encrypted, 'sslmode=verify-full'), password),
      '?sslrootcert=FILE',
    ],
    ['a server without TLS', () => open(at(plain, 'sslmode=verify-full'), password), 'Turn on TLS in PostgreSQL'],
    ['no password', () => open(at(encrypted, verified())), '--database-password-file'],
    [
      'a port where nothing listens',
      () => open('postgres://latchkey@127.0.0.1:1/latchkey'),
      'at 127.0.0.1:1/latchkey. Nothing answers there',
    ],
    [
      'a name that no computer has',
      () => open('postgres://u:secret@nobody.invalid/latchkey'),
      'There is no computer of this name',
    ],
  ])('with %s says what to do, and no secret', async (_, opening, sentence) => {
    const error = await opening().then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    )
    expect(error).toMatchObject({ code: 'database_away', message: expect.stringContaining(sentence) })
    expect(error?.message).not.toContain('secret')
  })

  test('with a certificate for another name is refused', async () => {
    const other = await startEncrypted(
      await makeCertificate({ by: authority, hosts: ['db.example'], addresses: [] }),
      'other',
    )
    await expect(open(at(other, verified()), password)).rejects.toThrow('Its certificate is for another name')
    await other.remove()
  })

  test('with an expired certificate is refused', async () => {
    const old = await startEncrypted(await makeCertificate({ by: authority, from: -9, until: -2 }), 'old')
    await expect(open(at(old, verified()), password)).rejects.toThrow('Its certificate has expired')
    await old.remove()
  })

  test.each<[string, () => Promise<unknown>]>([
    ['a wrong password', async () => open(at(encrypted, verified()), await file('wrong', 'wrong'))],
    ['a user that does not exist', () => open(at(encrypted, verified(), 'nobody'), password)],
    ['a database that does not exist', () => open(at(encrypted, verified(), 'latchkey', 'nothing'), password)],
  ])('with %s is refused', async (_, opening) => {
    await expect(opening()).rejects.toMatchObject({ code: 'database_refused' })
  })

  test.each<[string, () => Promise<unknown>]>([
    ['the password', () => open(at(encrypted, verified()), '/nowhere/password')],
    ['the authority', () => open(at(encrypted, 'sslrootcert=/nowhere/ca.pem'), password)],
  ])('without the file of %s names the file', async (_, opening) => {
    await expect(opening()).rejects.toMatchObject({
      code: 'file_not_readable',
      message: expect.stringContaining('/nowhere/'),
    })
  })

  test('reads the password again for each connection, so it can be changed', async () => {
    const changing = await file('changing', 'right')
    const store = await open(at(encrypted, verified()), changing)
    await encrypted.sql(`ALTER ROLE latchkey PASSWORD 'new'`)
    await writeFile(changing, 'new\n')
    await encrypted.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'Latchkey%'`,
    )
    await expect.poll(() => store.keys.load().catch(() => undefined)).toEqual([])
    await store.close()
    await encrypted.sql(`ALTER ROLE latchkey PASSWORD 'right'`)
  })
})
