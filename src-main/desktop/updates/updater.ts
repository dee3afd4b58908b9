import type { NewerVersion } from '#shared/settings/updates.ts'

/** What does the work: electron-updater, behind a few calls. */
export interface Updater {
  /** What is newer than this one, or null. Loads no package. */
  look(): Promise<NewerVersion | null>
  /** Loads what was found and checks it. Told the percentage while it goes on. */
  load(onPercent: (percent: number) => void): Promise<void>
  /** Makes `load` reject. */
  cancel(): void
  /** Puts what was loaded in place as far as that can be while this one runs. When it rejects nothing has changed. */
  place(): Promise<void>
  /** Starts the newer one and quits. `failed` is told what kept it from that, now or later. */
  start(failed: (error: unknown) => void): void
}
