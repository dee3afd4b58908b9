import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Request } from '../checker/history.ts'
import type { Cluster } from './cluster.ts'
import type { Random } from './random.ts'
import type { Recorder } from './recorder.ts'
import { type KnownKey, type LimitedKey, needsOf, type World } from './world.ts'

/** A request that hangs longer than any fault lasts is given up. */
const GIVE_UP_MS = 30_000
const CHAT_WORDS = 2
/** Longer than any gateway may take to hear of a change: some twelve seconds. */
const STREAM_WORDS = 400
const LIMITED_WORDS = 40

/** Sends requests with keys to gateways by chance, and writes down how they were answered. */
export class Caller {
  readonly #world: World
  readonly #recorder: Recorder
  readonly #random: Random
  readonly #cluster: Cluster

  constructor(options: { world: World; recorder: Recorder; random: Random; cluster: Cluster }) {
    this.#world = options.world
    this.#recorder = options.recorder
    this.#random = options.random
    this.#cluster = options.cluster
  }

  /** A request for the list of models, or a short chat. */
  small(): Promise<void> {
    return this.#sendWithSome(this.#random.int(2) === 0 ? undefined : CHAT_WORDS)
  }

  /** A chat of some seconds. */
  stream(): Promise<void> {
    return this.#sendWithSome(STREAM_WORDS)
  }

  /** A request with a key that has a limit. */
  async limited(kind: LimitedKey['kind']): Promise<void> {
    const key = this.#world.limited.find((one) => one.kind === kind)
    if (key === undefined) return
    const secret = key.secrets.at(-1) ?? ''
    await this.#send(key, { secret, site: undefined, words: kind === 'concurrency' ? LIMITED_WORDS : CHAT_WORDS })
  }

  async #sendWithSome(words: number | undefined): Promise<void> {
    if (this.#world.keys.length === 0) return
    const key = this.#random.pick(this.#world.keys)
    // Now and then one that was replaced, which must be refused.
    const secret = this.#random.int(5) === 0 ? this.#random.pick(key.secrets) : (key.secrets.at(-1) ?? '')
    const site = this.#random.int(2) === 0 ? this.#random.pick(this.#world.sites) : undefined
    await this.#send(key, { secret, site, words })
  }

  async #send(key: KnownKey, sent: Sent): Promise<void> {
    const { running } = this.#cluster
    if (running.length === 0) return
    const { member, serve } = this.#random.pick(running)
    const from = this.#recorder.now()
    const answer = await exchange(serve.port, sent, () => this.#recorder.now())
    const { secret, site, words } = sent
    const needs = needsOf(key, secret, site)
    this.#recorder.requests.push({ gateway: member.index, key: key.id, needs, from, ...answer })
    this.#recorder.count(`${words === STREAM_WORDS ? 'stream' : 'request'} ${answer.verdict}`)
  }
}

interface Sent {
  readonly secret: string
  readonly site: string | undefined
  /** undefined for a request that is no chat. */
  readonly words: number | undefined
}

type Answer = Pick<Request, 'head' | 'judged' | 'to' | 'verdict'>

/** Resolves when the answer has ended, however it did. */
function exchange(port: number, { secret, site, words }: Sent, now: () => number): Promise<Answer> {
  const begun = now()
  const headers = { authorization: `Bearer ${secret}`, ...(site === undefined ? {} : { origin: site }) }
  const chat = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: `count to ${words}` }] })
  return new Promise((resolve) => {
    const failed = () => resolve({ head: now(), judged: begun, to: now(), verdict: 'unknown' })
    const outgoing = httpRequest({
      port,
      host: '127.0.0.1',
      agent: false,
      method: words === undefined ? 'GET' : 'POST',
      path: words === undefined ? '/api/tags' : '/api/chat',
      headers,
      timeout: GIVE_UP_MS,
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error('gave up')))
    outgoing.on('error', failed)
    outgoing.on('response', (incoming) => resolve(readAnswer(incoming, begun, now)))
    outgoing.end(words === undefined ? undefined : chat)
  })
}

function readAnswer(incoming: IncomingMessage, begun: number, now: () => number): Promise<Answer> {
  const head = now()
  let [judged, to] = [begun, head]
  incoming.on('data', () => {
    judged = to === head ? begun : to
    to = now()
  })
  const verdict = verdictOf(incoming.statusCode ?? 0)
  return new Promise((resolve) => {
    // A stream that is cut off ends with an error.
    incoming.on('error', () => undefined)
    incoming.on('close', () => resolve({ head, judged, to, verdict }))
  })
}

/** Other answers, such as 503, say nothing about the rights. */
function verdictOf(status: number): Request['verdict'] {
  if (status === 200) return 'allowed'
  return status === 401 || status === 403 ? 'refused' : 'unknown'
}
