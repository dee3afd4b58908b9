import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WholeStore } from '../support/summed-store.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { exchange, latest, NOW, open, originRecord, storedKey } from './fixtures.ts'

const PAGE = 4096
let dir: TempDir
let file: string
beforeEach(async () => {
  dir = await createTempDir()
  file = join(dir.path, 'latchkey.db')
})
afterEach(() => dir.remove())

async function fill(counts: { keys?: number; origins?: number; exchanges?: number }) {
  const store = await open(dir.path)
  for (let number = 0; number < (counts.keys ?? 3); number++) await store.keys.insert(storedKey(`key-${number}`))
  for (let number = 0; number < (counts.origins ?? 2); number++) {
    await store.origins.put(originRecord(`https://site-${number}.example`))
  }
  const exchanges = Array.from({ length: counts.exchanges ?? 5 }, (_, number) => exchange(`x-${number}`))
  await store.usage.append(exchanges, [])
  await store.close()
}

/** The pages of a table or index, leaves last. */
function pagesOf(name: string): number[] {
  const db = new Database(file)
  const pages = db
    .prepare(`SELECT pageno FROM dbstat WHERE name = ? ORDER BY pagetype = 'leaf', path`)
    .pluck()
    .all(name)
  db.close()
  return pages as number[]
}

function overwritePage(page: number, from = 0) {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(PAGE - from, 0xa5), 0, PAGE - from, (page - 1) * PAGE + from)
  closeSync(handle)
}

function keptAside(): string {
  const names = readdirSync(dir.path).filter((name) => /^latchkey\.db\.damaged-[^-]+-\d\d-\d\dT[\d-]+Z$/.test(name))
  expect(names).toHaveLength(1)
  return join(dir.path, names[0] ?? '')
}

test('a first start is silent', async () => {
  const store = await open(dir.path)
  expect(store.notices).toEqual([])
  expect(await store.keys.load()).toEqual([])
  await store.close()
})

test('a data file that is gone is never taken for a first start', async () => {
  await fill({})
  rmSync(file)
  const store = await open(dir.path)
  expect(messagesOf(store)).toEqual([expect.stringContaining('is missing, though there was one')])
  expect(await store.keys.load()).toEqual([])
  await store.close()
})

test('a -wal without its data file is not replayed into a new one', async () => {
  await fill({})
  rmSync(file)
  writeFileSync(`${file}-wal`, 'left over')
  const store = await open(dir.path)
  expect(messagesOf(store)).toEqual([expect.stringContaining('No key could be read')])
  await store.close()
  const wal = readdirSync(dir.path).find((name) => name.includes('damaged-') && name.endsWith('-wal'))
  expect(readFileSync(join(dir.path, wal ?? ''), 'utf8')).toBe('left over')
})

test.each([
  ['an empty file', '', 'it is empty'],
  ['a file that is no database', 'this is not a database '.repeat(1000), 'it is not a readable database'],
])('%s is kept aside, and the person is told', async (_, content, why) => {
  await fill({})
  writeFileSync(file, content)
  const store = await open(dir.path)
  expect(store.notices).toHaveLength(1)
  expect(store.notices[0]?.message).toContain(why)
  expect(store.notices[0]?.message).toContain('every request is refused')
  expect(store.notices[0]?.message).toContain(keptAside())
  expect(readFileSync(keptAside(), 'utf8')).toBe(content)
  expect(await store.keys.load()).toEqual([])
  await store.keys.insert(storedKey('new'))
  await store.close()
})

test('another program’s database under our name is kept aside', async () => {
  await fill({})
  rmSync(file)
  const foreign = new Database(file)
  foreign.exec('CREATE TABLE keys (id TEXT); INSERT INTO keys VALUES (1)')
  foreign.close()
  const store = await open(dir.path)
  expect(store.notices[0]?.message).toContain('it is not Latchkey’s')
  expect(await store.keys.load()).toEqual([])
  await store.close()
})

test('a damaged page of exchanges costs neither a key nor an origin, and only the rows on it', async () => {
  await fill({ exchanges: 2000 })
  const leaves = pagesOf('exchanges')
  overwritePage(leaves[Math.floor(leaves.length / 2)] ?? 0)
  const store = await open(dir.path)
  expect(store.notices[0]?.message).toContain('3 keys, 2 sites')
  expect((await store.keys.load()).map((stored) => stored.key.id)).toEqual(['key-0', 'key-1', 'key-2'])
  expect((await store.keys.load()).every((stored) => stored.secrets.length === 1)).toBe(true)
  expect((await store.origins.load()).map((record) => record.status)).toEqual(['blocked', 'blocked'])
  const left = (await latest(store, 3000)).length
  expect(left).toBeGreaterThan(1900)
  expect(left).toBeLessThan(2000)
  expect((await store.usage.sums('model', 0, NOW))[0]?.requests).toBe(2000)
  await store.close()
})

