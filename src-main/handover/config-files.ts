import type { HandoverAppId } from '#shared/handover/apps.ts'
import { type Environment, folderFrom, gooseFolder, joinOn, llmFolder, xdgConfig, zedFolder } from './app-folders.ts'
import type { Edit, Json, Own } from './edits.ts'

export type FormatName = 'jsonc' | 'toml' | 'yaml'

/** The values that go into an app's files. */
export interface Content {
  /** The gateway's address, `http://localhost:11500`. */
  readonly address: string
  /** The key; in a preview, the mask for it. */
  readonly secret: string
  /** At least one. */
  readonly models: readonly [string, ...string[]]
}

export interface ConfigFile {
  /** Relative to the app's folder. The first existing file is edited; if none exists, the first one is created. */
  readonly names: readonly [string, ...string[]]
  readonly format: FormatName
  /** A file that the app would stop reading if a new file with the first name existed. */
  readonly hides?: string
  edits(content: Content): readonly Edit[]
}

interface ConfigRow {
  /** The app's own folder for its configuration. */
  folder(environment: Environment): string
  /** A variable that moves the folder. Latchkey never creates a folder that the variable names. */
  readonly variable?: string
  /** The app's program on PATH. It reveals an installed app that has no folder yet. */
  readonly program: string
  readonly files: readonly ConfigFile[]
}

const set = (path: readonly string[], value: Json): Edit => ({ kind: 'set', path, value })
const ensure = (path: readonly string[], value: Json): Edit => ({ kind: 'ensure', path, value })
const entries = (path: readonly string[], own: Own, values: readonly Json[]): Edit => ({
  kind: 'entries',
  path,
  own,
  values,
})

/** Continue's roles for a chat model. */
const ROLES = ['chat', 'edit', 'apply']

/**
 * Each app's configuration files, and the values that connect it. The sources were read. Each app marked "tried" was
 * connected by its row and answered (test/gateway/connected-apps.test.ts).
 */
