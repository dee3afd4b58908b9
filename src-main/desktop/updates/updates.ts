import type { NewerVersion, ReplacedBy, UpdateState } from '#shared/settings/updates.ts'
import type { Log } from '../../base/log.ts'
import { updateFailureOf } from './failure.ts'
import type { UpdateNews } from './news.ts'
import type { UpdatePlan } from './plan.ts'
import type { Updater } from './updater.ts'

/**
 * Who asked for the look. This decides which notifications the person gets: only the window shows the outcome itself.
 */
export type AskedBy = 'window' | 'tray' | 'clock'

export interface DesktopUpdatesOptions {
  readonly plan: UpdatePlan
  readonly open: (feed: string) => Promise<Updater>
  readonly tell: (news: UpdateNews) => void
  /**
   * Ends everything except the program itself: the installed version starts at once, and only one Latchkey runs at a
   * time.
   */
  readonly makeWay: () => Promise<void>
  /** Shows the error to the person, then ends the program: the gateway has already ended. */
  readonly giveUp: (error: unknown) => void
  readonly log: Log
}

/**
 * Looks for a newer version, downloads it when the person agrees, and installs it when the person agrees again. After a
 * failure the app keeps running, and the person can try again.
 */
export class DesktopUpdates {
  readonly #options: DesktopUpdatesOptions
  readonly #replacedBy: ReplacedBy
  readonly #listeners: ((state: UpdateState) => void)[] = []
  #state: UpdateState
  #updater: Updater | undefined
  #cancelled = false
  #installs = false
  /**
   * The last failure that a daily look reported. Without it, a laptop without a network would report the same failure
   * every day.
   */
  #toldByClock = ''

  constructor(options: DesktopUpdatesOptions) {
    this.#options = options
    this.#replacedBy = options.plan.kind === 'look' ? options.plan.replacedBy : 'itself'
    this.#state = options.plan.kind === 'look' ? { status: 'unknown', failure: null } : { status: 'off' }
  }

  state(): UpdateState {
    return this.#state
  }

  onChange(listener: (state: UpdateState) => void): void {
    this.#listeners.push(listener)
  }

  async look(askedBy: AskedBy = 'window'): Promise<void> {
    const before = this.#state
    const { plan } = this.#options
    if (plan.kind === 'off' || !['unknown', 'current', 'available'].includes(before.status)) return
    this.#become({ status: 'looking' })
    try {
      this.#updater ??= await this.#options.open(plan.feed)
      this.#found(await this.#updater.look(), askedBy)
    } catch (error) {
      const failure = this.#failed(error, 'looking for updates failed')
      // The version found earlier can still be downloaded.
      this.#become(before.status === 'available' ? before : { status: 'unknown', failure })
      this.#tellOfLook({ kind: 'look_failed', failure }, askedBy)
    }
  }

  async load(): Promise<void> {
    const state = this.#state
    const updater = this.#updater
    if (state.status !== 'available' || state.replacedBy !== 'itself' || updater === undefined) return
    let { newer } = state
    this.#cancelled = false
    this.#become({ status: 'loading', newer, percent: null })
    try {
      // The feed may have been corrected since it was wrong.
      const found = state.failure === null ? newer : await updater.look()
      if (found === null) return this.#found(null, 'tray')
      newer = found
      await updater.load((percent) => this.#become({ status: 'loading', newer, percent: Math.floor(percent) }))
      this.#become({ status: 'ready', newer, failed: false })
      this.#options.tell({ kind: 'ready', newer })
    } catch (error) {
      if (this.#cancelled) return this.#become(this.#available(newer))
      this.#loadFailed(newer, error)
    }
  }

  cancel(): void {
    if (this.#state.status !== 'loading') return
    this.#cancelled = true
    this.#updater?.cancel()
  }

  async install(): Promise<void> {
    const updater = this.#updater
    if (this.#state.status !== 'ready' || updater === undefined || this.#installs) return
    this.#installs = true
    try {
      await updater.place()
    } catch (error) {
      this.#installs = false
      return this.#placeFailed(this.#state.newer, error)
    }
    await this.#options.makeWay()
    this.#start(updater)
  }

  #start(updater: Updater): void {
    const failed = (error: unknown) => {
      this.#options.log.error({ err: error }, 'the newer version could not be started')
      this.#options.giveUp(error)
    }
    try {
      updater.start(failed)
    } catch (error) {
      failed(error)
    }
  }

  #found(newer: NewerVersion | null, askedBy: AskedBy): void {
    this.#become(newer === null ? { status: 'current' } : this.#available(newer))
    this.#tellOfLook(newer === null ? { kind: 'current' } : { kind: 'found', newer }, askedBy)
  }

  #available(newer: NewerVersion): UpdateState {
    return { status: 'available', newer, replacedBy: this.#replacedBy, failure: null }
  }

  #loadFailed(newer: NewerVersion, error: unknown): void {
    const failure = this.#failed(error, 'downloading an update failed')
    this.#become({ status: 'available', newer, replacedBy: this.#replacedBy, failure })
    this.#options.tell({ kind: 'load_failed', failure })
  }

  #placeFailed(newer: NewerVersion, error: unknown): void {
    // The file differs from the downloaded one, so it must be downloaded again.
    if (updateFailureOf(error) === 'damaged') return this.#loadFailed(newer, error)
    this.#failed(error, 'an update could not be installed')
    this.#become({ status: 'ready', newer, failed: true })
    this.#options.tell({ kind: 'place_failed' })
  }

  #failed(error: unknown, message: string) {
    const failure = updateFailureOf(error)
    this.#options.log.error({ err: error, failure }, message)
    return failure
  }

  #tellOfLook(news: UpdateNews, askedBy: AskedBy): void {
    if (askedBy === 'tray') return this.#options.tell(news)
    if (askedBy === 'window') return
    const told = news.kind === 'found' ? news.newer.version : news.kind
    if (told !== this.#toldByClock && news.kind !== 'current') this.#options.tell(news)
    this.#toldByClock = told
  }

  #become(state: UpdateState): void {
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}
