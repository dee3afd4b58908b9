import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { setupSchema } from '#shared/records/backup.ts'
import { settingsSchema } from '#shared/settings/settings.ts'
import { countCommits } from '../support/count-commits.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { jsonHere, runHere } from './run-here.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

const run = (...args: string[]) => runHere(dir.path, ...args)
const json = <T = unknown[]>(...args: string[]) => jsonHere<T>(dir.path, ...args)

test('settings, keys and sites move to another computer in one file, without a secret in it', async () => {
  const key = await json<IssuedKey>('key', 'create', '--name', 'Moves', '--models', 'llama3')
  await json('origin', 'block', 'https://evil.example')
  await json('settings', 'set', 'retentionDays', '90')
  const file = join(dir.path, 'setup.json')
  expect((await run('setup', 'export', file)).stdout).toContain('1 key and 1 site')
  expect(readFileSync(file, 'utf8')).not.toContain(key.secret)
  expect((await run('setup', 'export', file)).code).toBe(1)
  const other = await createTempDir()
  try {
    const serve = await startServe({ dataDir: other.path })
    try {
      const done = await runHere(serve.dataDir, 'setup', 'import', file, '--json')
      expect(JSON.parse(done.stdout)).toEqual({ persons: 0, keys: 1, keysAlreadyHere: 0, origins: 1 })
      const chat = await fetch(`${serve.gateway}/api/tags`, { headers: { Authorization: `Bearer ${key.secret}` } })
      expect(chat.status).toBe(200)
      await chat.text()
      const again = await runHere(serve.dataDir, 'setup', 'import', file, '--json')
      expect(JSON.parse(again.stdout)).toEqual({ persons: 0, keys: 0, keysAlreadyHere: 1, origins: 0 })
      expect(JSON.parse((await runHere(serve.dataDir, 'settings', 'list', '--json')).stdout)).toMatchObject({
        retentionDays: 90,
      })
    } finally {
      await serve.stop()
    }
  } finally {
    await other.remove()
  }
})

test('a setup that fails in the middle leaves nothing of itself behind, also not after a restart', async () => {
  await json('key', 'create', '--name', 'First')
  await json('key', 'create', '--name', 'Second')
  await json('origin', 'block', 'https://evil.example')
  await json('settings', 'set', 'retentionDays', '90')
  const file = join(dir.path, 'setup.json')
  expect((await run('setup', 'export', file)).code).toBe(0)
  const setup = setupSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const other = await createTempDir()
  try {
    // A key of another id with the secret of the second one: the database takes the first, and refuses the second.
    const serve = await startServe({ dataDir: other.path })
    const [, second] = setup.keys
    if (second === undefined) throw new Error('the second key is not in the file')
    const here = { ...setup, settings: settingsSchema.parse({}), origins: [] }
    writeFileSync(file, JSON.stringify({ ...here, keys: [{ ...second, key: { ...second.key, id: 'key_elsewhere' } }] }))
    expect((await runHere(other.path, 'setup', 'import', file)).code).toBe(0)
    const stateOf = async () => {
      const shown: string[] = []
      for (const what of ['key', 'origin', 'settings']) {
        shown.push((await runHere(other.path, what, 'list', '--json')).stdout)
      }
      return shown
    }
    const before = await stateOf()
    writeFileSync(file, JSON.stringify(setup))
    const failed = await runHere(other.path, 'setup', 'import', file)
    expect(failed).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('nothing was changed') as string,
    })
    expect(await stateOf()).toEqual(before)
    await serve.stop()
    // Without what the command line said for that run.
    expect((await runHere(other.path, 'key', 'list', '--json')).stdout).toBe(before[0])
    expect(JSON.parse((await runHere(other.path, 'settings', 'list', '--json')).stdout)).toEqual(
      settingsSchema.parse({}),
    )
  } finally {
    await other.remove()
  }
})

test('thousands of sites come in within one transaction, and the gateway knows them at once', async () => {
  const key = await json<IssuedKey>('key', 'create', '--name', 'Many')
  const file = join(dir.path, 'setup.json')
  expect((await run('setup', 'export', file)).code).toBe(0)
  const setup = setupSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  const site = {
    status: 'blocked',
    decidedBy: 'person',
    label: null,
    firstSeenAt: 1,
    lastSeenAt: 1,
    requests: 0,
  } as const
  const origins = Array.from({ length: 5000 }, (_, number) => {
    return { ...site, origin: `https://site-${number}.example`, refused: 0 }
  })
  // The same one twice is one.
  writeFileSync(file, JSON.stringify({ ...setup, origins: [...origins, origins[0]] }))
  const serve = await startServe()
  try {
    const commits = await countCommits(join(serve.dataDir, 'latchkey.db'))
    const done = await runHere(serve.dataDir, 'setup', 'import', file, '--json')
    expect(JSON.parse(done.stdout)).toEqual({ persons: 0, keys: 1, keysAlreadyHere: 0, origins: 5000 })
    // It, and the line in the audit trail.
    expect(await commits.count()).toBeLessThan(5)
    commits.close()
    const headers = { Authorization: `Bearer ${key.secret}`, Origin: 'https://site-4999.example' }
    expect((await fetch(`${serve.gateway}/api/tags`, { headers })).status).toBe(403)
    expect(
      (await fetch(`${serve.gateway}/api/tags`, { headers: { Authorization: headers.Authorization } })).status,
    ).toBe(200)
  } finally {
    await serve.stop()
  }
})

test('settings from the command line are not exported to another computer', async () => {
  const serve = await startServe()
  try {
    await runHere(serve.dataDir, 'settings', 'set', 'retentionDays', '90')
    const file = join(dir.path, 'setup.json')
    expect((await runHere(serve.dataDir, 'setup', 'export', file)).code).toBe(0)
    // Not the port and the sample upstream that this serve was started with.
    expect(setupSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).settings).toEqual(
      settingsSchema.parse({ retentionDays: 90 }),
    )
  } finally {
    await serve.stop()
  }
})

test('a file that is no setup is refused with a sentence', async () => {
  const file = join(dir.path, 'other.json')
  writeFileSync(file, '{"format":"something-else"}')
  const { code, stderr } = await run('setup', 'import', file)
  expect({ code, stderr }).toEqual({ code: 1, stderr: `${file} was not made by: latchkey setup export\n` })
})
