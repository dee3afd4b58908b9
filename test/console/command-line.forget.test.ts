import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CONSOLE_API } from '#shared/console-api/console-api.ts'
import type { IssuedKey } from '#shared/keys/key.ts'
import { callRunning } from '../../src-main/control/control-channel.ts'
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

test('a slip of the pen forgets nothing: no key of that name, no backup gone; a name is as good as an id', async () => {
  const key = await json<IssuedKey>('key', 'create', '--name', 'Mine')
  await json('backup', 'create')
  for (const [slip, sentence] of [
    ['key_nobody', 'There is no key with this id'],
    ['Myne', 'No key has this id or name'],
  ] as const) {
    expect(await run('forget', '--key', slip, '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(sentence) as string,
    })
  }
  expect(await run('forget', '--origin', 'https://exmaple.com', '--yes')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('There is no site') as string,
  })
  expect(await json('backup', 'list')).toHaveLength(1)
  expect(await json('forget', '--key', 'mine', '--yes')).toEqual({ exchanges: 0, backups: 1 })
  expect(await json('key', 'list')).toEqual([])
  expect((await run('forget', '--key', key.id, '--yes')).code).toBe(1)
})

test('the remaining data of a site that is no longer listed can be forgotten', async () => {
  await json('origin', 'block', 'https://evil.example')
  await json('origin', 'forget', 'https://evil.example')
  expect(JSON.stringify(await json('audit'))).toContain('evil.example')
  expect((await run('forget', '--origin', 'https://evil.example', '--yes')).code).toBe(0)
  expect(JSON.stringify(await json('audit'))).not.toContain('evil.example')
  expect((await run('forget', '--origin', 'https://evil.example', '--yes')).code).toBe(1)
})

test('forgetting needs to be confirmed, and says what it will delete', async () => {
  await json('key', 'create', '--name', 'Stays')
  expect(await run('forget', '--all')).toMatchObject({
    code: 1,
    stderr: 'This permanently deletes all keys, sites, usage and backups. Add --yes to confirm.\n',
  })
  expect(await json('key', 'list')).toHaveLength(1)
  expect((await run('forget', '--yes')).code).toBe(2)
  expect((await run('forget', '--key', 'x', '--all', '--yes')).code).toBe(2)
})

test('beside a running serve: a key is forgotten at once, and not a byte of it is left in the folder', async () => {
  const serve = await startServe()
  try {
    const gone = await jsonHere<IssuedKey>(serve.dataDir, 'key', 'create', '--name', 'Gone-for-good')
    const stays = await jsonHere<IssuedKey>(serve.dataDir, 'key', 'create', '--name', 'Stays')
    const ask = (secret: string) =>
      fetch(`${serve.gateway}/api/tags`, {
        headers: {
          Authorization: `Bearer ${secret}`,
          Origin: `https://${secret === gone.secret ? 'gone' : 'stays'}.example`,
        },
      }).then(async (response) => {
        await response.text()
        return response.status
      })
    expect([await ask(gone.secret), await ask(gone.secret), await ask(stays.secret)]).toEqual([200, 200, 200])
    expect((await runHere(serve.dataDir, 'backup', 'create')).code).toBe(0)
    const done = await runHere(serve.dataDir, 'forget', '--key', gone.id, '--yes', '--json')
    expect(JSON.parse(done.stdout)).toEqual({ exchanges: 2, backups: 1 })
    expect(await ask(gone.secret)).toBe(401)
    const origin = await runHere(serve.dataDir, 'forget', '--origin', 'https://gone.example', '--yes', '--json')
    expect(JSON.parse(origin.stdout)).toMatchObject({ exchanges: 1 })
    const usage = await callRunning(serve.dataDir, new Request('http://latchkey/api/usage?by=key'))
    const report = CONSOLE_API['GET /api/usage'].output.parse(await usage.json())
    expect(report.values.map((one) => one.value)).toContain(stays.id)
    expect(report.values.map((one) => one.value)).not.toContain(gone.id)
    await runHere(serve.dataDir, 'forget', '--origin', 'https://gone.example', '--yes')
    const bytes = readdirSync(serve.dataDir)
      .filter((name) => name.startsWith('latchkey.db'))
      .map((name) => readFileSync(join(serve.dataDir, name), 'latin1'))
      .join('')
    for (const trace of [gone.id, 'Gone-for-good', 'gone.example']) expect(bytes).not.toContain(trace)
    expect(bytes).toContain('stays.example')
    const all = await runHere(serve.dataDir, 'forget', '--all', '--yes', '--json')
    expect(all.code).toBe(0)
    expect(await ask(stays.secret)).toBe(401)
    expect(JSON.parse((await runHere(serve.dataDir, 'key', 'list', '--json')).stdout)).toEqual([])
  } finally {
    await serve.stop()
  }
})
