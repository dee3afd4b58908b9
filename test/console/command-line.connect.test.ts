import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HandoverPlan, HandoverState } from '#shared/handover/handover.ts'
import type { Key } from '#shared/keys/key.ts'
import { runCommandLine } from '../../src-main/headless/command-line.ts'
import { type CommandResult, type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

let dir: TempDir
let serve: Serve | undefined
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(async () => {
  await serve?.stop()
  serve = undefined
  await dir.remove()
})

const SECRET = /sk-lk-[a-z2-7]{39}/
const config = () => join(dir.path, '.codex', 'config.toml')

async function run(...args: string[]): Promise<CommandResult> {
  let stdout = ''
  let stderr = ''
  const code = await runCommandLine(args, {
    env: { HOME: dir.path, LATCHKEY_DATA_DIR: join(dir.path, 'data') },
    now: Date.now,
    print: (line) => (stdout += `${line}\n`),
    warn: (line) => (stderr += `${line}\n`),
  })
  return { code, stdout, stderr }
}

describe.each(['beside a running Latchkey', 'alone'])('%s', (where) => {
  beforeEach(async () => {
    const dataDir = join(dir.path, 'data')
    if (where !== 'alone') serve = await startServe({ dataDir, env: { HOME: dir.path } })
    await mkdir(join(dir.path, '.codex'))
    await writeFile(config(), '# mine\nmodel = "gpt-5"\n', { mode: 0o600 })
  })

  it('a dry run prints a diff with the key masked, and changes nothing', async () => {
    const { code, stdout, stderr } = await run('connect', 'codex', '--dry-run', '--model', 'llama3.2')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const address = /base_url = "(.*)\/v1"/.exec(stdout)?.[1] ?? ''
    expect(stdout).toBe(
      [
        `--- ${config()}`,
        `+++ ${config()}`,
        '@@ -1,2 +1,12 @@',
        ' # mine',
        '-model = "gpt-5"',
        '+model = "llama3.2"',
        '+model_provider = "latchkey"',
        '+web_search = "disabled"',
        '+',
        '+[model_providers.latchkey]',
        '+name = "Latchkey"',
        `+base_url = "${address}/v1"`,
        '+experimental_bearer_token = "sk-lk-…"',
        '+wire_api = "responses"',
        '+request_max_retries = 1',
        '+stream_max_retries = 2',
        '',
      ].join('\n'),
    )
    expect(address).toMatch(/^http:\/\/localhost:\d+$/)
    expect(await readFile(config(), 'utf8')).toBe('# mine\nmodel = "gpt-5"\n')
    expect((await run('key', 'list', '--json')).stdout).toBe('[]\n')
  })

  it('connects, lists and undoes', async () => {
    const done = await run('connect', 'codex', '--model', 'llama3.2')
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toContain('Connected Codex with the key “Codex”.')
    expect(done.stdout).not.toMatch(SECRET)
    expect(await readFile(config(), 'utf8')).toMatch(SECRET)
    const list = (await run('connect', '--list')).stdout
    expect(list).toMatch(/^codex +yes +connected just now +\/.*config\.toml$/m)
    expect(list).toMatch(/^zed +no +\/.*settings\.json$/m)
    const undone = await run('connect', 'codex', '--undo')
    expect(undone.stdout).toBe('Codex has its own configuration again. The key “Codex” is deleted.\n')
    expect(await readFile(config(), 'utf8')).toBe('# mine\nmodel = "gpt-5"\n')
    expect((await run('key', 'list', '--json')).stdout).toBe('[]\n')
  })

  it('prints JSON for programs, and keeps the key if asked', async () => {
    const plan = JSON.parse(
      (await run('connect', 'codex', '--dry-run', '--model', 'a', '--model', 'b', '--json')).stdout,
    ) as HandoverPlan
    expect(plan).toMatchObject({ app: 'codex', models: ['a'], files: [{ path: config(), change: 'changed' }] })
    const applied = await run('connect', 'codex', '--model', 'a', '--json')
    expect(JSON.parse(applied.stdout)).toMatchObject({ key: { name: 'Codex' }, made: true })
    const states = JSON.parse((await run('connect', '--list', '--json')).stdout) as HandoverState[]
    expect(states.find(({ app }) => app === 'codex')).toMatchObject({ state: 'connected', found: true })
    const undone = JSON.parse((await run('connect', 'codex', '--undo', '--keep-key', '--json')).stdout) as unknown
    expect(undone).toMatchObject({ deleted: false, state: { state: 'none' } })
    expect(JSON.parse((await run('key', 'list', '--json')).stdout) as Key[]).toMatchObject([{ name: 'Codex' }])
  })

  it('says in a sentence why it does nothing', async () => {
    await writeFile(config(), 'model = \n')
    const refused = await run('connect', 'codex', '--model', 'llama3.2')
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: `Latchkey cannot parse ${config()}. Correct the file, then try again.\n`,
    })
    expect((await run('connect', 'aider', '--undo')).stderr).toBe(
      'Latchkey has not written a file of aider, so there is nothing to undo.\n',
    )
  })

  it('warns where other users can read the key', async () => {
    await chmod(config(), 0o644)
    const { code, stderr } = await run('connect', 'codex', '--model', 'llama3.2')
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `Other users of this computer can read ${config()}, and so the key. To prevent that: chmod 600 '${config()}'\n`,
    })
  })
})

describe('wrong usage', () => {
  it.each([
    ['no app', ['connect']],
    ['an unknown app', ['connect', 'notepad']],
    ['undo and dry run', ['connect', 'codex', '--undo', '--dry-run']],
    ['list and undo', ['connect', '--list', '--undo']],
    ['keep the key without undo', ['connect', 'codex', '--keep-key']],
  ])('%s ends with 2', async (_, args) => {
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '' })
  })
})
