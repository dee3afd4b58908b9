import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Connection, openConnection } from '../../src-main/store/sqlite/file/connection.ts'
import { MIGRATIONS } from '../../src-main/store/sqlite/migrations/all.ts'
import { migrate } from '../../src-main/store/sqlite/migrations/migrate.ts'
import { UsageRoom } from '../../src-main/usage/usage-room.ts'
import { keySchema } from '../../src-shared/keys/key.ts'
import { QUARTER_MS } from '../../src-shared/keys/stored.ts'
import { DIMENSIONS, usageReportSchema } from '../../src-shared/usage/usage.ts'
import { useAlways, type WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, NOW, open, SILENT, storedKey } from './fixtures.ts'

/** Before texts had bounds. */
const UNBOUNDED = 3
const MEGABYTES = 3_000_000
const QUARTER = Math.floor(NOW / QUARTER_MS)

let dir: TempDir
let file: string
beforeEach(async () => {
  dir = await createTempDir()
  file = join(dir.path, 'latchkey.db')
})
afterEach(() => dir.remove())

function makeOldFile(fill: (db: Connection) => void): void {
  new Database(file).close()
  writeFileSync(join(dir.path, 'store.json'), '{"recovering":null,"suspect":false}')
  changeFile((db) => {
    migrate(
      db,
      MIGRATIONS.filter(({ version }) => version <= UNBOUNDED),
      () => undefined,
    )
    fill(db)
  })
}

function changeFile(change: (db: Connection) => void): void {
  const db = openConnection(file, 'NORMAL')
  change(db)
  db.close()
}

/** One request in the raw rows and in the sums. `text` is SQL for the name of its model. */
function addRequest(db: Connection, row: number, text: string, numbers: Partial<Record<string, string>> = {}): void {
  const { quarter = QUARTER, tokens = '5', id = `'x-${row}'`, time = NOW, sketch = "x'0a01'" } = numbers
  for (const [at, word] of ['key-1', 'POST', '/api/chat', 'chat', 'ok'].entries()) {
    db.prepare('INSERT OR IGNORE INTO terms (id, text) VALUES (?, ?)').run(at + 1, word)
  }
  db.exec(`INSERT INTO terms (id, text) VALUES (${row + 100}, ${text});
    INSERT INTO exchanges (row, id, time, key, method, route, class, model, status, outcome, prompt_tokens,
      completion_tokens, metered, duration_ms, bytes_in, bytes_out)
    VALUES (${row}, ${id}, ${time}, 1, 2, 3, 4, ${row + 100}, 403, 5, ${tokens}, ${tokens}, 1, 1.5, 1, 1);
    INSERT INTO quarter_sums (quarter, key, origin, model, route, requests, refused, prompt_tokens, completion_tokens,
      unmetered, token_ms, first_byte, duration)
    VALUES (${quarter}, 1, 0, ${row + 100}, 3, 1, 0, ${tokens}, ${tokens}, 0, 1, ${sketch}, ${sketch});
    INSERT INTO sums_written (row, upto, numbered) VALUES (1, ${row}, ${row})
    ON CONFLICT DO UPDATE SET upto = ${row}, numbered = ${row};`)
}

const textOf = (length: number, letter = 'm') => `replace(hex(zeroblob(${length / 2})), '00', '${letter}${letter}')`

const ODD_ROWS: Record<string, readonly [text: string, numbers?: Partial<Record<string, string>>]> = {
  'a name of 3 MB': [textOf(MEGABYTES)],
  'another name of 3 MB': [textOf(MEGABYTES, 'n')],
  'a name of 2 kB': [textOf(2000, 'k')],
  'a name that is not UTF-8': ["CAST(x'ff80fec3' AS TEXT)"],
  'a name with NULs': ["CAST(x'61006200' AS TEXT)"],
  'an empty name': ["''"],
  'a name like one that was cut': ["'too long #101'"],
  'counts that no sum can hold': ["'big'", { tokens: '9223372036854775807' }],
  'more such counts': ["'bigger'", { tokens: '9223372036854775807' }],
  'counts below nothing': ["'below'", { tokens: '-9223372036854775808' }],
  'an id of 1 MB': ["'long id'", { id: textOf(1_000_000) }],
  'a time that no date has': ["'late'", { time: '9000000000000000' }],
  'a time before all times': ["'early'", { time: '-5' }],
  'a quarter hour of the far future': ["'future'", { quarter: '9007199254740991' }],
  'a quarter hour before all times': ["'past'", { quarter: '-4' }],
  'times that are none': ["'sketch'", { sketch: "x'0affffffffffffffffffffffffffffff7f0b'" }],
  'times of 1 MB': ["'long sketch'", { sketch: 'zeroblob(1000000)' }],
}

