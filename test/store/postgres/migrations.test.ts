import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Database } from '../../../src-main/store/postgres/connection/database.ts'
import { MIGRATIONS } from '../../../src-main/store/postgres/migrations/all.ts'
import { MIGRATION_LOCK, type Migration, migrate } from '../../../src-main/store/postgres/migrations/migrate.ts'
import { type PostgresServer, startPostgres, whyNoPostgres, withClient } from '../../support/postgres.ts'
import { until } from '../../support/until.ts'
import { openShared } from '../contract/stores.ts'
import { SILENT, storedInvitation, storedKey } from '../fixtures.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`migrations of PostgreSQL: skipped, because ${reason}`)

const LATEST = MIGRATIONS.length
const NEXT: Migration = { version: LATEST + 1, readableFrom: 1, sql: 'ALTER TABLE keys ADD COLUMN colour text' }
const BROKEN: Migration = {
  version: LATEST + 2,
  readableFrom: 1,
  sql: 'DELETE FROM key_secrets; ALTER TABLE no_such_table ADD COLUMN x int',
}

test('migrations are numbered 1, 2, 3 without a gap, and none can be read from a later one', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1))
  for (const { version, readableFrom } of MIGRATIONS) expect(readableFrom).toBeLessThanOrEqual(version)
})

describe.skipIf(reason !== undefined)('the schema', () => {
  let server: PostgresServer
  let url: string
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    url = await server.createDatabase()
  })

  const ask = async (text: string) =>
    (await withClient(url, (client) => client.query({ text, rowMode: 'array' }))).rows.map(
      ([first]) => first as unknown,
    )
  const run = async (migrations: readonly Migration[]) => {
    const database = new Database({ url, applicationName: 'test', log: SILENT })
    try {
      await migrate(database, migrations)
    } finally {
      await database.close()
    }
  }

  test('is made once by many gateways that start on an empty database at once', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, (_, at) => openShared(url, `box-${at}:/data`)))
    expect(await ask('SELECT version FROM latchkey.schema_version')).toEqual([LATEST])
    expect(await ask('SELECT count(*)::int FROM latchkey.gateways WHERE ended_at IS NULL')).toEqual([8])
    await Promise.all(stores.map((store) => store.close()))
    expect(await ask('SELECT count(*)::int FROM latchkey.gateways WHERE ended_at IS NULL')).toEqual([0])
  })

  test('waits for another gateway that migrates', async () => {
    const first = new Database({ url, applicationName: 'test', log: SILENT })
    const holder = await first.connect()
    await holder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const opening = openShared(url)
    const isWaiting = () => ask(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)
    await until(async () => (await isWaiting()).length > 0, 'the second gateway to wait')
    expect(await ask(`SELECT to_regclass('latchkey.keys')::text`)).toEqual([null])
    await holder.end()
    await first.close()
    await (await opening).close()
  })

  test.each(MIGRATIONS.map(({ version }) => version))(
    'of version %i is brought to the latest, with its rows',
    async (version) => {
      await run(MIGRATIONS.slice(0, version))
      await withClient(url, (client) =>
        client.query(`SET search_path = latchkey;
        INSERT INTO persons (id, name, role, state, online, created_at, version) VALUES ('person_ada', 'Ada', 'member', 'active', 1, 1, 1);
        INSERT INTO keys (id, name, person, enabled, prefix, scopes, online, only_its_app, allow_in_url, created_at, version)
          VALUES ('key-1', 'Key', 'person_ada', 1, 'sk-lk-abcdef', '["chat"]', 0, 0, 0, 1, 1);
        INSERT INTO key_secrets (hash, key_id, prefix) VALUES ('hash', 'key-1', 'sk-lk-abcdef');
        INSERT INTO audit (time, actor, action, fields) VALUES (1, 'console', 'key.create', '[]');
        UPDATE change_counter SET n = 1`),
      )
      const store = await openShared(url)
      expect((await store.keys.load()).map(({ key, secrets }) => [key.id, key.person, secrets[0]?.hash])).toEqual([
        ['key-1', 'person_ada', 'hash'],
      ])
      expect(await store.audit.list(10, undefined)).toHaveLength(1)
      await store.close()
      expect(await ask('SELECT version FROM latchkey.schema_version')).toEqual([LATEST])
    },
  )

  test('lets gateways of before go on with invitations, who know no person of them', async () => {
    await (await openShared(url)).close()
    const before = 'id, code_hash, role, preset, online, created_at, created_by, expires_at, version'
    const { id, codeHash } = storedInvitation('one')
    await ask(
      `INSERT INTO latchkey.invitations (${before}) VALUES ('${id}', '${codeHash}', 'member', 'models', 1, 1, 'person_owner', 2, 1)`,
    )
    const store = await openShared(url)
    expect(await store.invitations.load()).toMatchObject([{ id, preset: 'models', person: null }])
    await store.invitations.put(storedInvitation('again', { preset: 'none', person: 'person_ada' }))
    await store.close()
    // They leave out rows with other presets.
    expect(await ask(`SELECT id FROM latchkey.invitations WHERE preset IN ('models', 'chat')`)).toEqual([id])
  })

  test('is upgraded with its keys, and a step that fails changes nothing', async () => {
    const store = await openShared(url)
    await store.keys.insert(storedKey('one'))
    await store.close()
    await expect(run([...MIGRATIONS, NEXT, BROKEN])).rejects.toThrow('no_such_table')
    expect(await ask('SELECT version FROM latchkey.schema_version')).toEqual([NEXT.version])
    expect(await ask('SELECT id FROM latchkey.keys WHERE colour IS NULL')).toEqual(['one'])
    expect(await ask('SELECT key_id FROM latchkey.key_secrets')).toEqual(['one'])
  })

  test('of the future is used if it can be, and refused if not', async () => {
    await (await openShared(url)).close()
    await ask(`UPDATE latchkey.schema_version SET version = 99, readable_from = ${LATEST}`)
    await (await openShared(url)).close()
    expect(await ask('SELECT version FROM latchkey.schema_version')).toEqual([99])
    await ask(`UPDATE latchkey.schema_version SET readable_from = ${LATEST + 1}`)
    await expect(openShared(url)).rejects.toMatchObject({
      code: 'store_too_new',
      message: expect.stringContaining('newer Latchkey (99,'),
    })
    const open = await ask(
      `SELECT count(*)::int FROM pg_stat_activity WHERE application_name LIKE 'Latchkey%' AND datname = current_database()`,
    )
    expect(open).toEqual([0])
  })
})
