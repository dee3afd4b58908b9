import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Exchange } from '#shared/exchange.ts'
import { type Problem, problem } from '#shared/problem.ts'
import type { UpstreamState } from '#shared/state.ts'

const LOOK_EVERY_MS = 10_000

const versionSchema = z.object({ version: z.string().max(100) })
const tagsSchema = z.object({ models: z.array(z.object({ name: z.string() })).nullable() })

export interface UpstreamWatchOptions {
  /** GETs a path of the upstream; undefined when it does not answer. */
  readonly probe: (path: string) => Promise<{ status: number; body: string } | undefined>
  /** Where the upstream is now. */
  readonly url: () => string
  /** Whether anyone would see a change: a gateway that nobody looks at does not ask every ten seconds. */
  readonly isObserved: () => boolean
  readonly now: () => number
  /** After each look that found something else than the one before. */
  readonly onChange: () => void
}

/** Knows whether the upstream answers, and what it has. */
export interface UpstreamWatch {
  /** What the last look found. */
  state(): UpstreamState
  look(): Promise<UpstreamState>
  /** Looks unless the last look is fresh: somebody began to watch, or the address has changed. */
  wake(): void
  /** Looks when an exchange went otherwise than the last look would have it. */
  note(exchange: Exchange): void
  start(): void
  stop(): void
}

export function createUpstreamWatch(options: UpstreamWatchOptions): UpstreamWatch {
  let state = unknownState(options.url())
  let looking: { readonly url: string; readonly found: Promise<UpstreamState> } | undefined
  let timer: NodeJS.Timeout | undefined

  /** One look at a time for each address: a look at the old one says nothing of the new. */
  function look(): Promise<UpstreamState> {
    const url = options.url()
    if (looking?.url === url) return looking.found
    const mine = { url, found: lookAt(url).then(keep) }
    looking = mine
    return mine.found
  }

  async function lookAt(url: string): Promise<UpstreamState> {
    const version = await options.probe('/api/version')
    const tags = version === undefined ? undefined : await options.probe('/api/tags')
    return describe(url, options.now(), version, tags)
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

  return {
    state: current,
    look,
    wake() {
      if (timer !== undefined && options.now() - current().checkedAt >= LOOK_EVERY_MS) void look()
    },
    note(exchange) {
      const failed = exchange.reason === 'upstream_unreachable' || exchange.reason === 'upstream_broke'
      if (failed ? state.reachable : exchange.outcome === 'ok' && !state.reachable) void look()
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

type Answer = { readonly status: number; readonly body: string } | undefined

function describe(url: string, checkedAt: number, versionAnswer: Answer, tagsAnswer: Answer): UpstreamState {
  if (versionAnswer === undefined) {
    const sentence = `Ollama is not running at ${url}. Start Ollama, then try again.`
    return { ...unknownState(url), checkedAt, problem: problem('upstream_stopped', sentence, { url }) }
  }
  const version = parseAnswer(versionSchema, versionAnswer)?.version ?? null
  return {
    url,
    reachable: true,
    version,
    models: (parseAnswer(tagsSchema, tagsAnswer)?.models ?? []).map((model) => model.name),
    sample: version?.includes('sample') ?? false,
    checkedAt,
    problem: version === null ? notOllama(url) : null,
  }
}

function notOllama(url: string): Problem {
  return problem('upstream_not_ollama', `Something answers at ${url}, but it is not Ollama. Check its address.`, {
    url,
  })
}

/** What an upstream says is its own affair: whatever is not as expected counts as not said. */
function parseAnswer<S extends z.ZodType>(schema: S, answer: Answer): z.output<S> | undefined {
  if (answer?.status !== 200) return undefined
  try {
    return schema.safeParse(JSON.parse(answer.body)).data
  } catch {
    return undefined
  }
}
