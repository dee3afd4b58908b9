import type { NewerVersion } from '#shared/settings/updates.ts'

/** The few calls of electron-updater that this app uses. */
export interface Updater {
  /** Resolves to a newer version, or null. Downloads no package. */
  look(): Promise<NewerVersion | null>
  /** Downloads and checks the version that was found. Reports progress in percent. */
  load(onPercent: (percent: number) => void): Promise<void>
  /** Makes `load` reject. */
  cancel(): void
  /** Puts the download in place as far as possible while this version runs. If it rejects, nothing has changed. */
  place(): Promise<void>
  /** Starts the newer version and quits. Calls `failed` if it cannot start, now or later. */
  start(failed: (error: unknown) => void): void
}
