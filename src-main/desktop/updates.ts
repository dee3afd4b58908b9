import type { Log } from '../base/log.ts'
import type { Impossible, UpdatePlan } from './update-plan.ts'

/** What is known of updates: the tray shows it. */
export type UpdateState =
  | { readonly status: 'off' }
  | { readonly status: 'impossible'; readonly why: Impossible }
  | { readonly status: 'looking' }
  | { readonly status: 'current' }
  /** Loaded and checked; a restart puts it in place. */
  | { readonly status: 'ready'; readonly version: string }
  | { readonly status: 'failed' }

/** What does the work: electron-updater, behind two calls. */
export interface Updater {
  /** Looks, and loads what is newer. Resolves to its version, or null when this one is the newest. */
  load(): Promise<string | null>
  /** Quits, puts in place what was loaded and starts it. `failed` is told what kept it from that, now or later. */
  install(failed: (error: unknown) => void): void
}

export interface UpdatesOptions {
  readonly plan: UpdatePlan
  readonly open: (feed: string) => Promise<Updater>
  /** Tells the person that looking has failed. */
  readonly tellFailure: () => void
  /** Ends everything but the program itself: what is installed starts at once, and only one Latchkey runs at a time. */
  readonly makeWay: () => Promise<void>
  /** Tells the person, and ends the program: the gateway has ended already. */
  readonly giveUp: (error: unknown) => void
  readonly onChange: () => void
  readonly log: Log
}

export interface Updates {
  state(): UpdateState
  /** Looks now; does nothing while it looks, or when there is nothing to look for. */
  look(): Promise<void>
  /** Does nothing unless an update is ready. */
  install(): Promise<void>
}

/** Looks for updates and says what came of it. A failure is never silent: log, tray, and once a notification. */
export function createUpdates({ plan, open, tellFailure, makeWay, giveUp, onChange, log }: UpdatesOptions): Updates {
  let state: UpdateState = firstState(plan)
  let updater: Updater | undefined
  let told = false

  function become(next: UpdateState) {
    state = next
    onChange()
  }

  async function loadFrom(feed: string): Promise<UpdateState> {
    updater ??= await open(feed)
    const version = await updater.load()
    return version === null ? { status: 'current' } : { status: 'ready', version }
  }

  function failed(error: unknown): UpdateState {
    log.error({ err: error }, 'looking for updates has failed')
    // Once: a laptop without a network would tell every day.
    if (!told) tellFailure()
    told = true
    return { status: 'failed' }
  }

  function installFailed(error: unknown) {
    log.error({ err: error }, 'an update could not be put in place')
    giveUp(error)
  }

  return {
    state: () => state,
    async look() {
      if (plan.kind !== 'look' || state.status === 'looking' || state.status === 'ready') return
      become({ status: 'looking' })
      become(await loadFrom(plan.feed).catch(failed))
    },
    async install() {
      if (state.status !== 'ready' || updater === undefined) return
      await makeWay()
      try {
        updater.install(installFailed)
      } catch (error) {
        installFailed(error)
      }
    },
  }
}

function firstState(plan: UpdatePlan): UpdateState {
  if (plan.kind === 'impossible') return { status: 'impossible', why: plan.why }
  // Until the first look nothing newer is known.
  return { status: plan.kind === 'off' ? 'off' : 'current' }
}
