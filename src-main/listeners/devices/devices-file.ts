import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Delayer } from '../../base/delayer.ts'
import type { Log } from '../../base/log.ts'
import { replaceFile } from '../../base/replace-file.ts'
import { Sequencer } from '../../base/sequencer.ts'
import { MOST_DEVICES, type StoredDevice, storedDeviceSchema } from './devices.ts'

const WRITE_AFTER_MS = 10_000
const fileSchema = z.object({ devices: z.array(storedDeviceSchema).max(MOST_DEVICES) })

export interface DevicesFileOptions {
  readonly path: string
  readonly log: Pick<Log, 'warn'>
  readonly devices: () => readonly StoredDevice[]
}

/** A private file with the devices, written some seconds after a change. It holds only hints, so a loss is no harm. */
export class DevicesFile {
  readonly #options: DevicesFileOptions
  readonly #sequencer = new Sequencer()
  readonly #delayer = new Delayer({ delayMs: WRITE_AFTER_MS, run: () => void this.flush() })
  #isChanged = false

  constructor(options: DevicesFileOptions) {
    this.#options = options
  }

  changed(): void {
    this.#isChanged = true
    this.#delayer.trigger()
  }

  /** Writes what is not written yet. Does not reject. */
  flush(): Promise<void> {
    this.#delayer.cancel()
    return this.#sequencer.queue(() => this.#write())
  }

  async #write(): Promise<void> {
    if (!this.#isChanged) return
    this.#isChanged = false
    const { path, devices, log } = this.#options
    const bytes = Buffer.from(`${JSON.stringify({ devices: devices() })}\n`)
    try {
      await replaceFile(path, bytes, { mode: 0o600, owner: null, lastCheck: async () => undefined })
    } catch (err) {
      log.warn({ err }, 'could not write the list of other devices')
    }
  }
}

/** Empty if there is no file, or it is damaged. */
export function readDevices(path: string): StoredDevice[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).devices
  } catch {
    return []
  }
}
