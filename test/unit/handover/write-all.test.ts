import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { MASKED_KEY } from '#shared/handover/handover.ts'
import { boundsOf, type Planned, prepare } from '../../../src-main/handover/planner.ts'
import { RecordStore } from '../../../src-main/handover/record-store.ts'
import { writeAll } from '../../../src-main/handover/write-all.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

/** `llm` has two files: what happens to the first one when the second one cannot be written. */
let dir: TempDir
let planned: Planned
const warned: unknown[] = []
const folder = () => join(dir.path, '.config', 'io.datasette.llm')
const models = () => join(folder(), 'extra-openai-models.yaml')
const keys = () => join(folder(), 'keys.json')
const environment = () => ({ platform: 'linux' as const, home: dir.path, env: {} })

beforeEach(async () => {
  dir = await createTempDir()
  warned.length = 0
  await mkdir(folder(), { recursive: true })
  await writeFile(models(), '- model_id: mine\n  model_name: mine\n')
  await writeFile(keys(), '{}\n')
  planned = await prepare({ app: 'llm', known: ['m'], address: 'http://localhost:1', environment: environment() })
})
afterEach(() => dir.remove())

const records = () => new RecordStore(join(dir.path, 'data'))
const write = () =>
  writeAll({
    app: 'llm',
    keyId: 'key_1',
    changes: planned.withKey('sk-lk-secret'),
    earlier: undefined,
    records: records(),
    bounds: boundsOf('llm', environment()),
    time: 1,
    log: { warn: (details) => warned.push(details) },
  })

it('writes both files, and leaves nothing else beside them', async () => {
  await write()
  expect(await readFile(models(), 'utf8')).toContain('latchkey/m')
  expect(await readFile(keys(), 'utf8')).toContain('sk-lk-secret')
  expect((await readdir(folder())).sort()).toEqual(['extra-openai-models.yaml', 'keys.json'])
  expect((await records().read('llm'))?.keyId).toBe('key_1')
})

it('if the second file changes meanwhile, the first one is as before, and nothing is recorded', async () => {
  await writeFile(keys(), '{"other": 1}\n')
  await expect(write()).rejects.toMatchObject({ code: 'handover_changed', parts: { path: keys() } })
  expect(await readFile(models(), 'utf8')).toBe('- model_id: mine\n  model_name: mine\n')
  expect(await readFile(keys(), 'utf8')).toBe('{"other": 1}\n')
  expect(await records().read('llm')).toBeUndefined()
  expect(await readdir(join(dir.path, 'data', 'handovers'))).toEqual([])
  expect((await readdir(folder())).sort()).toEqual(['extra-openai-models.yaml', 'keys.json'])
  expect(warned).toEqual([])
})

it('a plan has no key in it', () => {
  expect(JSON.stringify(planned.plan)).toContain(MASKED_KEY)
  expect(planned.plan.files.map(({ change }) => change)).toEqual(['changed', 'changed'])
})
