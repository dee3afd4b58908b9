import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { setupSchema } from '#shared/backup.ts'
import { CONSOLE_API } from '#shared/console-api.ts'
import { settingsSchema } from '#shared/settings.ts'
import { callRunning } from '../../src-main/app/control-channel.ts'
import { countCommits } from '../support/count-commits.ts'
import { startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

const run = (...args: string[]) => runHere(dir.path, ...args)

async function json<T = unknown[]>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as T
}

async function createKey({ dataDir }: { dataDir: string }, name: string): Promise<IssuedLike> {
  const { stdout } = await runHere(dataDir, 'key', 'create', '--name', name, '--json')
  return JSON.parse(stdout) as IssuedLike
}

interface IssuedLike {
  id: string
  secret: string
}

test('a backup is made, listed and put back: what came after it is gone, and the file before is kept', async () => {
  await json('key', 'create', '--name', 'Before')
  const { name } = await json<{ name: string }>('backup', 'create')
  await json('key', 'create', '--name', 'After')
  expect((await json<{ name: string }[]>('backup', 'list')).map((one) => one.name)).toEqual([name])
  const restored = await run('backup', 'restore', 'latest')
  expect(restored.code).toBe(0)
  expect(restored.stdout).toContain('The backup is in place')
  const names = async () => (await json<{ name: string }[]>('key', 'list')).map((key) => key.name)
  expect(await names()).toEqual(['Before'])
  const [, undo] = /latchkey (backup restore \S+)/.exec(restored.stdout) ?? []
  expect(readdirSync(dir.path)).toContain(undo?.split(' ')[2])
  expect((await run(...(undo ?? '').split(' '))).code).toBe(0)
  expect((await names()).sort()).toEqual(['After', 'Before'])
  // What restores replaced is no newer backup.
  expect((await run('backup', 'restore', 'latest')).code).toBe(0)
  expect(await names()).toEqual(['Before'])
})

test('a backup that is damaged, or is not there, changes nothing', async () => {
  for (const wanted of ['latest', 'unknown.db']) {
    expect(await run('backup', 'restore', wanted)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no backup yet. Make one with: latchkey backup create\n',
    })
  }
  await json('key', 'create', '--name', 'Here')
  const { name } = await json<{ name: string }>('backup', 'create')
  writeFileSync(join(dir.path, 'backups', name), 'not a database')
  const damaged = await run('backup', 'restore', name)
  expect(damaged).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('damaged, so nothing was changed') as string,
  })
  expect(await run('backup', 'restore', '../latchkey.db', '--json')).toEqual({
    code: 1,
    stdout: '',
    stderr: `There is no backup ../latchkey.db; choose one of these, the newest first: ${name}.\n`,
  })
  expect(await json('key', 'list')).toHaveLength(1)
  expect(readdirSync(dir.path).filter((file) => file.includes('restor'))).toEqual([])
})

test('the last seven backups by hand are kept', async () => {
  for (let number = 0; number < 9; number++) await json('backup', 'create')
  expect(await json('backup', 'list')).toHaveLength(7)
})

test('settings, keys and sites move to another computer in one file, without a secret in it', async () => {
  const key = await json<IssuedLike>('key', 'create', '--name', 'Moves', '--models', 'llama3')
  await json('origin', 'block', 'https://evil.example')
  await json('settings', 'set', 'retentionDays', '90')
  const file = join(dir.path, 'setup.json')
  expect((await run('setup', 'export', file)).stdout).toContain('1 keys and 1 sites')
  expect(readFileSync(file, 'utf8')).not.toContain(key.secret)
  expect((await run('setup', 'export', file)).code).toBe(1)
  const other = await createTempDir()
  try {
    const serve = await startServe({ dataDir: other.path })
    try {
      const done = await runHere(serve.dataDir, 'setup', 'import', file, '--json')
      expect(JSON.parse(done.stdout)).toEqual({ keys: 1, keysAlreadyHere: 0, origins: 1 })
      const chat = await fetch(`${serve.gateway}/api/tags`, { headers: { Authorization: `Bearer ${key.secret}` } })
      expect(chat.status).toBe(200)
      await chat.text()
      const again = await runHere(serve.dataDir, 'setup', 'import', file, '--json')
      expect(JSON.parse(again.stdout)).toEqual({ keys: 0, keysAlreadyHere: 1, origins: 0 })
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
  const key = await json<IssuedLike>('key', 'create', '--name', 'Many')
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
    expect(JSON.parse(done.stdout)).toEqual({ keys: 1, keysAlreadyHere: 0, origins: 5000 })
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

test('what the command line says for one run does not move to another computer', async () => {
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
  expect({ code, stderr }).toEqual({ code: 1, stderr: `${file} is not a file made by latchkey setup export.\n` })
})

test('what the command line changes stands in the audit trail, without a secret', async () => {
  const key = await json<IssuedLike>('key', 'create', '--name', 'Audited')
  await json('key', 'rotate', key.id)
  await json('key', 'disable', key.id)
  await json('origin', 'block', 'https://evil.example')
  await json('settings', 'set', 'retentionDays', '90')
  const entries =
    await json<{ actor: string; action: string; subject: string; label: string; fields: string[] }[]>('audit')
  expect(entries.map(({ actor, action, label, fields }) => [actor, action, label, fields])).toEqual([
    ['command line', 'settings.change', null, ['retentionDays']],
    ['command line', 'origin.block', null, []],
    ['command line', 'key.change', 'Audited', ['enabled']],
    ['command line', 'key.rotate', 'Audited', []],
    ['command line', 'key.create', 'Audited', []],
  ])
  expect(JSON.stringify(entries)).not.toContain(key.secret)
})

test('a slip of the pen forgets nothing: no key of that name, no backup gone; a name is as good as an id', async () => {
  const key = await json<IssuedLike>('key', 'create', '--name', 'Mine')
  await json('backup', 'create')
  for (const slip of ['key_nobody', 'Myne']) {
    expect(await run('forget', '--key', slip, '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no key') as string,
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

test('what is left of a site that is no longer in the list can be forgotten', async () => {
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
    stderr: 'This deletes every key, every site, all use and every backup for good. Say --yes to do it.\n',
  })
  expect(await json('key', 'list')).toHaveLength(1)
  expect((await run('forget', '--yes')).code).toBe(2)
  expect((await run('forget', '--key', 'x', '--all', '--yes')).code).toBe(2)
})

test('beside a running serve: a key is forgotten at once, and not a byte of it is left in the folder', async () => {
  const serve = await startServe()
  try {
    const gone = await createKey(serve, 'Gone-for-good')
    const stays = await createKey(serve, 'Stays')
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
