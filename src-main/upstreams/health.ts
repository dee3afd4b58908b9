import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { isOfUse, type UpstreamState } from '#shared/console-api/state.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { isUpstreamFault, sentenceOf, type UpstreamFault } from '#shared/gateway/refusals.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { judgeVersion, type ProbeAnswer, VERSION_PATH } from '#shared/upstreams/version-answer.ts'

const LOOK_EVERY_MS = 10_000

const tagsSchema = z.object({ models: z.array(z.object({ name: z.string() })).nullable() })

export interface UpstreamWatchOptions {
  /** GETs a path of the upstream; undefined without an answer. */
  readonly probe: (path: string) => Promise<ProbeAnswer>
  /** The upstream's current address. */
  readonly url: () => string
  /** True if somebody would see a change. Otherwise the gateway does not check every ten seconds. */
  readonly isObserved: () => boolean
  readonly now: () => number
  /** Called after each check with a new result. */
  readonly onChange: () => void
}

/** Watches the upstream's state and models. */
export class UpstreamWatch {
  readonly #options: UpstreamWatchOptions
  #state: UpstreamState
  /** The running check. */
  #looking: { readonly url: string; readonly found: Promise<UpstreamState> } | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: UpstreamWatchOptions) {
    this.#options = options
    this.#state = unknownState(options.url())
  }

  /** The result of the last check. */
  state(): UpstreamState {
    const url = this.#options.url()
    return this.#state.url === url ? this.#state : unknownState(url)
  }

  /** One check at a time per address, because a check of the old address says nothing about the new one. */
  look(): Promise<UpstreamState> {
    const url = this.#options.url()
    if (this.#looking?.url === url) return this.#looking.found
    const mine = { url, found: this.#lookAt(url).then((found) => this.#keep(found)) }
    this.#looking = mine
    return mine.found
  }

  /** Checks after a running check, whose result may be out of date: the upstream or its settings changed. */
  async lookAnew(): Promise<UpstreamState> {
    await this.look()
    return this.look()
  }

  /** Checks unless the last result is recent: somebody began to watch, or the address changed. */
  wake(): void {
    if (this.#timer !== undefined && this.#isOld(this.state())) void this.look()
  }

  /** Checks if an exchange contradicts the last result. */
  note(exchange: Exchange): void {
    const isNews = isUpstreamFault(exchange.reason)
      ? isOfUse(this.#state)
      : exchange.outcome === 'ok' && this.#mayHaveRecovered()
    if (isNews) void this.look()
  }

  start(): void {
    void this.look()
    this.#timer = setInterval(() => this.#options.isObserved() && void this.look(), LOOK_EVERY_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #lookAt(url: string): Promise<UpstreamState> {
    const { probe, now } = this.#options
    const seen = judgeVersion(await probe(VERSION_PATH))
    const tags = 'fault' in seen ? undefined : await probe('/api/tags')
    // A proxy may let everybody see only the version.
    const found = tags !== undefined && 'fault' in tags ? tags : seen
    return { ...describe(url, found, tags), checkedAt: now() }
  }

  #keep(found: UpstreamState): UpstreamState {
    if (this.#looking?.url === found.url) this.#looking = undefined
    if (this.#options.url() !== found.url) return this.#state
    const changed = !isDeepStrictEqual({ ...this.#state, checkedAt: 0 }, { ...found, checkedAt: 0 })
    this.#state = found
    if (changed) this.#options.onChange()
    return this.#state
  }

  /**
   * An answer to an app is news only if the upstream was unreachable. A server that is not Ollama answers apps all the
   * time.
   */
  #mayHaveRecovered(): boolean {
    return !isOfUse(this.#state) && (!this.#state.reachable || this.#isOld(this.#state))
  }

  #isOld({ checkedAt }: UpstreamState): boolean {
    return this.#options.now() - checkedAt >= LOOK_EVERY_MS
  }
}

function unknownState(url: string): UpstreamState {
  return { url, reachable: false, version: null, models: [], sample: false, checkedAt: 0, problem: null }
}

function describe(url: string, seen: ReturnType<typeof judgeVersion>, tags: ProbeAnswer): UpstreamState {
  if ('fault' in seen)
    return { ...unknownState(url), reachable: ANSWERS.has(seen.fault), problem: problemOf(seen.fault, url) }
  const { version } = seen
  return {
    ...unknownState(url),
    reachable: true,
    version,
    models: modelsIn(tags),
    sample: version.includes('sample'),
  }
}

/** Faults of a server that answers. */
const ANSWERS: ReadonlySet<UpstreamFault> = new Set<UpstreamFault>([
  'upstream_not_ollama',
  'upstream_failing',
  'upstream_wants_key',
  'upstream_refuses_key',
])

function problemOf(fault: UpstreamFault, url: string): Problem {
  if (fault === 'upstream_unreachable' || fault === 'upstream_broke')
    return problem('upstream_stopped', `Ollama is not running at ${url}. Start Ollama, then try again.`, { url })
  // Problems have the same codes as the refusals for apps.
  return { code: fault, message: sentenceOf(fault, { upstream: url }), parts: { url } }
}

/** The upstream can send anything. Unexpected content counts as missing. */
function modelsIn(tags: ProbeAnswer): string[] {
  if (tags === undefined || 'fault' in tags || tags.status !== 200) return []
  try {
    return (tagsSchema.safeParse(JSON.parse(tags.body)).data?.models ?? []).map((model) => model.name)
  } catch {
    return []
  }
}
