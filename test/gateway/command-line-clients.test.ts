import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { REFUSALS } from '#shared/gateway/refusal-table.ts'
import type { RefusalCode } from '#shared/gateway/refusals.ts'
import { addressFor } from '../../src-renderer/recipes/address.ts'
import { type AppId, RECIPES } from '../../src-renderer/recipes/recipes.ts'
import { codeOf } from '../../src-renderer/recipes/step-code.ts'
import { configurationOf, findProgram, isOlderThan, whenShown } from '../support/command-client.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type Asking, MODEL, waysToBeRefused } from '../support/refused.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'

/*
 * Real programs, configured by the very files and variables of their recipes: a person sees the sentence of a refusal that
 * lasts within five seconds. They are too heavy to be dependencies (Codex has 420 MB, Claude Code 240, aider 690), so that
 * only those which are installed are run.
 */

const SOON_MS = 5_000
const PROMPT = 'Why is the sky blue?'

interface Client {
  readonly program: string
  readonly variable: string
  readonly package: string
  /** Older ones repeat in other ways. */
  readonly oldest?: string
  /** Where its configuration is: a recipe, or a block of docs/clients.md. */
  readonly from: { readonly recipe: AppId } | { readonly heading: string; readonly block: number }
  /** The arguments with which it asks once instead of waiting for a person. */
  readonly asking: string
  readonly environment?: Record<string, string>
  /** Changes a file of the recipe. */
  readonly spoil?: (file: string) => string
  /** Each takes some seconds to start: one of each status then. */
  readonly only?: readonly RefusalCode[]
}

const ONE_OF_EACH: readonly RefusalCode[] = ['key_unknown', 'scope_missing', 'gateway_paused', 'budget_spent']
const AIDER = {
  program: 'aider',
  variable: 'LATCHKEY_AIDER',
  package: 'pip install aider-chat',
  asking: `--no-git --yes-always --no-pretty --no-check-update --analytics-disable --no-show-model-warnings --no-show-release-notes --message '${PROMPT}'`,
  only: ONE_OF_EACH,
} as const

const CODEX = {
  program: 'codex',
  variable: 'LATCHKEY_CODEX',
  package: 'npm install -g @openai/codex',
  oldest: '0.171',
  from: { recipe: 'codex' },
  asking: `exec --skip-git-repo-check '${PROMPT}'`,
} as const

const CLIENTS: Record<string, Client> = {
  Codex: CODEX,
  // It repeats five times then, without a pause: the answer says that there is nothing to wait for.
  'Codex, by people who leave out what limits its repetitions': {
    ...CODEX,
    spoil: (file) => file.replace(/^\w+_max_retries = .*$/gm, ''),
  },
  'Claude Code': {
    program: 'claude',
    variable: 'LATCHKEY_CLAUDE',
    package: 'npm install -g @anthropic-ai/claude-code',
    from: { recipe: 'claude-code' },
    asking: `-p '${PROMPT}'`,
    // It asks its maker for news otherwise.
    environment: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
    only: ONE_OF_EACH,
  },
  OpenCode: {
    program: 'opencode',
    variable: 'LATCHKEY_OPENCODE',
    package: 'npm install -g opencode-ai',
    from: { recipe: 'opencode' },
    asking: `run '${PROMPT}'`,
    // It repeats a 409 and a 429 for seven seconds.
    only: ['key_unknown', 'scope_missing'],
  },
  llm: {
    program: 'llm',
    variable: 'LATCHKEY_LLM',
    package: 'pip install llm llm-ollama',
    from: { recipe: 'llm' },
    // Its recipe has a question already.
    asking: '--no-stream',
    only: [],
  },
  'aider through OpenAI’s API': { ...AIDER, from: { recipe: 'aider' } },
  'aider through Ollama’s API': { ...AIDER, from: { heading: 'aider', block: 0 } },
}

let gateway: TestGateway
let folder: TempDir
const refused = waysToBeRefused(() => gateway)
beforeAll(async () => {
  gateway = await startGateway()
})
beforeEach(async () => {
  folder = await createTempDir()
})
afterEach(async () => {
  await refused.undo()
  await folder.remove()
})
afterAll(() => gateway.close())

/** Asks once, and waits for these words. */
async function ask(client: Client, path: string, asking: Asking, words: string): Promise<number> {
  const given = { url: gateway.url, ...asking }
  const lines = 'recipe' in client.from ? await followRecipe(client.from.recipe, given, client.spoil) : []
  if ('block' in client.from) {
    const blocks = await configurationOf(client.from.heading, given)
    lines.push(...(blocks[client.from.block] ?? '').trim().split('\n'))
  }
  const last = lines.pop()?.replace(client.program, `'${path}'`)
  const script = [...lines, `exec ${last} ${client.asking}`].join('\n')
  return whenShown(words, { script, folder: folder.path, environment: client.environment ?? {} })
}

/** Writes the files of a recipe into the home folder; resolves to its lines for the shell, the command last. */
async function followRecipe(
  id: AppId,
  { url, apiKey, model }: Asking & { url: string },
  spoil: (file: string) => string = (file) => file,
): Promise<string[]> {
  const { steps, address } = RECIPES[id]
  const given = { address: addressFor(address, url, apiKey), key: apiKey, model }
  const variables: string[] = []
  let command = ''
  for (const step of steps) {
    const code = codeOf(step, given, 'posix') ?? ''
    if (step.do === 'file') {
      const path = step.path.replace('~', folder.path)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, spoil(code))
    }
    if (step.do === 'variables') variables.push(...code.split('\n'))
    if (step.do === 'run') command = code
  }
  return [...variables, command]
}

describe.each(Object.entries(CLIENTS))('%s', (_name, client) => {
  const path = findProgram(client.program, client.variable)
  if (path === undefined) {
    it('is not tested', ({ skip }) => {
      skip(`${client.program} is not installed: ${client.package}, or set ${client.variable} to its path`)
    })
    return
  }
  if (client.oldest !== undefined && isOlderThan(path, client.oldest)) {
    it('is not tested', ({ skip }) => skip(`${path} is older than ${client.oldest}`))
    return
  }

  it('gets an answer', async () => {
    const { secret: apiKey } = await gateway.createKey()
    await expect(ask(client, path, { apiKey, model: MODEL }, 'made-up answer')).resolves.toBeTypeOf('number')
  })

  const ways = Object.entries({ ...refused.anything, ...refused.chats })
  it.each(ways.filter(([code]) => client.only?.includes(code as RefusalCode) ?? true))(
    'shows soon why it was refused: %s',
    async (code, way) => {
      const asking = await way()
      gateway.records.length = 0
      // Codex writes a comma where it ends.
      const words = REFUSALS[code as RefusalCode].sentence.split('{', 1)[0]?.replace(/\.$/, '') ?? ''
      const shownAt = await ask(client, path, asking, words)
      // From the first refusal to the last one before it shows: how long a busy machine takes is not the client's waiting.
      const times = gateway.records
        .filter(({ reason, time }) => reason === code && time <= shownAt)
        .map(({ time }) => time)
      expect(Math.max(...times) - Math.min(...times)).toBeLessThan(SOON_MS)
    },
    120_000,
  )
})
