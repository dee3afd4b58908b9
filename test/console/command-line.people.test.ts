import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IssuedKey, Key } from '#shared/keys/key.ts'
import type { ListedPerson } from '#shared/people/person.ts'
import type { UsageReport } from '#shared/usage/usage.ts'
import { writePastUse } from '../support/past-use.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { jsonHere, runHere } from './run-here.ts'

let dir: TempDir
beforeAll(async () => {
  dir = await createTempDir()
})
afterAll(() => dir.remove())

const run = (...args: string[]) => runHere(dir.path, ...args)
const json = <T>(...args: string[]) => jsonHere<T>(dir.path, ...args)

/** Every field of a person with its flags and what they make of it. */
const EVERYTHING = {
  email: { flags: ['--email', 'anna@example.org'], value: 'anna@example.org' },
  role: { flags: ['--role', 'guest'], value: 'guest' },
  models: { flags: ['--models', 'llama3, qwen*'], value: ['llama3', 'qwen*'] },
  origins: { flags: ['--origins', 'https://Notes.example/'], value: ['https://notes.example'] },
  online: { flags: ['--no-online'], value: false },
  hours: { flags: ['--hours', '07:30-12:00,13:00-20:00'], value: ['07:30-12:00', '13:00-20:00'] },
  requestsPerMinute: { flags: ['--rpm', '7'], value: 7 },
  tokensPerDay: { flags: ['--tokens-per-day', '1000'], value: 1000 },
  concurrency: { flags: ['--concurrency', '3'], value: 3 },
}

test('a person is added with everything that can be chosen, changed, paused, resumed and removed with their keys', async () => {
  const flags = Object.values(EVERYTHING).flatMap(({ flags }) => flags)
  const expected = Object.fromEntries(Object.entries(EVERYTHING).map(([field, { value }]) => [field, value]))
  const anna = await json<ListedPerson>('person', 'add', 'Anna', ...flags)
  expect(anna).toMatchObject({ name: 'Anna', state: 'active', keys: 0, ...expected })
  const key = await json<IssuedKey>('key', 'create', '--name', 'Laptop', '--person', 'anna')
  expect(key.person).toBe(anna.id)
  expect((await run('key', 'list')).stdout).toMatch(/Laptop .* Anna /)
  const changes = ['--name', 'Anne', '--models', 'any', '--hours', 'any', '--email', 'none', '--online']
  expect(await json<ListedPerson>('person', 'change', 'Anna', ...changes)).toMatchObject({
    name: 'Anne',
    models: null,
    hours: null,
    email: null,
    online: true,
    keys: 1,
  })
  expect(await json('person', 'role', 'Anne', 'admin')).toMatchObject({ role: 'admin' })
  expect((await run('person', 'pause', 'Anne')).stdout).toBe('Anne is paused.\n')
  expect((await run('person', 'list')).stdout).toMatch(/Anne .* admin +paused +1 +7 requests per minute/)
  expect(await json('person', 'resume', anna.id)).toMatchObject({ state: 'active' })
  expect((await run('person', 'remove', 'Anne')).stderr).toContain('deletes 1 key. Add --yes')
  expect((await run('person', 'remove', 'Anne', '--yes')).stdout).toBe('Removed Anne and 1 key.\n')
  expect(await json<Key[]>('key', 'list')).toEqual([])
  expect(await json<ListedPerson[]>('person', 'list')).toMatchObject([{ role: 'owner' }])
})

test('what is left of the limits of each person is listed, and when it starts anew', async () => {
  await json<ListedPerson>('person', 'add', 'Dora', '--tokens-per-day', '1000', '--rpm', '9')
  const { stdout } = await run('person', 'quotas')
  expect(stdout).toMatch(/^Dora +1000 of 1000 left +9 of 9 left +no limit +00:00$/m)
  expect(await json('person', 'quotas')).toContainEqual(
    expect.objectContaining({ name: 'Dora', tokensPerDay: 1000, left: expect.objectContaining({ tokensToday: 1000 }) }),
  )
})

test('usage of one person or of one key is shown and exported, also of a deleted key and of a removed person', async () => {
  const home = await createTempDir()
  try {
    const at = <T>(...args: string[]) => jsonHere<T>(home.path, ...args)
    const total = async (...only: string[]) =>
      (await at<UsageReport>('usage', '--period', 'all', ...only)).totals.requests
    const keys: IssuedKey[] = []
    for (const name of ['Anna', 'Ben']) {
      await at('person', 'add', name)
      keys.push(await at<IssuedKey>('key', 'create', '--name', `${name}’s`, '--person', name))
    }
    const [annas, bens] = keys
    await writePastUse(home.path, { keys: keys.map(({ id }) => id), days: 4, perDay: 3, refusedEach: 100 })
    expect(await total()).toBe(12)
    expect(await total('--by', 'person', '--person', 'anna')).toBe(6)
    expect(await total('--key', 'Ben’s')).toBe(6)
    expect(await total('--person', 'Anna', '--key', 'Ben’s')).toBe(0)
    const file = join(home.path, 'annas.csv')
    expect(
      (await runHere(home.path, 'export', 'usage', '--by', 'key', '--person', 'Anna', '--output', file)).code,
    ).toBe(0)
    const rows = await readFile(file, 'utf8')
    expect(rows).toContain(annas?.id)
    expect(rows).not.toContain(bens?.id)
    await at('key', 'delete', annas?.id ?? '')
    expect(await total('--key', annas?.id ?? '')).toBe(6)
    await at('person', 'remove', 'Ben', '--yes')
    expect(await total('--person', 'removed')).toBe(6)
  } finally {
    await home.remove()
  }
})

test('the older --owner adds a person who does not exist, and finds one who does', async () => {
  const one = await json<IssuedKey>('key', 'create', '--name', 'One', '--owner', 'Ben')
  const two = await json<IssuedKey>('key', 'create', '--name', 'Two', '--owner', 'ben')
  expect(two.person).toBe(one.person)
  expect(await json<Key>('key', 'change', 'One', '--owner', 'none')).toMatchObject({ person: 'person_owner' })
})

test.each([
  [['person', 'pause', 'Nobody'], 1, 'latchkey person add'],
  [['person', 'pause', 'me'], 1, 'The owner cannot be'],
  [['person', 'add', 'Eve', '--hours', '8-9'], 1, 'Hours look like'],
  [['person', 'add', 'Eve', '--role', 'king'], 2, 'Roles are'],
  [['person', 'change', 'me'], 2, 'add an option'],
  [['key', 'create', '--name', 'x', '--person', 'Nobody'], 1, 'latchkey person add'],
  [['usage', '--person', 'Nobody'], 1, 'latchkey person add'],
  [['usage', '--key', 'Nothing'], 1, 'latchkey key list'],
  [['export', 'usage', '--output', '/dev/null', '--person', 'Nobody'], 1, 'latchkey person add'],
])('%j ends with %i and a sentence', async (args, code, part) => {
  const done = await run(...args)
  expect([done.code, done.stderr]).toEqual([code, expect.stringContaining(part)])
})
