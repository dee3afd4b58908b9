import { z } from 'zod'

interface HandoverApp {
  /** The app's name, which is not translated. The key gets the same name. */
  readonly name: string
  /** Number of models that the app's file names. */
  readonly models: 'one' | 'all'
  /** True if the app takes the key only as part of the address. */
  readonly keyInAddress?: true
  /** A command that asks a first question, for apps without a window. `MODEL` stands for the first model. */
  readonly firstQuestion?: string
}

/**
 * The apps that Latchkey connects by writing their configuration file. `CONFIG_FILES` has the files and their content.
 */
export const HANDOVER_APPS = {
  opencode: { name: 'OpenCode', models: 'all', firstQuestion: 'opencode' },
  continue: { name: 'Continue', models: 'all' },
  codex: { name: 'Codex', models: 'one', firstQuestion: 'codex' },
  'claude-code': { name: 'Claude Code', models: 'one', firstQuestion: 'claude' },
  zed: { name: 'Zed', models: 'one', keyInAddress: true },
  aider: { name: 'aider', models: 'one', firstQuestion: 'aider' },
  llm: { name: 'LLM', models: 'all', firstQuestion: 'llm -m latchkey/MODEL "Hello"' },
  goose: { name: 'goose', models: 'one', firstQuestion: 'goose session' },
} as const satisfies Record<string, HandoverApp>

export type HandoverAppId = keyof typeof HANDOVER_APPS
export const HANDOVER_APP_IDS = Object.keys(HANDOVER_APPS) as HandoverAppId[]
export const handoverAppSchema = z.enum(HANDOVER_APP_IDS)

/** The row of an app, with the type that is common to all rows. */
export function handoverApp(id: HandoverAppId): HandoverApp {
  return HANDOVER_APPS[id]
}

/** True if Latchkey can write a file for the app. The name comes from a table of other apps. */
export function isHandoverApp(id: string): id is HandoverAppId {
  return Object.hasOwn(HANDOVER_APPS, id)
}
