import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HandoverAppId } from '#shared/handover/apps.ts'
import { findProgram, isOlderThan, whenShown } from '../support/command-client.ts'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

/*
 * Real programs, connected by nothing but `latchkey connect`: the first question is answered. Like those of
 * command-line-clients.test.ts they are too heavy to be dependencies, so that only those which are installed are run.
 */

const PROMPT = 'Why is the sky blue?'
const MODEL = 'sample-small:latest'

interface ConnectedApp {
  readonly program: string
  readonly variable: string
  readonly package: string
  readonly oldest?: string
  /** The arguments with which it asks once instead of waiting for a person. */
  readonly asking: string
  readonly environment?: Record<string, string>
}

const APPS: Partial<Record<HandoverAppId, ConnectedApp>> = {
  opencode: {
    program: 'opencode',
    variable: 'LATCHKEY_OPENCODE',
    package: 'npm install -g opencode-ai',
    asking: `run '${PROMPT}'`,
  },
  continue: {
    program: 'cn',
    variable: 'LATCHKEY_CONTINUE',
    package: 'npm install -g @continuedev/cli',
    asking: `-p '${PROMPT}'`,
  },
  codex: {
    program: 'codex',
    variable: 'LATCHKEY_CODEX',
    package: 'npm install -g @openai/codex',
    oldest: '0.171',
    asking: `exec --skip-git-repo-check '${PROMPT}'`,
  },
  'claude-code': {
    program: 'claude',
    variable: 'LATCHKEY_CLAUDE',
    package: 'npm install -g @anthropic-ai/claude-code',
    asking: `-p '${PROMPT}'`,
    // It asks its maker for news otherwise.
    environment: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
  },
  aider: {
    program: 'aider',
    variable: 'LATCHKEY_AIDER',
    package: 'pip install aider-chat',
    asking: `--no-git --yes-always --no-pretty --no-check-update --analytics-disable --no-show-model-warnings --no-show-release-notes --message '${PROMPT}'`,
  },
  llm: {
    program: 'llm',
    variable: 'LATCHKEY_LLM',
    package: 'pip install llm',
    asking: `-m latchkey/${MODEL} '${PROMPT}'`,
  },
}

let serve: Serve
let home: TempDir
beforeAll(async () => {
  home = await createTempDir()
  await mkdir(join(home.path, 'work'))
  serve = await startServe({ env: { HOME: home.path } })
})
afterAll(async () => {
  await serve?.stop()
  await home?.remove()
})

describe.each(Object.entries(APPS))('%s', (app, client) => {
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

  it('answers once it is connected, by the key that was made for it', async () => {
    const connected = await serve.run('connect', app, '--json')
    expect(connected).toMatchObject({ code: 0, stderr: '' })
    const { key } = JSON.parse(connected.stdout) as { key: { id: string } }
    const script = `exec '${path}' ${client.asking}`
    await whenShown('made-up answer', {
      script,
      folder: join(home.path, 'work'),
      environment: { HOME: home.path, ...client.environment },
    })
    // The recorder writes twice a second.
    await until(async () => {
      const exchanges = await serve.call('GET /api/exchanges', {})
      return exchanges.some(({ keyId, status }) => keyId === key.id && status === 200)
    }, 'an exchange with that key')
  })
})

describe.each(['zed', 'goose'])('%s', (app) => {
  it('is not tested', ({ skip }) => skip(`${app} cannot be installed from npm or PyPI`))
})