/** Everything that reads use, as the console and the command line do. */
async function readAll(store: WholeStore) {
  const usage = new UsageRoom({
    store: store.usage,
    use: useAlways,
    now: () => NOW,
    log: SILENT,
    labelOf: (_, value) => value,
    personOf: () => '',
    keysOfPerson: () => [],
    timeZone: () => 'Europe/Berlin',
    retentionDays: () => 30,
  })
  const reports = []
  for (const by of DIMENSIONS) {
    for (const period of ['day', 'all'] as const) {
      reports.push(usageReportSchema.parse(await usage.report({ by, period })))
    }
  }
  await usage.ownUsage({ period: 'all', keyIds: ['key-1'] })
  await usage.tokensSince('key-1', 0)
  const page = await usage.page({ limit: 1000 })
  const exported = []
  for await (const batch of (await usage.export({})).batches) exported.push(...batch)
  while (await store.usage.rollUp(QUARTER + 100));
  usageReportSchema.parse(await usage.report({ by: 'model', period: 'all' }))
  return { reports, page, exported }
}

function expectBounded({ reports, page }: Awaited<ReturnType<typeof readAll>>): void {
  const values = reports.flatMap((report) => report.values.map(({ value }) => value))
  expect(Math.max(...[...values, ...page.map(({ model }) => model ?? '')].map(({ length }) => length))).toBeLessThan(
    4001,
  )
}

/** One after the other, so that a file of many has each of them. */
function addOddRows(db: Connection): void {
  for (const [at, [text, numbers]] of Object.values(ODD_ROWS).entries()) addRequest(db, at + 1, text, numbers)
  addRequest(db, 50, "'llama3'")
}

test('a file with odd rows opens, reports, records on, and gives back what they took', async () => {
  makeOldFile(addOddRows)
  expect(statSync(file).size).toBeGreaterThan(2 * MEGABYTES)
  const store = await open(dir.path)
  expect(store.notices).toEqual([])
  const before = await readAll(store)
  expectBounded(before)
  expect(before.reports[0]?.values.find(({ value }) => value === 'llama3')).toMatchObject({ totalTokens: 10 })
  await store.usage.append([exchange('new')], [exchange('summed only')])
  await store.usage.settle()
  const after = await readAll(store)
  expect(after.page.map(({ id }) => id)).toContain('new')
  await store.close()
  expect(statSync(file).size).toBeLessThan(1_000_000)
})

test('a file of today to which somebody added odd rows reports and records on', async () => {
  await (await open(dir.path)).close()
  changeFile(addOddRows)
  const store = await open(dir.path)
  const before = await readAll(store)
  expectBounded(before)
  expect(before.reports[0]?.values.find(({ value }) => value === 'llama3')).toMatchObject({ totalTokens: 10 })
  await store.usage.append([exchange('new')], [exchange('summed only')])
  await store.usage.settle()
  expect((await readAll(store)).page.map(({ id }) => id)).toContain('new')
  await store.close()
})

test('names that were cut are still told apart, and have their sums', async () => {
  makeOldFile((db) => {
    addRequest(db, 1, textOf(MEGABYTES))
    addRequest(db, 2, textOf(MEGABYTES, 'n'))
  })
  const store = await open(dir.path)
  const { reports } = await readAll(store)
  const model = reports.find(({ by }) => by === 'model')
  expect(model?.values.map(({ value, requests }) => [value, requests])).toEqual([
    ['too long #101', 1],
    ['too long #102', 1],
  ])
  await store.close()
})

test('keys that no address can name get an id that one can, with their secrets, use and audit trail', async () => {
  makeOldFile((db) => {
    const ids = ["'..'", "'.'", "'a/b'", textOf(2_000_000, 'k'), "'key_aaaaaaaaaaaa'"]
    for (const [at, id] of ids.entries()) {
      db.exec(`INSERT INTO keys (id, name, enabled, prefix, scopes, allow_in_url, created_at)
          VALUES (${id}, 'Key ${at}', 1, ${at === 3 ? textOf(100_000) : "'sk-lk-abcdef'"}, '["chat"]', 0, 9007199254740991);
        INSERT INTO key_secrets (hash, key_id, prefix) VALUES ('hash ${at}', ${id}, 'sk-lk-abcdef');
        INSERT INTO audit (time, actor, action, subject, label, fields)
          VALUES (${NOW}, 'console', 'key.create', ${id}, ${textOf(100_000)}, '[]');
        INSERT INTO terms (text) VALUES (${id});`)
    }
  })
  const store = await open(dir.path)
  const keys = await store.keys.load()
  expect(keys.map(({ key, secrets }) => [key.name, secrets[0]?.hash])).toEqual(
    [0, 1, 2, 3, 4].map((at) => [`Key ${at}`, `hash ${at}`]),
  )
  for (const { key } of keys) {
    expect(key.id).toMatch(/^key_[0-9a-z]{12}$/)
    expect(() => new Date(key.createdAt).toISOString()).not.toThrow()
    expect(keySchema.parse(key).prefix.length).toBeLessThanOrEqual(12)
  }
  expect(keys[4]?.key.id).toBe('key_aaaaaaaaaaaa')
  const audit = await store.audit.list(100, undefined)
  expect(new Set(audit.map(({ subject }) => subject))).toEqual(new Set(keys.map(({ key }) => key.id)))
  expect(Math.max(...audit.map(({ label }) => label?.length ?? 0))).toBe(300)
  expect(await store.usage.hasTraces({ keyId: keys[0]?.key.id ?? '' })).toBe(true)
  await store.keys.remove(keys[0]?.key.id ?? '')
  await store.keys.insert(storedKey('another'))
  await store.close()
})
