import { z } from 'zod'
import { canonicalModel } from '#shared/upstreams/model-names.ts'
import type { ModelLocation, RemoteModels } from '#shared/upstreams/remote-models.ts'
import type { ProbeAnswer } from '#shared/upstreams/version-answer.ts'

/** How long the upstream's list is valid. Ollama's own command line can change it without the gateway. */
const GOOD_FOR_MS = 30_000
/** How long it is valid while models change, and for a model that is not in it, which may be new. */
const GOOD_FOR_NEW_MS = 1_000
const MOST_VERDICTS = 1_000
/** More than Ollama's longest host, namespace, model and tag together (types/model/name.go). */
const LONGEST_NAME = 700

const tagsSchema = z.object({
  models: z
    .array(
      z.object({
        name: z.string(),
        digest: z.string().optional(),
        remote_host: z.string().optional(),
        remote_model: z.string().optional(),
      }),
    )
    .nullable(),
})
const versionSchema = z.object({ version: z.string() })
const cardSchema = z.object({ remote_host: z.string().optional(), remote_model: z.string().optional() })

type Answer = Extract<ProbeAnswer, { readonly status: number }>

export interface RemoteModelsOptions {
  /** GETs a path of the current upstream, or POSTs JSON; undefined without an answer. */
  readonly probe: (path: string, body?: string) => Promise<ProbeAnswer>
  /** The upstream's current address. */
  readonly url: () => string
  readonly now: () => number
}

/** One answer of `/api/tags`: for each model its digest and whether it is remote. */
interface List {
  readonly url: string
  readonly askedAt: number
  /** The number of changes of models when it was requested. */
  readonly changes: number
  readonly models: ReadonlyMap<string, { readonly remote: boolean; readonly digest: string }>
  /** False without an answer. Such a list is valid for a moment, so that not every request asks again. */
  readonly isAnswered: boolean
  /** False for an upstream that is not Ollama, which has no such list and no remote models. */
  readonly isOllama: boolean
  /** By the name as requested. */
  readonly verdicts: Map<string, ModelLocation>
  /** Pending requests about models, by name. */
  readonly cards: Map<string, Promise<boolean | undefined>>
}

/**
 * Asks Ollama which of its models are only names for remote ones (`remote_host` and `remote_model` in `/api/tags` and
 * `/api/show`): pulled cloud models, and models created or copied from one. It requests the list with the first request
 * and again when the list is old. It asks about each model once until the model changes, so that most requests need one
 * look-up in a map. If Ollama gives no list, the last one counts. An upstream that does not identify itself as Ollama
 * has no remote models.
 */
export class OllamaRemoteModels implements RemoteModels {
  readonly #options: RemoteModelsOptions
  #list: List | undefined
  #request: { readonly url: string; readonly changes: number; readonly found: Promise<List | undefined> } | undefined
  #changes = 0
  /** The number of running requests that can change models. */
  #running = 0
  /** True if a model is remote according to `/api/show`, by name and digest. */
  readonly #cards = new Map<string, boolean>()

  constructor(options: RemoteModelsOptions) {
    this.#options = options
  }

  changing(by: 1 | -1): void {
    this.#running += by
    this.#changes += 1
  }

