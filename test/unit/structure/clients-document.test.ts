import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { addressFor } from '../../../src-renderer/recipes/address.ts'
import type { Handover, Recipe, Verified } from '../../../src-renderer/recipes/recipe.ts'
import { APP_IDS, type AppId, RECIPES } from '../../../src-renderer/recipes/recipes.ts'
import { codeOf } from '../../../src-renderer/recipes/step-code.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const DOCUMENT = readFileSync(`${ROOT}docs/clients.md`, 'utf8')

const WAYS: Readonly<Record<Handover, string>> = {
  link: 'a link of the app',
  file: 'a file or variables',
  code: 'a few lines',
  steps: 'steps in its settings',
}

function howVerified(verified: Verified): string {
  switch (verified.by) {
    case 'test':
      return `[a test](../${verified.test})`
    case 'built':
      return 'followed in the app, built from its source'
    case 'source':
      return 'read in its source'
    case 'documentation':
      return 'read in documentation'
  }
}

function rowOf({ name, handover, version, source, verified }: Recipe): string {
  const page = source.startsWith('https://') ? `<${source}>` : `\`${source}\``
  return `| ${name} | ${WAYS[handover]} | ${version} | ${page} | ${howVerified(verified)} |`
}

it('the table of docs/clients.md has every recipe as it is', () => {
  const rows = APP_IDS.map((id) => rowOf(RECIPES[id])).sort((one, other) => one.localeCompare(other, 'en'))
  const table = DOCUMENT.split('\n').filter((line) => /^\| (?!app \|)(?!-)/.test(line))
  expect(table).toEqual(rows)
})

it('every test that a recipe names exists', () => {
  const tests = APP_IDS.flatMap((id) => {
    const { verified }: Recipe = RECIPES[id]
    return verified.by === 'test' ? [verified.test] : []
  })
  expect(tests.filter((path) => !existsSync(ROOT + path))).toEqual([])
  expect(tests.length).toBeGreaterThan(10)
})

describe.each([
  ['Codex', 'codex'],
  ['Claude Code', 'claude-code'],
] as const)('%s', (heading, id) => {
  it('has the files and variables of the recipe in docs/clients.md', () => {
    const section = DOCUMENT.split(`\n## ${heading}\n`)[1]?.split('\n## ', 1)[0] ?? ''
    const written = [...section.matchAll(/^```\w+\n(.*?)^```$/gms)].flatMap(([, block = '']) => linesOf(block))
    expect(written).toEqual(recipeLines(id))
  })
})

function recipeLines(id: AppId): string[] {
  const { steps, address } = RECIPES[id]
  const key = 'sk-lk-...'
  const given = { address: addressFor(address, 'http://localhost:11500', key), key, model: 'llama3.2' }
  return steps.flatMap((step) => linesOf(codeOf(step, given, 'posix') ?? ''))
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
