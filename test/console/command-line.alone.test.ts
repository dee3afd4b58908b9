import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { issuedKeySchema, keySchema } from '#shared/keys/key.ts'
import { type CommandResult, runLatchkey } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let dir: TempDir

beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

function run(...args: string[]): Promise<CommandResult> {
  return runLatchkey([...args, '--data-dir', dir.path])
}

test('keys are made and listed without a running serve, the secret only once', async () => {
  const made = await run('key', 'create', '--name', 'Alone', '--json')
  expect(made.code).toBe(0)
  const { secret, ...key } = issuedKeySchema.parse(JSON.parse(made.stdout))
  const listed = await run('key', 'list', '--json')
  expect(z.array(keySchema).parse(JSON.parse(listed.stdout))).toEqual([key])
  const words = await run('key', 'list')
  expect(words.stdout).toMatch(/^Alone +\S+ +sk-lk-\S{6}… +Owner +on +chat,models +never +never$/m)
  expect(listed.stdout + words.stdout).not.toContain(secret)
})

test('two commands at the same moment both do their work', async () => {
  const made = await Promise.all([1, 2, 3].map((n) => run('key', 'create', '--name', `Key ${n}`, '--json')))
  expect(made.map(({ code }) => code)).toEqual([0, 0, 0])
  const { stdout } = await run('key', 'list', '--json')
  expect(z.array(keySchema).parse(JSON.parse(stdout))).toHaveLength(3)
})

test('the process ends with the code of its command', async () => {
  const [version, wrong] = await Promise.all([runLatchkey(['--version']), runLatchkey(['serve', '--unknown'])])
  expect(version).toMatchObject({ code: 0, stderr: '' })
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
})

test('doctor says that nothing runs and what to do; console says it too', async () => {
  const doctor = await run('doctor', '--json')
  expect(doctor.code).toBe(0)
  const findings = JSON.parse(doctor.stdout) as { check: string; ok: boolean; fix: string }[]
  expect(findings.find(({ check }) => check === 'gateway')).toMatchObject({
    ok: false,
    fix: 'Start it with: latchkey serve',
  })
  const link = await run('console')
  expect(link).toMatchObject({
    code: 1,
    stderr: 'Latchkey is not running on this data directory. Start it with: latchkey serve\n',
  })
})

test('damaged settings end with 1 and a sentence, and are left as they are', async () => {
  const file = join(dir.path, 'settings.json')
  await writeFile(file, '{"gatewayPort":')
  const { code, stderr } = await run('key', 'list')
  expect(code).toBe(1)
  expect(stderr).toContain(file)
  expect(await readFile(file, 'utf8')).toBe('{"gatewayPort":')
})
