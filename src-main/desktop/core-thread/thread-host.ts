import type { UpdateState } from '#shared/settings/updates.ts'
import type { Problem } from '#shared/text/problem.ts'
import type { Failures, Host, SecretName, SecretVault, Updates } from '../../base/host.ts'
import type { Log } from '../../base/log.ts'
import { openForReading } from '../../settings/settings-store.ts'
import type { LogFile } from '../system/log-file.ts'
import type { CoreStart, ShellCalls } from './calls.ts'
import type { Rpc } from './rpc.ts'

/** Length of the part of the log that "Copy diagnostics" includes, in bytes. */
const LOG_TAIL_BYTES = 20_000

type Shell = Rpc<ShellCalls>

export interface ThreadHostOptions {
  readonly start: CoreStart
  readonly shell: Shell
  readonly updates: ShellUpdates
  readonly log: Log
  readonly logFile: LogFile
  readonly failures: Failures
  readonly overrides: Host['overrides']
}

/** The host of the core in its thread. It forwards everything that needs Electron to the main thread. */
export function createThreadHost(options: ThreadHostOptions): Host {
  const { start, shell, updates, log, logFile, failures, overrides } = options
  const { version, dataDir, rendererDir, env, hasLoginItem } = start
  return {
    shell: 'desktop',
    version,
    dataDir,
    rendererDir,
    settingsFile: { ...openForReading(dataDir), write: (settings) => shell.call('writeSettings', settings) },
    secretVault: (name) => shellVault(shell, name),
    loginItem: hasLoginItem
      ? { isOn: () => shell.call('isLoginItemOn'), set: (on) => shell.call('setLoginItem', on) }
      : null,
    quit: () => shell.tell('quit'),
    updates,
    log,
    failures,
    logTail: () => logFile.tail(LOG_TAIL_BYTES),
    lockDir: dataDir,
    siblings: null,
    // One person's computer needs no shared database.
    database: null,
    env,
    overrides,
  }
}

function shellVault(shell: Shell, name: SecretName): SecretVault {
  // Read together with the secret: before the vault is read, there is no secret to warn about.
  let weakness: Problem | null = null
  return {
    async read() {
      weakness = await shell.call('vaultWeakness', name)
      return shell.call('readSecret', name)
    },
    write: (secret) => shell.call('writeSecret', name, secret),
    weakness: () => weakness,
  }
}

/** The updater as the core sees it. The main thread sends its state here after each change. */
export class ShellUpdates implements Updates {
  readonly #shell: Shell
  readonly #listeners: ((state: UpdateState) => void)[] = []
  #state: UpdateState

  constructor(shell: Shell, state: UpdateState) {
    this.#shell = shell
    this.#state = state
  }

  state(): UpdateState {
    return this.#state
  }

  /** Called after each change of the updater's state on the main thread. */
  changed(state: UpdateState): void {
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }

  onChange(listener: (state: UpdateState) => void): void {
    this.#listeners.push(listener)
  }

  look(): Promise<void> {
    return this.#shell.call('lookForUpdate')
  }

  load(): Promise<void> {
    return this.#shell.call('loadUpdate')
  }

  cancel(): Promise<void> {
    return this.#shell.call('cancelUpdate')
  }

  install(): Promise<void> {
    return this.#shell.call('installUpdate')
  }
}
