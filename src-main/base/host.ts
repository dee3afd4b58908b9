import type { FailureState } from '#shared/console-api/state.ts'
import type { Settings } from '#shared/settings/settings.ts'
import type { UpdateState } from '#shared/settings/updates.ts'
import type { Problem } from '#shared/text/problem.ts'
import type { Log } from './log.ts'

/** The settings file. `conf` headless, `electron-store` on the desktop: same file, same shape. */
export interface SettingsFile {
  /** The path of the file, for sentences that ask a person to correct it. */
  readonly path: string
  /**
   * The file's content, which the core validates; undefined if the file does not exist. Throws if it cannot be read or
   * is not JSON, and never returns defaults instead.
   */
  read(): unknown
  /** Atomic: the file always has either the old or the new content. */
  write(settings: Settings): void | Promise<void>
}

/** The secrets that Latchkey stores: the upstream's own key, the key of its certificate authority, and the client secrets of sign-in providers. */
export const SECRET_NAMES = ['upstream-key', 'lan-authority', 'provider-secrets'] as const
export type SecretName = (typeof SECRET_NAMES)[number]

/** Stores one secret. */
export interface SecretVault {
  /** null if none is stored. Rejects if the secret exists but cannot be read. */
  read(): Promise<string | null>
  /** null removes it. Rejects with a PersonError if it cannot be stored. */
  write(secret: string | null): Promise<void>
  /** A problem with its remedy if other users of this computer can read the secret, else null. */
  weakness(): Problem | null
}

/** Controls whether the shell starts when the person logs in. */
export interface LoginItem {
  isOn(): Promise<boolean>
  /** Rejects if the system does not allow it. */
  set(on: boolean): Promise<void>
}

/** Internal errors since the start. Each is logged and counted, and ends at most one request. */
export interface Failures {
  /** `exchange` is the X-Request-Id of the request that the error ended, if any. Never throws. */
  note(error: unknown, exchange?: string): void
  state(): FailureState
  /** Calls the listener after each error. */
  onNoted(listener: () => void): void
}

/** Updates of the shell, if it can check for them. No call rejects; the state reports failures. */
export interface Updates {
  state(): UpdateState
  look(): Promise<void>
  /** Begins to download the version that was found. Resolves when the state says so. */
  load(): Promise<void>
  /** Cancels a running download. The state may say so only later. */
  cancel(): Promise<void>
  /** Installs the downloaded version and restarts, which ends this process. */
  install(): Promise<void>
  /** Calls the listener after each change of the state. */
  onChange(listener: (state: UpdateState) => void): void
}

/** What one of several processes on one port asks of the others. Only the main one has the console. */
export interface Siblings {
  readonly isMain: boolean
  /** The metrics of all processes, in Prometheus' text format. */
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>
  /** Tells the others to read the settings and the upstream's key again. `overriding`: what the command line still overrides. */
  changed(overriding: Host['overrides']): void
}

/**
 * The interface between the core and the shell around it. The entry point chooses the shell; the core does not know
 * which one it is.
 */
export interface Host {
  readonly shell: 'desktop' | 'headless'
  readonly version: string
  /** The existing data directory, mode 0700. */
  readonly dataDir: string
  /** The directory with the lock of this process. */
  readonly lockDir: string
  /** null if this is the only process of its data directory. */
  readonly siblings: Siblings | null
  /** Directory of the built console (index.html and its assets). */
  readonly rendererDir: string
  readonly settingsFile: SettingsFile
  readonly secretVault: (name: SecretName) => SecretVault
  /** null if the shell cannot start at login. */
  readonly loginItem: LoginItem | null
  /** Ends the program; null if the console must not do that. */
  readonly quit: (() => void) | null
  /** null if something else updates the program. */
  readonly updates: Updates | null
  readonly log: Log
  readonly failures: Failures
  /** The last lines of the log file; empty if Latchkey does not log to a file. */
  readonly logTail: () => string
  /** The shared database of several gateways; null for the file in the data directory. */
  readonly database: { readonly url: string; readonly passwordFile?: string | undefined } | null
  /** Environment variables, as given at start. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Values from the command line. They apply to this run only and take precedence over the settings file. */
  readonly overrides: Partial<Settings>
}
