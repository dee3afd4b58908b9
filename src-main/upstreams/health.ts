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
export interface UpstreamWatch {
  /** The result of the last check. */
  state(): UpstreamState
  look(): Promise<UpstreamState>
  /** Checks unless the last result is recent: somebody began to watch, or the address changed. */
  wake(): void
  /** Checks if an exchange contradicts the last result. */
  note(exchange: Exchange): void
  start(): void
  stop(): void
}

export function createUpstreamWatch(options: UpstreamWatchOptions): UpstreamWatch {
  let state = unknownState(options.url())
  let looking: { readonly url: string; readonly found: Promise<UpstreamState> } | undefined
  let timer: NodeJS.Timeout | undefined

  /** One check at a time per address, because a check of the old address says nothing about the new one. */
  function look(): Promise<UpstreamState> {
    const url = options.url()
    if (looking?.url === url) return looking.found
    const mine = { url, found: lookAt(url).then(keep) }
    looking = mine
    return mine.found
  }

  async function lookAt(url: string): Promise<UpstreamState> {
    const seen = judgeVersion(await options.probe(VERSION_PATH))
    const tags = 'fault' in seen ? undefined : await options.probe('/api/tags')
    // A proxy may let everybody see only the version.
    const found = tags !== undefined && 'fault' in tags ? tags : seen
    return { ...describe(url, found, tags), checkedAt: options.now() }
  }

  function keep(found: UpstreamState): UpstreamState {
    if (looking?.url === found.url) looking = undefined
    if (options.url() !== found.url) return state
    const changed = !isDeepStrictEqual({ ...state, checkedAt: 0 }, { ...found, checkedAt: 0 })
    state = found
    if (changed) options.onChange()
    return state
  }

  function current(): UpstreamState {
    return state.url === options.url() ? state : unknownState(options.url())
  }

  /**
   * An answer to an app is news only if the upstream was unreachable. A server that is not Ollama answers apps all the
   * time.
   */
  function mayHaveMended(): boolean {
    return !isOfUse(state) && (!state.reachable || options.now() - state.checkedAt >= LOOK_EVERY_MS)
  }

  return {
    state: current,
    look,
    wake() {
      if (timer !== undefined && options.now() - current().checkedAt >= LOOK_EVERY_MS) void look()
    },
    note(exchange) {
      const isNews = isUpstreamFault(exchange.reason) ? isOfUse(state) : exchange.outcome === 'ok' && mayHaveMended()
      if (isNews) void look()
    },
    start() {
      void look()
      timer = setInterval(() => options.isObserved() && void look(), LOOK_EVERY_MS)
      timer.unref()
    },
    stop() {
      clearInterval(timer)
      timer = undefined
    },
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
