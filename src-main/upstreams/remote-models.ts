import { z } from 'zod'
import { canonicalModel } from '#shared/upstreams/model-names.ts'
import type { Place, RemoteModels } from '#shared/upstreams/remote-models.ts'
import type { ProbeAnswer } from '#shared/upstreams/version-answer.ts'

/** How long the upstream's list is good for: Ollama's own command line can change it beside the gateway. */
const GOOD_FOR_MS = 30_000
/** How long while models are being changed, and for a model that is not on it, which may be new. */
const GOOD_FOR_NEW_MS = 1_000
const MOST_VERDICTS = 1_000
/** What Ollama's longest host, namespace, model and tag have together (types/model/name.go), and more. */
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
  /** GETs a path of the present upstream, or POSTs JSON; undefined when it does not answer. */
  readonly probe: (path: string, body?: string) => Promise<ProbeAnswer>
  /** Where that is. */
  readonly url: () => string
  readonly now: () => number
}

/** One answer of `/api/tags`: whether each model runs elsewhere, and its digest. */
interface List {
  readonly url: string
  readonly askedAt: number
  /** How often models had changed when it was asked for. */
  readonly changes: number
  readonly models: ReadonlyMap<string, { readonly remote: boolean; readonly digest: string }>
  /** False when nothing answered: such a list is good for a moment, so that not every request asks again. */
  readonly isTold: boolean
  /** False for an upstream that is not Ollama: it has no such list, and no models that run elsewhere. */
  readonly isOllama: boolean
  /** By the name as it was asked about. */
  readonly verdicts: Map<string, Place>
  /** Questions about models that are under way, by their names. */
  readonly cards: Map<string, Promise<boolean | undefined>>
}

/**
 * Asks Ollama which of its models are only names for one in its cloud or on another computer (`remote_host` and
 * `remote_model` in `/api/tags` and `/api/show`): pulled cloud models, and what was created or copied from one. The list
 * is asked for at the first request and when it is old, and about each model once as long as it stays the same, so
 * that most requests cost one look into a map. Where an Ollama gives no list, its last one counts, and nothing else; what
 * does not even say that it is an Ollama has no such models, or answers no request either.
 */
export function createRemoteModels({ probe, url: present, now }: RemoteModelsOptions): RemoteModels {
  let list: List | undefined
  let asking: { readonly url: string; readonly changes: number; readonly found: Promise<List | undefined> } | undefined
  let changes = 0
  let running = 0
  /** Whether a model runs elsewhere, as `/api/show` said, by its name and digest. */
  const cards = new Map<string, boolean>()

  /** undefined for no answer, whatever the fault. */
  async function answerOf(path: string, body?: string): Promise<Answer | undefined> {
    const answer = await probe(path, body)
    return answer !== undefined && 'status' in answer ? answer : undefined
  }

  function placeOf(model: string, url: string): Place | Promise<Place> {
    const known = list?.url === url && list.changes === changes ? list : undefined
    if (known === undefined) return ask(model, url)
    const age = now() - known.askedAt
    // Negative when the clock was set back.
    if (age < 0 || age >= (running > 0 || !known.isTold ? GOOD_FOR_NEW_MS : GOOD_FOR_MS)) return ask(model, url)
    const verdict = known.verdicts.get(model)
    if (verdict !== undefined) return verdict
    const isListed = !known.isOllama || known.models.has(canonicalModel(model))
    return isListed || age < GOOD_FOR_NEW_MS ? judge(model, known) : ask(model, url)
  }

  async function ask(model: string, url: string): Promise<Place> {
    const fresh = await look(url)
    if (fresh !== undefined) return judge(model, fresh)
    // Not answered: what it said last still counts for the models that it had then.
    const last = list?.url === url ? list : undefined
    return last?.models.has(canonicalModel(model)) ? judge(model, last) : 'unknown'
  }

  /** One question at a time, unless models have changed since the one under way was asked. */
  function look(url: string): Promise<List | undefined> {
    if (asking?.url === url && asking.changes === changes) return asking.found
    const mine = { url, changes, found: lookAt(url, changes) }
    asking = mine
    void mine.found.then(() => {
      if (asking === mine) asking = undefined
    })
    return mine.found
  }

  async function lookAt(url: string, asOf: number): Promise<List | undefined> {
    const askedAt = now()
    const [answer, version] = await Promise.all([answerOf('/api/tags'), answerOf('/api/version')])
    // Another upstream by now: its answer says nothing of this one.
    if (present() !== url) return undefined
    const isTold = answer !== undefined && answer.status < 500
    const isNoOllama = !isTold && !(list?.url === url && list.isTold) && !saysVersion(version)
    if (!isTold && !isNoOllama) return undefined
    list = {
      url,
      askedAt: isTold ? askedAt : now(),
      changes: asOf,
      verdicts: new Map(),
      cards: new Map(),
      isTold,
      ...modelsIn(answer),
    }
    return list
  }

  async function judge(model: string, on: List): Promise<Place> {
    const name = canonicalModel(model)
    const isPossible = on.isOllama && name.length <= LONGEST_NAME
    const place = isPossible ? await judgeOnOllama(name, on) : 'here'
    if (place !== 'unknown' && model.length <= LONGEST_NAME && on.verdicts.size < MOST_VERDICTS) {
      on.verdicts.set(model, place)
    }
    return place
  }

  async function judgeOnOllama(name: string, on: List): Promise<Place> {
    const listed = on.models.get(name)
    if (listed?.remote) return 'elsewhere'
    const remote = await cardOf(name, listed?.digest ?? '', on)
    if (remote === undefined) return 'unknown'
    return remote ? 'elsewhere' : 'here'
  }

  /** A model is the same as long as its digest is; without one it has to be asked for with each list. */
  async function cardOf(name: string, digest: string, on: List): Promise<boolean | undefined> {
    const key = `${digest} ${name}`
    const known = digest === '' ? undefined : cards.get(key)
    if (known !== undefined) return known
    const remote = await askOnce(name, on)
    if (remote === undefined || digest === '') return remote
    if (cards.size >= MOST_VERDICTS) cards.clear()
    cards.set(key, remote)
    return remote
  }

  /** Requests that come together share one question, as long as it is about the same list. */
  function askOnce(name: string, on: List): Promise<boolean | undefined> {
    const under = on.cards.get(name)
    if (under !== undefined) return under
    const asked = askCard(name, on).finally(() => on.cards.delete(name))
    on.cards.set(name, asked)
    return asked
  }

  /** undefined when it does not say. A model that is not there cannot run anywhere. */
  async function askCard(model: string, on: List): Promise<boolean | undefined> {
    const answer = await answerOf('/api/show', JSON.stringify({ model }))
    // Another upstream by now: its answer says nothing of this one.
    if (answer === undefined || answer.status >= 500 || present() !== on.url) return undefined
    const card = parse(cardSchema, answer)
    return card !== undefined && isRemote(card)
  }

  return {
    placeOf,
    changing(by) {
      running += by
      changes += 1
    },
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