  /** undefined without a usable answer. */
  async #answerOf(path: string, body?: string): Promise<Answer | undefined> {
    const answer = await this.#options.probe(path, body)
    return answer !== undefined && 'status' in answer ? answer : undefined
  }

  locationOf(model: string, url: string): ModelLocation | Promise<ModelLocation> {
    const known = this.#list?.url === url && this.#list.changes === this.#changes ? this.#list : undefined
    if (known === undefined) return this.#ask(model, url)
    const age = this.#options.now() - known.askedAt
    // Negative if the clock was set back.
    if (age < 0 || age >= (this.#running > 0 || !known.isAnswered ? GOOD_FOR_NEW_MS : GOOD_FOR_MS))
      return this.#ask(model, url)
    const verdict = known.verdicts.get(model)
    if (verdict !== undefined) return verdict
    const isListed = !known.isOllama || known.models.has(canonicalModel(model))
    return isListed || age < GOOD_FOR_NEW_MS ? this.#judge(model, known) : this.#ask(model, url)
  }

  async #ask(model: string, url: string): Promise<ModelLocation> {
    const fresh = await this.#look(url)
    if (fresh !== undefined) return this.#judge(model, fresh)
    // Without an answer the last list still counts for its models.
    const last = this.#list?.url === url ? this.#list : undefined
    return last?.models.has(canonicalModel(model)) ? this.#judge(model, last) : 'unknown'
  }

  /** One request at a time, unless models changed since the pending one was sent. */
  #look(url: string): Promise<List | undefined> {
    if (this.#request?.url === url && this.#request.changes === this.#changes) return this.#request.found
    const mine = { url, changes: this.#changes, found: this.#lookAt(url, this.#changes) }
    this.#request = mine
    void mine.found.then(() => {
      if (this.#request === mine) this.#request = undefined
    })
    return mine.found
  }

  async #lookAt(url: string, asOf: number): Promise<List | undefined> {
    const askedAt = this.#options.now()
    const [answer, version] = await Promise.all([this.#answerOf('/api/tags'), this.#answerOf('/api/version')])
    // The upstream has changed, so its answer does not apply.
    if (this.#options.url() !== url) return undefined
    const isAnswered = answer !== undefined && answer.status < 500
    const isNoOllama = !isAnswered && !(this.#list?.url === url && this.#list.isAnswered) && !saysVersion(version)
    if (!isAnswered && !isNoOllama) return undefined
    this.#list = {
      url,
      askedAt: isAnswered ? askedAt : this.#options.now(),
      changes: asOf,
      verdicts: new Map(),
      cards: new Map(),
      isAnswered,
      ...modelsIn(answer),
    }
    return this.#list
  }

  async #judge(model: string, on: List): Promise<ModelLocation> {
    const name = canonicalModel(model)
    const isPossible = on.isOllama && name.length <= LONGEST_NAME
    const location = isPossible ? await this.#judgeOnOllama(name, on) : 'local'
    if (location !== 'unknown' && model.length <= LONGEST_NAME && on.verdicts.size < MOST_VERDICTS) {
      on.verdicts.set(model, location)
    }
    return location
  }

  async #judgeOnOllama(name: string, on: List): Promise<ModelLocation> {
    const listed = on.models.get(name)
    if (listed?.remote) return 'remote'
    const remote = await this.#cardOf(name, listed?.digest ?? '', on)
    if (remote === undefined) return 'unknown'
    return remote ? 'remote' : 'local'
  }

  /** The digest identifies a model. A model without a digest is asked about with each list. */
  async #cardOf(name: string, digest: string, on: List): Promise<boolean | undefined> {
    const key = `${digest} ${name}`
    const known = digest === '' ? undefined : this.#cards.get(key)
    if (known !== undefined) return known
    const remote = await this.#askOnce(name, on)
    if (remote === undefined || digest === '') return remote
    if (this.#cards.size >= MOST_VERDICTS) this.#cards.clear()
    this.#cards.set(key, remote)
    return remote
  }

  /** Simultaneous requests share one question about the same list. */
  #askOnce(name: string, on: List): Promise<boolean | undefined> {
    const under = on.cards.get(name)
    if (under !== undefined) return under
    const asked = this.#askCard(name, on).finally(() => on.cards.delete(name))
    on.cards.set(name, asked)
    return asked
  }

  /** undefined if the upstream does not tell. A missing model cannot be remote. */
  async #askCard(model: string, on: List): Promise<boolean | undefined> {
    const answer = await this.#answerOf('/api/show', JSON.stringify({ model }))
    // The upstream has changed, so its answer does not apply.
    if (answer === undefined || answer.status >= 500 || this.#options.url() !== on.url) return undefined
    const card = parse(cardSchema, answer)
    return card !== undefined && isRemote(card)
  }
}

function saysVersion(answer: Answer | undefined): boolean {
  return answer !== undefined && parse(versionSchema, answer) !== undefined
}

function modelsIn(answer: Answer | undefined): Pick<List, 'models' | 'isOllama'> {
  const tags = answer && parse(tagsSchema, answer)
  const rows = (tags?.models ?? []).map(
    (row) => [canonicalModel(row.name), { remote: isRemote(row), digest: row.digest ?? '' }] as const,
  )
  return { models: new Map(rows), isOllama: tags !== undefined }
}

function isRemote({ remote_host: host = '', remote_model: model = '' }: z.output<typeof cardSchema>): boolean {
  return host !== '' || model !== ''
}

function parse<S extends z.ZodType>(schema: S, { status, body }: Answer): z.output<S> | undefined {
  if (status !== 200) return undefined
  try {
    return schema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}
