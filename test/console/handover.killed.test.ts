import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { HandoverState } from '#shared/handover/handover.ts'
import { runCommandLine } from '../../src-main/headless/command-line.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

const CHILD = fileURLToPath(new URL('connect.child.ts', import.meta.url))
const MODELS = '- model_id: mine # keep\n  model_name: mine\n'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
  await mkdir(folder(), { recursive: true })
  await writeFile(join(folder(), 'extra-openai-models.yaml'), MODELS)
})
afterEach(() => dir.remove())

const folder = () => join(dir.path, '.config', 'io.datasette.llm')
const dataDir = () => join(dir.path, 'data')

/** Runs a command for this home folder, and resolves to what it prints. */
async function run(...args: string[]): Promise<{ code: number; out: string }> {
  let out = ''
  const code = await runCommandLine(args, {
    env: { HOME: dir.path, LATCHKEY_DATA_DIR: dataDir() },
    now: Date.now,
    print: (line) => (out += line),
    warn: (line) => (out += line),
  })
  return { code, out }
}

async function stateNow(): Promise<HandoverState['state'] | undefined> {
  const apps = JSON.parse((await run('connect', '--list', '--json')).out) as HandoverState[]
  return apps.find(({ app }) => app === 'llm')?.state
}

async function filesNow(): Promise<Record<string, string>> {
  const names = await readdir(folder())
  const texts = names.map(async (name) => [name, await readFile(join(folder(), name), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

// The copy of what was there, the record, the first file, the second file.
it('killed after any step, an undo brings back what was there, and no key is left in use', async () => {
  const states: unknown[] = []
  for (let renames = 1; ; renames++) {
    const args = [CHILD, dataDir(), 'llm', String(renames)]
    const { signal, ...end } = spawnSync(process.execPath, args, {
      env: { ...process.env, HOME: dir.path },
      encoding: 'utf8',
    })
    if (signal === null) {
      expect(end).toMatchObject({ status: 0, stderr: '' })
      break
    }
    // Each file has either the old or the new content, whole.
    const { 'extra-openai-models.yaml': models = '', 'keys.json': keys } = await filesNow()
    expect(models === MODELS || models.endsWith('api_key_name: "latchkey"\n')).toBe(true)
    expect(keys ?? '{\n}\n').toMatch(/^\{\n.*\}\n$/s)
    const state = await stateNow()
    states.push(state)
    if (state === 'none') continue
    expect(await run('connect', 'llm', '--undo')).toMatchObject({ code: 0 })
    expect(await filesNow()).toEqual({ 'extra-openai-models.yaml': MODELS })
    expect(JSON.parse((await run('key', 'list', '--json')).out)).not.toContainEqual(
      expect.objectContaining({ prefix: /sk-lk-\w{6}/.exec(keys ?? '')?.[0] ?? 'none' }),
    )
  }
  expect(new Set(states)).toEqual(new Set(['none', 'partial', 'connected']))
  expect(await stateNow()).toBe('connected')
  expect(await run('connect', 'llm', '--undo')).toMatchObject({ code: 0 })
  expect(await filesNow()).toEqual({ 'extra-openai-models.yaml': MODELS })
})
