import { spawn } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { IssuedKey, Key } from '#shared/keys/key.ts'
import { runCommandLine } from '../../src-main/headless/command-line.ts'
import { MAIN, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let dir: TempDir
let home: TempDir
let file: string
beforeEach(async () => {
  dir = await createTempDir()
  home = await createTempDir()
  file = join(home.path, 'keys.json')
})
afterEach(async () => {
  await dir.remove()
  await home.remove()
})

async function run(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const env = { LATCHKEY_DATA_DIR: dir.path, LATCHKEY_KEYS_FILE: file }
  const code = await runCommandLine(args, {
    env,
    now: Date.now,
    print: (line) => out.push(line),
    warn: (line) => err.push(line),
  })
  return { code, stdout: out.join('\n'), stderr: err.join('\n') }
}

async function listKeys(): Promise<Key[]> {
  const { stdout, stderr } = await run('key', 'list', '--json')
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Key[]
}

/** A secret that another Latchkey made, with its row as `latchkey key hash` prints it. */
async function makeRow(name: string) {
  const elsewhere = await createTempDir()
  const made = await startServe({ dataDir: elsewhere.path })
  const { secret } = await made.createKey({ name })
  await made.stop()
  await elsewhere.remove()
  const hash = spawn(process.execPath, [MAIN, 'key', 'hash', '--name', name])
  hash.stdin.end(`${secret}\n`)
  const row = JSON.parse(await text(hash.stdout)) as Record<string, unknown>
  return { secret, row }
}

const ROW = { name: 'Seeded', prefix: 'sk-lk-abcdef', sha256: 'ab'.repeat(32) }

function write(...keys: object[]): void {
  writeFileSync(file, JSON.stringify({ keys }))
}

test('a key of the file opens the gateway of an empty container, and the file has no secret', async () => {
  const { secret, row } = await makeRow('Home Assistant')
  expect(JSON.stringify(row)).not.toContain(secret)
  write({ ...row, models: ['sample*'], requestsPerMinute: 9, expiresAt: '2099-01-31T00:00:00+01:00' })
  const serve = await startServe({ dataDir: dir.path, env: { LATCHKEY_KEYS_FILE: file } })
  try {
    const answer = await fetch(`${serve.gateway}/v1/models`, { headers: { Authorization: `Bearer ${secret}` } })
    expect(answer.status).toBe(200)
    await answer.text()
    const expected = { name: 'Home Assistant', scopes: ['chat', 'models'], models: ['sample*'], requestsPerMinute: 9 }
    expect(await serve.call('GET /api/keys', {})).toMatchObject([
      { ...expected, expiresAt: Date.parse('2099-01-30T23:00:00Z') },
    ])
  } finally {
    await serve.stop()
  }
})

test('a start adds what is missing and changes nothing that is there', async () => {
  write(ROW)
  const [first] = await listKeys()
  if (first === undefined) throw new Error('no key')
  await run('key', 'change', first.id, '--name', 'Renamed', '--rpm', '3')
  write({ ...ROW, name: 'Another name' }, { ...ROW, name: 'Second', sha256: 'cd'.repeat(32) })
  expect((await listKeys()).map(({ name }) => name).sort()).toEqual(['Renamed', 'Second'])
  expect((await listKeys()).find(({ id }) => id === first.id)?.requestsPerMinute).toBe(3)
})

test('a key that was deleted or rotated stays so', async () => {
  write(ROW, { ...ROW, name: 'Rotated', sha256: 'cd'.repeat(32) })
  await listKeys()
  await run('key', 'delete', 'Seeded')
  const rotated = JSON.parse((await run('key', 'rotate', 'Rotated', '--json')).stdout) as IssuedKey
  expect((await listKeys()).map(({ id, prefix }) => ({ id, prefix }))).toEqual([
    { id: rotated.id, prefix: rotated.prefix },
  ])
})

test('a row for a secret that a key here has already adds no second key', async () => {
  write()
  const made = JSON.parse((await run('key', 'create', '--name', 'Made here', '--json')).stdout) as IssuedKey
  const hash = spawn(process.execPath, [MAIN, 'key', 'hash', '--name', 'In the file'])
  hash.stdin.end(made.secret)
  write(JSON.parse(await text(hash.stdout)) as object)
  expect((await listKeys()).map(({ name }) => name)).toEqual(['Made here'])
})

test.each([
  ['is missing', () => undefined, 'There is no such file'],
  ['is not JSON', () => writeFileSync(file, '{"keys": ['), 'not valid JSON'],
  ['has an unknown field', () => write({ ...ROW, tokensPerWeek: 9 }), 'tokensPerWeek'],
  ['has a hash of another kind', () => write({ ...ROW, sha256: 'ab'.repeat(20) }), 'sha256'],
  ['has a secret in place of a prefix', () => write({ ...ROW, prefix: `sk-lk-${'a'.repeat(39)}` }), 'prefix'],
  ['has a scope that does not exist', () => write({ ...ROW, scopes: ['everything'] }), 'scopes'],
  ['has a time that is none', () => write({ ...ROW, expiresAt: 'next year' }), 'expiresAt'],
])('a file that %s stops the start with a sentence, and adds no key', async (_, make, part) => {
  make()
  const { code, stderr } = await run('key', 'list')
  expect(code).toBe(1)
  expect(stderr).toContain(file)
  expect(stderr).toContain(part)
  expect(stderr).not.toContain('sk-lk-aaaaaaa')
  write()
  expect(await listKeys()).toEqual([])
})

test('a file with the same secret twice adds no key', async () => {
  write(ROW, { ...ROW, name: 'Twice' })
  expect((await run('key', 'list')).code).toBe(1)
  write()
  expect(await listKeys()).toEqual([])
})

test.runIf(process.platform !== 'win32')('a file that everybody can write to is refused', async () => {
  write(ROW)
  chmodSync(file, 0o666)
  const { code, stderr } = await run('key', 'list')
  expect(code).toBe(1)
  expect(stderr).toContain('chmod o-w')
})

test.each(['', 'sk-lk-tooshort', `sk-lk-${'a'.repeat(39)}`])(
  '%j is not hashed, because it is no secret',
  async (input) => {
    const hash = spawn(process.execPath, [MAIN, 'key', 'hash', '--name', 'One'])
    hash.stdin.end(input)
    const [stdout, stderr] = await Promise.all([text(hash.stdout), text(hash.stderr)])
    expect(stdout).toBe('')
    expect(stderr).toContain('not a secret of Latchkey')
  },
)
