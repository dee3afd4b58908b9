import type { FailureState } from '#shared/console-api/state.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { UpdateState } from '#shared/settings/updates.ts'
import type { Problem } from '#shared/text/problem.ts'
import type { Log } from './log.ts'

/** Where settings are kept. `conf` headless, `electron-store` on the desktop: same file, same shape. */
export interface SettingsFile {
  /** Where it is, for sentences that tell a person which file to mend. */
  readonly path: string
  /**
   * The file's content as it is, undefined when there is no file; what it holds is judged by the core. Throws when it
   * cannot be read or is not JSON: never defaults in its place.
   */
  read(): unknown
  /** Atomic: the file holds the old or the new, never half. */
  write(settings: Settings): void | Promise<void>
}

/** Keeps one secret: the upstream's own key. */
export interface SecretVault {
  /** null when there is none. Rejects when it is there and cannot be read. */
  read(): Promise<string | null>
  /** null removes it. Rejects with a PersonError when it cannot be kept. */
  write(secret: string | null): Promise<void>
  /** What to do when what is kept is open to others who use this computer, else null. */
  weakness(): Problem | null
}

/** Starts the shell when the person logs in, or does not. */
export interface LoginItem {
  isOn(): boolean
  /** Throws when the system does not allow it. */
  set(on: boolean): void
}

/** Errors of Latchkey's own, since the start. Each is logged and counted, and ends one request at most. */
export interface Failures {
  /** `exchange` is the X-Request-Id of the request that it ended, if it ended one. Never throws. */
  note(error: unknown, exchange?: string): void
  state(): FailureState
  /** Calls back after each. */
  onNoted(listener: () => void): void
}

/** Newer versions of the shell, where it can look for them. No call rejects: the state says what went wrong. */
export interface Updates {
  state(): UpdateState
  look(): Promise<void>
  /** Loads what was found. */
  load(): Promise<void>
  /** Ends a load that is under way. */
  cancel(): void
  /** Puts in place what was loaded and starts it, which ends this program. */
  install(): Promise<void>
  /** Calls at each change of the state. */
  onChange(listener: (state: UpdateState) => void): void
}

/** The seam between the core and the shell around it. The entry chooses one; the core never asks which. */
export interface Host {
  readonly shell: 'desktop' | 'headless'
  readonly version: string
  /** Existing directory, mode 0700, where everything is kept. */
  readonly dataDir: string
  /** Directory of the built console (index.html and its assets). */
  readonly rendererDir: string
  readonly settingsFile: SettingsFile
  readonly secretVault: SecretVault
  /** null where the shell cannot arrange it. */
  readonly loginItem: LoginItem | null
  /** Ends the program; null where that is not the console's affair. */
  readonly quit: (() => void) | null
  /** null where something else updates the program. */
  readonly updates: Updates | null
  readonly log: Log
  readonly failures: Failures
  /** The last lines of the log's file; empty where the log is not in a file of ours. */
  readonly logTail: () => string
  /** Environment variables, as given at start. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Set from the command line, for this run only: win over the settings file. */
  readonly overrides: Partial<Pick<Settings, 'upstream' | 'gatewayPort' | 'lan'>>
}
