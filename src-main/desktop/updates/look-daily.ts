import type { DesktopCore } from '../core-thread/desktop-core.ts'
import type { DesktopUpdates } from './updates.ts'

const DAY_MS = 24 * 3_600_000

export interface DailyLookOptions {
  readonly core: Pick<DesktopCore, 'subscribe' | 'settings'>
  readonly updates: Pick<DesktopUpdates, 'look'>
}

/** Looks for updates at once and then daily, while the settings allow it. */
export class DailyLook {
  readonly #options: DailyLookOptions
  #timer: NodeJS.Timeout | undefined
  #unsubscribe = () => {}

  constructor(options: DailyLookOptions) {
    this.#options = options
  }

  start(): void {
    this.#unsubscribe = this.#options.core.subscribe((event) => event.type === 'settings' && this.#follow())
    this.#follow()
  }

  stop(): void {
    this.#unsubscribe()
    clearInterval(this.#timer)
  }

  #follow(): void {
    const wanted = this.#options.core.settings().lookForUpdates
    if (wanted === (this.#timer !== undefined)) return
    clearInterval(this.#timer)
    const look = () => void this.#options.updates.look('clock')
    this.#timer = wanted ? setInterval(look, DAY_MS) : undefined
    if (wanted) look()
  }
}
