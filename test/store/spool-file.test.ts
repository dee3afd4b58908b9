import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SpoolFile } from '../../src-main/usage/spool/spool-file.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let dir: TempDir
let path: string
let errors: string[]
let opened: SpoolFile | undefined
beforeEach(async () => {
  dir = await createTempDir()
  path = join(dir.path, 'usage-spool')
  errors = []
})
afterEach(async () => {
  await opened?.close()
  await dir.remove()
})

async function open(maxBytes = 10_000): Promise<SpoolFile> {
  await opened?.close()
  opened = await SpoolFile.open({ path, maxBytes, log: { error: (_, message) => void errors.push(message) } })
  return opened
}

async function takeAll(spool: SpoolFile): Promise<string[]> {
  const taken: string[] = []
  for (let text = await spool.first(); text !== undefined; text = await spool.first()) {
    taken.push(text)
    await spool.shift()
  }
  return taken
}

test('texts come out as they went in, in order, also after a restart, and nobody else can read them', async () => {
  const texts = ['one', '', 'Grüße, 世界, 👋', 'x'.repeat(5000)]
  const spool = await open()
  for (const text of texts) expect(await spool.append(text)).toBe(true)
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  const again = await open()
  expect(again.waiting).toBe(4)
  expect(await takeAll(again)).toEqual(texts)
})

test('a file that is empty again takes no room', async () => {
  const spool = await open()
  await spool.append('one')
  await spool.append('two')
  await spool.shift()
  expect((await stat(path)).size).toBeGreaterThan(0)
  await spool.shift()
  expect((await stat(path)).size).toBe(0)
  await spool.append('three')
  expect(await takeAll(await open())).toEqual(['three'])
})

test('a full file keeps what it has', async () => {
  const spool = await open(30)
  expect(await spool.append('0123456789')).toBe(true)
  expect(await spool.append('0123456789')).toBe(false)
  expect(await takeAll(spool)).toEqual(['0123456789'])
  expect(await spool.append('0123456789')).toBe(true)
})

test.each([1, 9, 12])(
  'a text of which only %i bytes were written before a power cut was never confirmed',
  async (bytes) => {
    await (await open()).append('one')
    const whole = await readFile(path)
    await appendFile(path, whole.subarray(0, bytes))
    const spool = await open()
    await spool.append('two')
    expect(await takeAll(await open())).toEqual(['one', 'two'])
    expect(errors).toEqual([])
  },
)

test('a damaged text is dropped and told, and the others stay', async () => {
  const spool = await open()
  for (const text of ['one', 'two', 'three']) await spool.append(text)
  const bytes = await readFile(path)
  bytes[bytes.indexOf('two')] = 0xff
  await writeFile(path, bytes)
  const damaged = await open()
  expect(damaged.damaged).toBe(1)
  expect(await takeAll(damaged)).toEqual(['one', 'three'])
  expect(errors).toEqual(['some waiting usage was damaged, so it was dropped'])
})
