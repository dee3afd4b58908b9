import { spawn, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { addressFor } from '../../src-renderer/recipes/address.ts'
import { APP_IDS, type AppId, RECIPES } from '../../src-renderer/recipes/recipes.ts'
import type { Given, ProgramLanguage, Step } from '../../src-renderer/recipes/step.ts'
import { findProgram } from '../support/command-client.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { MODEL } from '../support/refused.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

/*
 * The very programs that the Connect page shows, run with the real libraries. Those in JavaScript are dependencies of the
 * tests. Those in Python are too heavy to be: a test is skipped where its library is not installed.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PYTHON = findProgram('python3', 'LATCHKEY_PYTHON')

type Program = Extract<Step, { do: 'program' }>
const PROGRAMS = APP_IDS.flatMap((id) =>
  RECIPES[id].steps.flatMap((step) => (step.do === 'program' ? [{ id, step }] : [])),
)

let gateway: TestGateway
let key: IssuedKey
let folder: TempDir
beforeAll(async () => {
  gateway = await startGateway()
  key = await gateway.createKey()
  folder = await createTempDir()
})
afterAll(async () => {
  await gateway.close()
  await folder.remove()
})

const programsIn = (language: ProgramLanguage) => PROGRAMS.filter(({ step }) => step.language === language)

describe.each(programsIn('JavaScript'))('$id in JavaScript', ({ id, step }) => {
  it('gets an answer, which counts for its key', async () => {
    await expectAnswer(await run(process.execPath, ['--input-type=module', '--eval', source(id, step)]))
  })
})

describe.each(programsIn('Python'))('$id in Python', ({ id, step }) => {
  it('gets an answer, which counts for its key', async ({ skip }) => {
    const module = /^from (\S+) import/.exec(step.text({ address: '', key: '', model: '' }))?.[1] ?? ''
    if (PYTHON === undefined || !isInstalled(PYTHON, module)) {
      return skip(`the Python module ${module} is not installed; LATCHKEY_PYTHON can name another Python`)
    }
    const file = `${folder.path}/program_of_${id}.py`
    await writeFile(file, source(id, step))
    await expectAnswer(await run(PYTHON, [file]))
  })
})

/** Looks for the module without running it, which takes half a minute for some. */
function isInstalled(python: string, module: string): boolean {
  const look = `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(module)}) is None)`
  return spawnSync(python, ['-c', look]).status === 0
}

function source(id: AppId, step: Program): string {
  const given: Given = {
    address: addressFor(RECIPES[id].address, gateway.url, key.secret),
    key: key.secret,
    model: MODEL,
  }
  return step.text(given)
}

async function run(program: string, args: string[]): Promise<{ code: number | null; shown: string }> {
  gateway.records.length = 0
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let shown = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      shown += piece
    })
  }
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  return { code, shown }
}

async function expectAnswer({ code, shown }: { code: number | null; shown: string }): Promise<void> {
  expect([code, shown]).toEqual([0, expect.stringContaining('made-up answer')])
  expect(await gateway.record()).toMatchObject({ keyId: key.id, outcome: 'ok', routeClass: 'chat' })
}
