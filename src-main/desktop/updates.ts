import type { Log } from '../app/log.ts'
import type { UpdatePlan } from './update-plan.ts'

/** What is known of updates: the tray shows it. */
export type UpdateState =
  | { readonly status: 'off' }
  | { readonly status: 'impossible'; readonly sentence: string }
  | { readonly status: 'looking' }
  | { readonly status: 'current' }
  /** Loaded and checked; a restart puts it in place. */
  | { readonly status: 'ready'; readonly version: string }
  | { readonly status: 'failed' }

/** What does the work: electron-updater, behind two calls. */
export interface Updater {
  /** Looks, and loads what is newer. Resolves to its version, or null when this one is the newest. */
  load(): Promise<string | null>
  /** Quits and puts in place what was loaded. */
  install(): void
}

export interface UpdatesOptions {
  readonly plan: UpdatePlan
  readonly open: (feed: string) => Promise<Updater>
  /** Tells the person that looking has failed. */
  readonly tellFailure: () => void
  readonly onChange: () => void
  readonly log: Log
}

export interface Updates {
  state(): UpdateState
  /** Looks now; does nothing while it looks, or when there is nothing to look for. */
  look(): Promise<void>
  /** Does nothing unless an update is ready. */
  install(): void
}

/** Looks for updates and says what came of it. A failure is never silent: log, tray, and once a notification. */
export function createUpdates({ plan, open, tellFailure, onChange, log }: UpdatesOptions): Updates {
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

  return {
    state: () => state,
    async look() {
      if (plan.kind !== 'look' || state.status === 'looking' || state.status === 'ready') return
      become({ status: 'looking' })
      become(await loadFrom(plan.feed).catch(failed))
    },
    install() {
      if (state.status === 'ready') updater?.install()
    },
  }
}

function firstState(plan: UpdatePlan): UpdateState {
  if (plan.kind === 'impossible') return { status: 'impossible', sentence: plan.sentence }
  // Until the first look nothing newer is known.
  return { status: plan.kind === 'off' ? 'off' : 'current' }
}
