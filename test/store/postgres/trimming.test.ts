import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TrimChanges } from '../../../src-main/store/postgres/changes/trim-changes.ts'
import { Database } from '../../../src-main/store/postgres/connection/database.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../../support/postgres.ts'
import { openShared } from '../contract/stores.ts'
import { SILENT } from '../fixtures.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`old changes in PostgreSQL: skipped, because ${reason}`)

describe.skipIf(reason !== undefined)('what the leader removes', () => {
  let server: PostgresServer
  let database: Database
  beforeAll(async () => {
    server = await startPostgres()
    const url = await server.createDatabase()
    await (await openShared(url)).close()
    database = new Database({ url, applicationName: 'test', log: SILENT })
  })
  afterAll(async () => {
    await database.close()
    await server.remove()
  })

  const ids = async (text: string) => (await database.query<{ id: string }>(text)).rows.map(({ id }) => id)

  test('are changes of an hour ago but the newest, and requests of apps that nobody asks about any more', async () => {
    await database.query('DELETE FROM changes')
    await database.query(`INSERT INTO changes (n, kind, id, time) VALUES (1, 'keys', 'a', 1), (2, 'keys', 'b', 2)`)
    await database.query(`INSERT INTO pairings (id, content, kept_until, version) VALUES ('old', '{}', 1, 3),
      ('new', '{}', 32503680000000, 4)`)
    const leader = { step: database.transaction.bind(database) }
    const trimming = new TrimChanges({ leader, now: Date.now, log: SILENT })
    await trimming.look()
    expect(await ids('SELECT id FROM changes')).toEqual(['b'])
    expect(await ids('SELECT id FROM pairings')).toEqual(['new'])
  })
})
