import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databaseFindings } from '../../src-main/headless/doctor/database.ts'
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'

const reason = whyNoPostgres()
if (reason !== undefined) console.warn(`commands on a shared database: skipped, because ${reason}`)

describe.skipIf(reason !== undefined)('on a shared database', () => {
  let server: PostgresServer
  let dir: TempDir
  let url: string
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    dir = await createTempDir()
    url = await server.createDatabase()
  })
  afterEach(() => dir.remove())
  const run = (...args: string[]) => runHere(join(dir.path, 'box'), ...args, '--database', url)

  test('commands of any data folder see the same keys, persons and sites', async () => {
    expect((await run('key', 'create', '--name', 'Shared')).code).toBe(0)
    const { stdout } = await runHere(join(dir.path, 'another'), 'key', 'list', '--database', url)
    expect(stdout).toContain('Shared')
    expect((await runHere(join(dir.path, 'another'), 'key', 'list')).stdout).not.toContain('Shared')
  })

  test.each([['create'], ['list'], ['restore', 'latest']])(
    'backup %s says with what backups are made',
    async (...args) => {
      const { code, stderr } = await run('backup', ...args)
      expect([code, stderr]).toEqual([1, expect.stringContaining('PostgreSQL’s own programs, such as pg_dump')])
    },
  )

  test('doctor tells of the database and of the gateways that use it', async () => {
    const { stdout } = await run('doctor', '--json')
    const found = (JSON.parse(stdout) as { check: string; sentence: string }[]).filter(
      ({ check }) => check === 'database',
    )
    expect(found).toHaveLength(1)
    expect(found[0]?.sentence).toMatch(
      /^The data is in PostgreSQL \d+\.\d+ \(not encrypted, schema \d+\)\. 1 gateway uses it now: .*box\.$/,
    )
  })

  test('a database that cannot be used is one sentence, without the password', async () => {
    const wrong = url.replace('postgres@', 'postgres:secret@').replace(/:\d+\//, ':1/')
    const { code, stderr } = await runHere(dir.path, 'key', 'list', '--database', wrong)
    expect([code, stderr.trim()]).toEqual([
      1,
      expect.stringMatching(
        /^Latchkey cannot use the database at 127\.0\.0\.1:1\/latchkey_\d+\. Nothing answers there/,
      ),
    ])
    expect(stderr).not.toContain('secret')
    const odd = await runHere(dir.path, 'key', 'list', '--database', 'mysql://root:secret@db/x')
    expect(odd.stderr).toContain('A database looks like postgres://')
    expect(odd.stderr).not.toContain('secret')
  })

  test('setup move takes a data folder over, and back', async () => {
    const [file, back] = [join(dir.path, 'file'), join(dir.path, 'back')]
    await runHere(file, 'key', 'create', '--name', 'Mine')
    const there = await runHere(file, 'setup', 'move', '--to', url)
    expect([there.code, there.stderr]).toEqual([0, ''])
    expect(there.stdout).toContain('Moved and compared 1 person, 1 key, 0 sites, 0 requests and all sums.')
    expect((await run('key', 'list')).stdout).toContain('Mine')
    expect((await runHere(file, 'setup', 'move', '--to', url)).stderr).toContain('There is data already')
    expect((await run('setup', 'move', '--to', back)).code).toBe(0)
    expect((await runHere(back, 'key', 'list')).stdout).toContain('Mine')
    expect((await runHere(file, 'setup', 'move', '--to', back)).stderr).toContain('between a file and PostgreSQL')
  })
})

const STATE = {
  version: '18.1',
  encrypted: true,
  clockAheadMs: 40,
  schema: 3,
  bytes: 1,
  hasLeader: true,
  differentSettings: [],
}
const gateway = (name: string, changes = {}) => ({
  name,
  version: '1.2.3',
  timeZone: 'Europe/Berlin',
  startedAt: 0,
  here: false,
  ...changes,
})
const sentences = (state: Parameters<typeof databaseFindings>[0]) =>
  databaseFindings(state).flatMap(({ ok, sentence }) => (ok ? [] : [sentence]))

test('doctor finds nothing wrong with gateways that agree, and says what differs', () => {
  expect(databaseFindings(null)).toEqual([])
  const gateways = [gateway('one', { here: true }), gateway('other')]
  expect(sentences({ ...STATE, gateways })).toEqual([])
  expect(sentences({ ...STATE, version: '13.9', gateways })).toEqual(['PostgreSQL 13.9 is too old for Latchkey.'])
  expect(sentences({ ...STATE, clockAheadMs: -61_000, gateways })[0]).toContain('is 61 seconds behind the database’s')
  expect(sentences({ ...STATE, hasLeader: false, gateways })[0]).toContain('No gateway does the upkeep')
  expect(sentences({ ...STATE, hasLeader: false, gateways: gateways.slice(0, 1) })).toEqual([])
  expect(sentences({ ...STATE, differentSettings: ['retentionDays'], gateways })).toEqual([
    'The gateways have different settings: retentionDays.',
  ])
  const differing = [gateways[0], gateway('other', { timeZone: 'UTC', version: '1.3.0' })] as typeof gateways
  expect(sentences({ ...STATE, gateways: differing })).toEqual([
    expect.stringContaining('(Europe/Berlin, UTC)'),
    expect.stringContaining('(1.2.3, 1.3.0)'),
  ])
})
