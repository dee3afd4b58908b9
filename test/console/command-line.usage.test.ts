import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireInstanceLock } from '../../src-main/store/sqlite/instance-lock.ts'
import type { CommandResult } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'

let dir: TempDir

beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

function run(...args: string[]): Promise<CommandResult> {
  return runHere(dir.path, ...args)
}

test.each([
  [['nothing'], /unknown command 'nothing'/],
  [['key'], /Usage: latchkey key/],
  [['key', 'create'], /--name/],
  [['key', 'create', '--name', 'x', '--scopes', 'everything'], /Scopes are chat, models/],
  [['key', 'create', '--name', 'x', '--expires', 'soon'], /30d/],
  [['key', 'create', '--name', 'x', '--expires', '0d'], /30d/],
  [['key', 'create', '--name', 'x', '--rpm', '0'], /whole number/],
  [['key', 'disable'], /missing required argument 'id'/],
  [['origin', 'block', 'not an origin'], /An origin looks like/],
  [['usage', '--period', 'year'], /day, week, month, all/],
  [['usage', '--csv', '--json'], /cannot be used with/],
  [['serve', '--port', '70000'], /0 to 65535/],
  [['serve', '--host', 'ollama.home'], /for this computer only/],
  [['serve', '--upstream', 'localhost:11434'], /http:\/\/127\.0\.0\.1:11434/],
  [['serve', '--unknown'], /unknown option/],
])('wrong usage (%j) is code 2, says why, and writes nothing on stdout', async (args, why) => {
  const { code, stdout, stderr } = await run(...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(why)
})

test('a secret pasted in the wrong place is not repeated', async () => {
  const secret = `sk-lk-${'a'.repeat(39)}`
  const { code, stderr } = await run('key', 'create', '--name', 'x', '--scopes', secret)
  expect(code).toBe(2)
  expect(stderr).not.toContain(secret)
})

test('help is code 0 on stdout, and names every command', async () => {
  const { code, stdout, stderr } = await run('--help')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const name of ['serve', 'key', 'origin', 'usage', 'doctor', 'console']) expect(stdout).toContain(name)
})

test('a name that the core does not accept is code 1 with one sentence', async () => {
  const { code, stdout, stderr } = await run('key', 'create', '--name', ' ', '--json')
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toBe('Give the key a name.\n')
})

test('people are shown the secret, the address, and that they must keep it', async () => {
  const { code, stdout } = await run('key', 'create', '--name', 'For people')
  expect(code).toBe(0)
  expect(stdout).toMatch(/sk-lk-[a-z2-7]{39}/)
  expect(stdout).toMatch(/http:\/\/localhost:11500/)
  expect(stdout).toMatch(/not be shown again/)
})

test('empty lists say what to do', async () => {
  expect((await run('key', 'list')).stdout).toContain('latchkey key create')
  expect((await run('origin', 'list')).stdout).toBe('No site or extension has sent a request yet.\n')
  expect((await run('usage')).stdout).toBe('No requests in the last 24 hours.\n')
  expect((await run('key', 'list', '--json')).stdout).toBe('[]\n')
})

test('a command waits a moment for another that is just ending', async () => {
  const lock = acquireInstanceLock(dir.path)
  expect(lock).toBeDefined()
  let ended = false
  const listed = run('key', 'list', '--json').finally(() => (ended = true))
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(ended).toBe(false)
  lock?.release()
  expect(await listed).toMatchObject({ code: 0, stdout: '[]\n' })
})
