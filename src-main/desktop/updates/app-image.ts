import { spawn } from 'node:child_process'
import { AppImageUpdater } from 'electron-updater'
import { replaceAppImage } from './replace-app-image.ts'

/**
 * electron-updater for Linux. Its own installer deletes the running AppImage first and then moves the new one there,
 * perhaps across file systems: if the disk fills up in between, no complete Latchkey is left. This class puts a checked
 * copy in place in one step while the old one still runs.
 */
export class SafeAppImageUpdater extends AppImageUpdater {
  #placed: string | undefined
  #failed: (error: unknown) => void = () => {}

  /**
   * The library looks for updates only in an AppImage. Every package may look; load and install are not called for the
   * others.
   */
  override isUpdaterActive(): boolean {
    return this.app.isPackaged
  }

  async place(): Promise<void> {
    const loaded = this.installerPath
    const sha512 = this.downloadedUpdateHelper?.downloadedFileInfo?.sha512
    const running = process.env['APPIMAGE']
    if (loaded === null || sha512 === undefined || running === undefined) throw new Error('no AppImage was loaded')
    this.#placed = await replaceAppImage({ running, loaded, sha512 })
  }

  /** Starts the placed version, and quits. */
  start(failed: (error: unknown) => void): void {
    this.#failed = failed
    this.quitAndInstall()
  }

  protected override doInstall(): boolean {
    if (this.#placed === undefined) throw new Error('nothing was put in place')
    const child = spawn(this.#placed, [], { detached: true, stdio: 'ignore' })
    child.once('error', this.#failed)
    child.unref()
    return true
  }
}