export const CONFIG_FILES: { readonly [A in HandoverAppId]: ConfigRow } = {
  // opencode 1.18.33, tried: its bundle (the first of these files is the one that it edits itself; it adds $schema),
  // packages/core/src/global.ts (XDG folders on every system).
  opencode: {
    folder: (environment) => joinOn(environment)(xdgConfig(environment), 'opencode'),
    program: 'opencode',
    files: [
      {
        names: ['opencode.jsonc', 'opencode.json', 'config.json'],
        format: 'jsonc',
        edits: ({ address, secret, models }) => [
          ensure(['$schema'], 'https://opencode.ai/config.json'),
          set(['model'], `latchkey/${models[0]}`),
          set(['provider', 'latchkey'], {
            npm: '@ai-sdk/openai-compatible',
            name: 'Latchkey',
            options: { baseURL: `${address}/v1`, apiKey: secret },
            models: Object.fromEntries(models.map((name) => [name, { name }])),
          }),
        ],
      },
    ],
  },
  // Continue CLI 1.5.47, tried: its bundle (CONTINUE_GLOBAL_DIR, only config.yaml), docs/reference.mdx (fields). The editor
  // extensions read a config.json too, as long as there is no config.yaml.
  continue: {
    folder: (environment) =>
      folderFrom(environment, 'CONTINUE_GLOBAL_DIR') ?? joinOn(environment)(environment.home, '.continue'),
    variable: 'CONTINUE_GLOBAL_DIR',
    program: 'cn',
    files: [
      {
        names: ['config.yaml'],
        format: 'yaml',
        hides: 'config.json',
        edits: ({ address, secret, models }) => [
          ensure(['name'], 'Local Config'),
          ensure(['version'], '1.0.0'),
          ensure(['schema'], 'v1'),
          entries(
            ['models'],
            { field: 'name', prefix: 'Latchkey ' },
            models.map((model) => ({
              name: `Latchkey ${model}`,
              provider: 'ollama',
              model,
              apiBase: address,
              apiKey: secret,
              roles: ROLES,
            })),
          ),
        ],
      },
    ],
  },
  // Codex 0.171.0, tried: codex-rs/model-provider-info/src/lib.rs (`env_key` would need a shell profile;
  // `experimental_bearer_token` is its field for a key in the file), codex-rs/utils/home-dir/src/lib.rs (CODEX_HOME must
  // exist). Web search is off because Codex asks for it with every request, and Latchkey refuses it.
  codex: {
    folder: (environment) => folderFrom(environment, 'CODEX_HOME') ?? joinOn(environment)(environment.home, '.codex'),
    variable: 'CODEX_HOME',
    program: 'codex',
    files: [
      {
        names: ['config.toml'],
        format: 'toml',
        edits: ({ address, secret, models }) => [
          set(['model'], models[0]),
          set(['model_provider'], 'latchkey'),
          set(['web_search'], 'disabled'),
          set(['model_providers', 'latchkey'], {
            name: 'Latchkey',
            base_url: `${address}/v1`,
            experimental_bearer_token: secret,
            wire_api: 'responses',
            // Otherwise Codex repeats a failed request for 24 seconds before it shows the reason (docs/clients.md).
            request_max_retries: 1,
            stream_max_retries: 2,
          }),
        ],
      },
    ],
  },
  // Claude Code 2.1.197, tried: https://code.claude.com/docs/en/settings (`env`, CLAUDE_CONFIG_DIR). The second model is
  // the one that it uses in the background. With ANTHROPIC_API_KEY it would send two keys.
  'claude-code': {
    folder: (environment) =>
      folderFrom(environment, 'CLAUDE_CONFIG_DIR') ?? joinOn(environment)(environment.home, '.claude'),
    variable: 'CLAUDE_CONFIG_DIR',
    program: 'claude',
    files: [
      {
        names: ['settings.json'],
        format: 'jsonc',
        edits: ({ address, secret, models }) => [
          set(['env', 'ANTHROPIC_BASE_URL'], address),
          set(['env', 'ANTHROPIC_AUTH_TOKEN'], secret),
          set(['env', 'ANTHROPIC_MODEL'], models[0]),
          set(['env', 'ANTHROPIC_DEFAULT_HAIKU_MODEL'], models[0]),
          { kind: 'remove', path: ['env', 'ANTHROPIC_API_KEY'] },
        ],
      },
    ],
  },
  // Zed, main of 2026, not tried: crates/paths/src/paths.rs, crates/ollama/src/ollama.rs (the paths of the routes go
  // behind `api_url`), https://zed.dev/docs/ai/use-a-local-model. It keeps keys in the system's keychain and never in
  // the file, so that the key goes into the address. It asks for the list of models itself.
  zed: {
    folder: zedFolder,
    program: 'zed',
    files: [
      {
        names: ['settings.json'],
        format: 'jsonc',
        edits: ({ address, secret, models }) => [
          set(['language_models', 'ollama', 'api_url'], `${address}/k/${secret}`),
          set(['agent', 'default_model'], { provider: 'ollama', model: models[0] }),
        ],
      },
    ],
  },
  // aider 0.86.2, tried: aider/args.py (`set-env`, `api-key`), aider/main.py (which files it reads: the one in the home
  // folder is below those of a project).
  aider: {
    folder: ({ home }) => home,
    program: 'aider',
    files: [
      {
        names: ['.aider.conf.yml'],
        format: 'yaml',
        edits: ({ address, secret, models }) => [
          set(['model'], `ollama_chat/${models[0]}`),
          entries(['set-env'], { field: null, prefix: 'OLLAMA_API_BASE=' }, [`OLLAMA_API_BASE=${address}`]),
          entries(['api-key'], { field: null, prefix: 'ollama=' }, [`ollama=${secret}`]),
        ],
      },
    ],
  },
  // llm 0.36, tried: llm/default_plugins/openai_models.py (extra-openai-models.yaml), llm/__init__.py (LLM_USER_PATH,
  // keys.json), click 8.1 get_app_dir.
  llm: {
    folder: llmFolder,
    variable: 'LLM_USER_PATH',
    program: 'llm',
    files: [
      {
        names: ['extra-openai-models.yaml'],
        format: 'yaml',
        edits: ({ address, models }) => [
          entries(
            [],
            { field: 'model_id', prefix: 'latchkey/' },
            models.map((name) => ({
              model_id: `latchkey/${name}`,
              model_name: name,
              api_base: `${address}/v1`,
              api_key_name: 'latchkey',
            })),
          ),
        ],
      },
      { names: ['keys.json'], format: 'jsonc', edits: ({ secret }) => [set(['latchkey'], secret)] },
    ],
  },
  // goose, main of November 2026, not tried: crates/goose/src/config/paths.rs, .../config/providers.rs (active_provider),
  // crates/goose-providers/src/declarative.rs (a provider's file). Its keys are in the keyring, so that the key goes into
  // the provider's headers.
  goose: {
    folder: gooseFolder,
    program: 'goose',
    files: [
      {
        names: ['config.yaml'],
        format: 'yaml',
        edits: ({ models }) => [
          set(['active_provider'], 'custom_latchkey'),
          set(['providers', 'custom_latchkey'], { enabled: true, model: models[0], configured: true }),
        ],
      },
      {
        names: ['custom_providers/custom_latchkey.json'],
        format: 'jsonc',
        edits: ({ address, secret, models }) => [
          set([], {
            name: 'custom_latchkey',
            engine: 'openai',
            display_name: 'Latchkey',
            description: 'Models of this computer, through Latchkey',
            base_url: `${address}/v1`,
            models: models.map((name) => ({ name, context_limit: 32_768 })),
            headers: { Authorization: `Bearer ${secret}` },
            requires_auth: false,
            supports_streaming: true,
          }),
        ],
      },
    ],
  },
}
