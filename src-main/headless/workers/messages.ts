import type { Host } from '../../base/host.ts'
import type { ServeOptions } from '../serving.ts'

/** A person sees these numbers; the first worker is 1, and the only one with the console. */
export const MAIN_WORKER = 1

/** What a process asks another. Each is answered once. */
export type Question = 'alive' | 'metrics'

interface Ask {
  readonly kind: 'ask'
  readonly id: number
  readonly question: Question
}

/** `failure`: why there is no value. */
interface Answer {
  readonly kind: 'answer'
  readonly id: number
  readonly value?: unknown
  readonly failure?: string
}

/** The parent asks a worker to begin, and later to end. */
export type ToWorker =
  | Ask
  | Answer
  | { readonly kind: 'serve'; readonly order: Order }
  | { readonly kind: 'reread'; readonly overriding: Host['overrides'] }
  | { readonly kind: 'stop' }

export interface Order {
  readonly number: number
  readonly options: ServeOptions
  /** Additional environment variables. */
  readonly env: Readonly<Record<string, string>>
  readonly prints: { readonly json: boolean; readonly demo: boolean }
}

export type ToParent =
  | Ask
  | Answer
  | { readonly kind: 'ready'; readonly ready: Ready }
  /** It could not start. `code` is that of a PersonError, or null. */
  | { readonly kind: 'failed'; readonly code: string | null; readonly sentence: string }
  /** The person has changed the settings or the upstream's key. */
  | { readonly kind: 'changed'; readonly overriding: Host['overrides'] }

/** Of the main worker: what `serve` prints when all are ready, and a link to the console. */
export interface Ready {
  readonly out: readonly string[]
  readonly warnings: readonly string[]
  readonly consoleLink: string | null
}
