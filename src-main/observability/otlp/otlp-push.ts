import type { Exchange } from '#shared/gateway/exchange.ts'
import type { Log } from '../../base/log.ts'
import type { GenAiFigures } from './gen-ai-figures.ts'
import type { OtlpTarget } from './otlp-target.ts'

export interface OtlpPushOptions {
  /** null: nothing is pushed, and the library is never loaded. */
  readonly target: OtlpTarget | null
  readonly version: string
  readonly log: Log
}

/** Pushes figures about the use of models to an OpenTelemetry receiver, if the person who starts Latchkey names one. */
export class OtlpPush {
  readonly #options: OtlpPushOptions
  /** Exchanges that ended before the library was loaded. */
  readonly #waiting: Exchange[] = []
  #figures: GenAiFigures | undefined
  #loading: Promise<void> | undefined
  #isStopped = false

  constructor(options: OtlpPushOptions) {
    this.#options = options
  }

  /** Loads the library. It may take longer than the start; exchanges wait for it. */
  start(): void {
    const { target, log } = this.#options
    if (target === null) return
    this.#loading = this.#load(target).catch((err: unknown) => {
      this.#isStopped = true
      this.#waiting.length = 0
      log.warn({ err }, 'could not load the library that pushes figures')
    })
  }

  note(exchange: Exchange): void {
    if (this.#options.target === null || this.#isStopped) return
    if (this.#figures === undefined) this.#waiting.push(exchange)
    else this.#figures.note(exchange)
  }

  /** Pushes the last figures, but waits only shortly for the receiver. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#loading
    await this.#figures?.stop()
  }

  async #load(target: OtlpTarget): Promise<void> {
    const { version, log } = this.#options
    const { GenAiFigures } = await import('./gen-ai-figures.ts')
    this.#figures = new GenAiFigures({ target, version, log })
    for (const exchange of this.#waiting.splice(0)) this.#figures.note(exchange)
  }
}