test('two damaged pages of keys cost only the keys on them', async () => {
  await fill({ keys: 200 })
  const leaves = pagesOf('keys')
  overwritePage(leaves.at(2) ?? 0)
  overwritePage(leaves.at(-2) ?? 0)
  const store = await open(dir.path)
  const left = (await store.keys.load()).length
  expect(left).toBeGreaterThan(100)
  expect(left).toBeLessThan(200)
  expect(store.notices[0]?.message).toContain('check that no key and no blocked site is missing')
  await store.close()
})

test('a damaged index costs nothing', async () => {
  await fill({ keys: 50 })
  const [page] = pagesOf('sqlite_autoindex_keys_1')
  overwritePage(page ?? 0)
  const store = await open(dir.path)
  expect(await store.keys.load()).toHaveLength(50)
  expect(store.notices).toHaveLength(1)
  await store.close()
})

test('a file cut off in the middle gives back what is left of it', async () => {
  await fill({ exchanges: 3000 })
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length / 2)))
  const store = await open(dir.path)
  expect(await store.keys.load()).toHaveLength(3)
  expect(store.notices).toHaveLength(1)
  await store.close()
})

test.each([
  ['header', 0, 100],
  ['list of tables', 100, 4096],
  ['whole first page', 0, 4096],
])('a damaged %s costs no key', async (_, from, to) => {
  await fill({ keys: 120, exchanges: 500 })
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(to - from, 0xa5), 0, to - from, from)
  closeSync(handle)
  const before = readFileSync(file)
  const store = await open(dir.path)
  expect(await store.keys.load()).toEqual(Array.from({ length: 120 }, (__, number) => storedKey(`key-${number}`)))
  expect(await store.origins.load()).toHaveLength(2)
  expect(await latest(store, 1000)).toHaveLength(500)
  expect(readFileSync(keptAside()).equals(before)).toBe(true)
  await store.close()
  expect(readdirSync(dir.path).filter((name) => /reading|building/.test(name))).toEqual([])
})

test('a recovered store opens without a word the next time', async () => {
  await fill({ exchanges: 2000 })
  overwritePage(pagesOf('exchanges').at(-3) ?? 0)
  await (await open(dir.path)).close()
  const store = await open(dir.path)
  expect(store.notices).toEqual([])
  expect(await store.keys.load()).toHaveLength(3)
  await store.close()
})

test('a recovery that a crash interrupted is finished by the next start', async () => {
  await fill({})
  const aside = 'latchkey.db.damaged-2026-08-14T00-00-00-000Z'
  writeFileSync(join(dir.path, 'store.json'), JSON.stringify({ recovering: aside, suspect: false }))
  const before = statSync(file).size
  const store = await open(dir.path)
  expect(await store.keys.load()).toHaveLength(3)
  expect(store.notices[0]?.message).toContain('interrupted')
  expect(statSync(join(dir.path, aside)).size).toBe(before)
  await store.close()
})

test('damage found at run time is reported, and the next start repairs it', async () => {
  await fill({ exchanges: 5000 })
  const leaf = pagesOf('exchanges').at(-2) ?? 0
  const store = await open(dir.path)
  overwritePage(leaf)
  await expect(latest(store, 10_000)).rejects.toMatchObject({ code: 'store_damaged' })
  expect(messagesOf(store)).toEqual([expect.stringContaining('Quit Latchkey and start it again')])
  await store.close()
  expect(JSON.parse(readFileSync(join(dir.path, 'store.json'), 'utf8'))).toMatchObject({ suspect: true })
  const mended = await open(dir.path)
  expect((await latest(mended, 10_000)).length).toBeGreaterThan(4800)
  await mended.close()
})

test('a file from a later version is refused with a sentence and not touched', async () => {
  await fill({})
  const db = new Database(file)
  db.pragma('user_version = 999')
  db.close()
  const before = readFileSync(file)
  await expect(open(dir.path)).rejects.toMatchObject({
    name: 'PersonError',
    code: 'store_too_new',
    message: expect.stringContaining('newer Latchkey') as string,
  })
  expect(readFileSync(file).equals(before)).toBe(true)
  expect(readdirSync(dir.path).some((name) => name.includes('damaged'))).toBe(false)
})

test('a marker that cannot be read still says that there was a store', async () => {
  await fill({})
  rmSync(file)
  writeFileSync(join(dir.path, 'store.json'), '{{{')
  const store = await open(dir.path)
  expect(store.notices).toHaveLength(1)
  await store.close()
  expect(existsSync(file)).toBe(true)
})

test.skipIf(process.platform === 'win32')('a file that everybody could read is its owner’s alone again', async () => {
  await fill({})
  chmodSync(file, 0o644)
  const store = await open(dir.path)
  await store.keys.insert(storedKey('one'))
  for (const suffix of ['', '-wal', '-shm']) expect(statSync(file + suffix).mode & 0o777).toBe(0o600)
  await store.close()
})

function messagesOf({ notices }: Pick<WholeStore, 'notices'>): string[] {
  return notices.map(({ message }) => message)
}
