import { DEFAULT_SCOPES } from '#shared/keys/scopes.ts'
import type { Recipe } from '../recipe.ts'
import * as step from '../step.ts'

const TEST = { by: 'test', test: 'test/gateway/command-line-clients.test.ts' } as const

/** Programs for the terminal, above all agents that write code. */
export const TERMINAL = {
  // It has no field for a key, and takes the path of the address along (envconfig/config.go: Host).
  'ollama-cli': {
    name: 'ollama (command line)',
    aliases: ['ollama run', 'terminal', 'cli'],
    kind: 'terminal',
    address: 'key-in-path',
    scopes: DEFAULT_SCOPES,
    handover: 'code',
    steps: [
      step.variables(({ address }) => ({ OLLAMA_HOST: address })),
      step.run(({ model }) => `ollama run ${model}`),
    ],
    source: 'ollama/ollama envconfig/config.go',
    version: 'August 2026',
    verified: { by: 'source' },
  },
  // Its web search is off, because it otherwise asks for it with every request, which a key may not do unless it is
  // online. The retries are few: by default it repeats a failed request 30 times before it shows the reason.
  codex: {
    name: 'Codex',
    aliases: ['openai codex', 'agent'],
    kind: 'terminal',
    address: 'v1',
    scopes: DEFAULT_SCOPES,
    handover: 'file',
    steps: [
      step.file('~/.codex/config.toml', ({ address, model }) =>
        [
          `model = ${JSON.stringify(model)}`,
          'model_provider = "latchkey"',
          'web_search = "disabled"',
          '',
          '[model_providers.latchkey]',
          'name = "Latchkey"',
          `base_url = "${address}"`,
          'env_key = "LATCHKEY_KEY"',
          'wire_api = "responses"',
          'request_max_retries = 1',
          'stream_max_retries = 2',
          '',
        ].join('\n'),
      ),
      step.variables(({ key }) => ({ LATCHKEY_KEY: key })),
      step.run(() => 'codex'),
    ],
    source: 'openai/codex docs/config.md',
    version: '0.171',
    verified: TEST,
  },
  'claude-code': {
    name: 'Claude Code',
    aliases: ['anthropic', 'agent'],
    kind: 'terminal',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    handover: 'file',
    steps: [
      step.variables(({ address, key }) => ({ ANTHROPIC_BASE_URL: address, ANTHROPIC_AUTH_TOKEN: key })),
      step.run(({ model }) => `claude --model ${model}`),
    ],
    source: 'https://docs.claude.com/en/docs/claude-code/llm-gateway',
    version: '2.1.197',
    verified: TEST,
  },
  opencode: {
    name: 'OpenCode',
    aliases: ['open code', 'agent'],
    kind: 'terminal',
    address: 'v1',
    scopes: DEFAULT_SCOPES,
    handover: 'file',
    steps: [
      step.file('~/.config/opencode/opencode.json', ({ address, key, model }) =>
        JSON.stringify(
          {
            $schema: 'https://opencode.ai/config.json',
            model: `latchkey/${model}`,
            provider: {
              latchkey: {
                npm: '@ai-sdk/openai-compatible',
                name: 'Latchkey',
                options: { baseURL: address, apiKey: key },
                models: { [model]: { name: model } },
              },
            },
          },
          null,
          2,
        ),
      ),
      step.run(() => 'opencode'),
    ],
    source: 'anomalyco/opencode packages/web/src/content/docs/providers.mdx',
    version: '1.18.33',
    verified: TEST,
  },
  aider: {
    name: 'aider',
    aliases: ['agent', 'pair programming'],
    kind: 'terminal',
    address: 'v1',
    scopes: DEFAULT_SCOPES,
    handover: 'file',
    steps: [
      step.variables(({ address, key }) => ({ OPENAI_API_BASE: address, OPENAI_API_KEY: key })),
      step.run(({ model }) => `aider --model openai/${model}`),
    ],
    source: 'Aider-AI/aider aider/website/docs/llms/openai-compat.md',
    version: '0.86',
    verified: TEST,
  },
  llm: {
    name: 'llm',
    aliases: ['simon willison', 'datasette', 'llm-ollama'],
    kind: 'terminal',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    handover: 'file',
    steps: [
      step.run(() => 'llm install llm-ollama'),
      step.variables(({ address, key }) => ({
        OLLAMA_HOST: address,
        OLLAMA_HEADERS: `Authorization=Bearer ${key}`,
      })),
      step.run(({ model }) => `llm -m ollama/${model} 'Why is the sky blue?'`),
    ],
    source: 'taketwo/llm-ollama llm_ollama/__init__.py',
    version: '0.19.1',
    verified: TEST,
  },
  goose: {
    name: 'goose',
    aliases: ['block', 'agent'],
    kind: 'terminal',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    handover: 'file',
    steps: [
      step.variables(({ address, key, model }) => ({
        GOOSE_PROVIDER: 'openai',
        GOOSE_MODEL: model,
        OPENAI_HOST: address,
        OPENAI_API_KEY: key,
      })),
      step.run(() => 'goose session'),
    ],
    source: 'block/goose crates/goose/src/providers/openai.rs',
    version: 'November 2026',
    verified: { by: 'documentation' },
  },
} as const satisfies Record<string, Recipe>
