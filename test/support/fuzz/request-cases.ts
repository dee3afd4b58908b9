import { mutateBytes, mutateHead } from './mutate.ts'
import type { Random } from './random.ts'

/** The keys of a run, by their permissions. Only the first three may reach the upstream. */
export const KEY_KINDS = ['good', 'listed', 'limited', 'disabled', 'wrong', 'none'] as const
export type KeyKind = (typeof KEY_KINDS)[number]
export type Secrets = Readonly<Record<KeyKind, string>>

export const ALLOWED_MODEL = 'sample-small'
/** A key with a list of models may never reach the upstream with it. */
export const FORBIDDEN_MODEL = 'forbidden-model'
/** The header that names a case. It is forwarded, and the upstream answers with it. */
export const CASE_HEADER = 'X-Case'

export interface FuzzCase {
  readonly id: string
  readonly kind: KeyKind
  /** The bytes to send, in pieces; one character per byte. */
  readonly pieces: readonly string[]
  readonly methods: readonly string[]
  /** True if the requests are valid, so that their answers can be counted. */
  readonly intact: boolean
  /** What the client does after it sent everything. */
  readonly ending: 'wait' | 'end' | 'reset'
}

const MAY_REACH: ReadonlySet<KeyKind> = new Set(['good', 'listed', 'limited'])

export function mayReachUpstream({ kind }: Pick<FuzzCase, 'kind'>): boolean {
  return MAY_REACH.has(kind)
}

type Route = readonly [method: string, path: string]

const ROUTES: readonly Route[] = [
  ['GET', '/'],
  ['HEAD', '/'],
  ['GET', '/healthz'],
  ['HEAD', '/healthz'],
  ['GET', '/readyz'],
  ['POST', '/'],
  ['OPTIONS', '/'],
  ['OPTIONS', '/api/chat'],
  ['GET', '/latchkey/key'],
  ['GET', '/latchkey/usage?period=day'],
  ['GET', '/latchkey/usage?period=x'],
  ['GET', '/metrics'],
  ['POST', '/latchkey/key'],
  ['GET', '/api/tags'],
  ['HEAD', '/api/tags'],
  ['GET', '/v1/models'],
  ['GET', `/v1/models/${ALLOWED_MODEL}`],
  ['POST', '/api/chat'],
  ['POST', '/api/generate'],
  ['POST', '/api/embed'],
  ['POST', '/v1/chat/completions'],
  ['POST', '/v1/completions'],
  ['POST', '/v1/messages'],
  ['POST', '/v1/responses'],
  ['POST', '/v1/audio/transcriptions'],
  ['POST', '/api/show'],
  ['POST', '/api/pull'],
  ['DELETE', '/api/delete'],
  ['POST', '/api/me'],
  ['POST', '/nowhere'],
  ['POST', '/api/%70ull'],
  ['GET', '//api/tags'],
  ['TRACE', '/'],
  ['CONNECT', 'localhost:1'],
  ['PURGE', '/'],
]
const FORWARDED = ROUTES.filter(([, path]) => /^\/(?:api|v1)\/[a-z/_]+$/.test(path) && path !== '/api/me')
const ORIGINS = [
  'https://a.example',
  'https://b.example',
  'null',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
]
const MODELS = [ALLOWED_MODEL, FORBIDDEN_MODEL, FORBIDDEN_MODEL.replace('f', '\\u0066'), '']
const CARRIERS = [
  'x-api-key: ',
  'Authorization: Bearer ',
  'api-key: ',
  'Authorization: Basic ',
  'path',
  'query',
] as const
const MOST_PIPELINED = 5

/** The share of cases about the upstream's answer, which have a valid request that reaches it. */
const SHARE_OF_ANSWERS = 0.35

/** Names a case twice, so that damage does not turn it into another case's name. */
export function caseId(at: number): string {
  const number = String(at).padStart(5, '0')
  return `case-${number}-${number}-`
}

/** One connection of a client with one or several requests, valid or not. */
export function makeCase(random: Random, id: string, secrets: Secrets): FuzzCase {
  if (random.chance(SHARE_OF_ANSWERS))
    return finishCase(random, { id, kind: 'good', intact: true, count: 1, routes: FORWARDED }, secrets)
  const intact = random.chance(0.4)
  const count = random.chance(0.3) ? 2 + random.below(MOST_PIPELINED - 1) : 1
  // Its answer has no body. The reader knows this only if the request arrives unchanged.
  const routes = intact && count === 1 ? ROUTES : ROUTES.filter(([name]) => name !== 'HEAD')
  return finishCase(random, { id, kind: random.of(KEY_KINDS), intact, count, routes }, secrets)
}

interface Plan {
  readonly id: string
  readonly kind: KeyKind
  readonly intact: boolean
  readonly count: number
  readonly routes: readonly Route[]
}

function finishCase(random: Random, plan: Plan, secrets: Secrets): FuzzCase {
  const { id, kind, intact, count } = plan
  const requests = Array.from({ length: count }, () => makeRequest(random, plan, secrets[kind]))
  const text = requests.map(({ bytes }) => bytes).join('')
  return {
    id,
    kind,
    intact,
    pieces: random.chance(0.5) ? [text] : cut(random, text),
    methods: requests.map(({ method }) => method),
    ending: random.chance(0.8) ? 'wait' : random.of(['end', 'reset']),
  }
}

function makeRequest(random: Random, { id, intact, routes }: Plan, secret: string): { method: string; bytes: string } {
  const [method, path] = random.of(routes)
  const { target, lines } = carry(random, path, secret)
  const body = method === 'POST' || random.chance(0.2) ? makeBody(random) : undefined
  if (random.chance(0.3)) lines.push(`Origin: ${random.of(ORIGINS)}`)
  if (random.chance(0.05)) lines.push('Expect: 100-continue')
  const framed = frame(random, body)
  const head = [
    `${method} ${target} HTTP/1.1`,
    'Host: localhost',
    `${CASE_HEADER}: ${id}`,
    ...lines,
    ...framed.lines,
    '',
    '',
  ].join('\r\n')
  if (intact) return { method, bytes: head + framed.body }
  const breaksHead = random.chance(0.6)
  return {
    method,
    bytes: (breaksHead ? mutateHead(head, random) : head) + (breaksHead ? framed.body : breakBody(random, framed.body)),
  }
}

const CHUNK_BREAKS = ['ZZ\r\n', '-1\r\n', '5\n', '0\r\nX: a\r\n\r\n', 'FFFFFFFFFFFFFFFFF\r\n', '5;a=b\r\n', '\r\n']

/** After a valid head, a parser and its callers disagree most about an invalid chunk. */
function breakBody(random: Random, body: string): string {
  if (random.chance(0.5)) return body.replace(/0\r\n\r\n$/, random.of(CHUNK_BREAKS))
  return mutateBytes(body, random)
}

function carry(random: Random, path: string, secret: string): { target: string; lines: string[] } {
  if (secret === '') return { target: path, lines: [] }
  const carrier = random.chance(0.7) ? 'x-api-key: ' : random.of(CARRIERS)
  if (carrier === 'path') return { target: `/k/${secret}${path}`, lines: [] }
  if (carrier === 'query') return { target: `${path}?key=${secret}`, lines: [] }
  const value = carrier.endsWith('Basic ') ? btoa(`me:${secret}`) : secret
  return { target: path, lines: [carrier + value] }
}

function makeBody(random: Random): string {
  const model = random.of(MODELS)
  const stream = random.of(['true', 'false', '"yes"'])
  return random.of([
    `{"model":"${model}","messages":[{"role":"user","content":"hi"}],"stream":${stream}}`,
    `{"model":"${model}","prompt":"hi","stream":${stream}}`,
    `{"model":"${ALLOWED_MODEL}","model":"${model}"}`,
    `{"model":"${ALLOWED_MODEL}","MODEL":"${model}"}`,
    `{"name":"${model}"}`,
    `${'['.repeat(random.of([1, 2_000]))}`,
    `--b\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n--b--\r\n`,
    `{"model":"${model}","input":"${'x'.repeat(random.of([10, 70_000]))}"}`,
    '',
  ])
}

function frame(random: Random, body: string | undefined): { lines: string[]; body: string } {
  if (body === undefined) return { lines: [], body: '' }
  if (random.chance(0.6)) return { lines: [`Content-Length: ${body.length}`], body }
  const at = random.below(body.length + 1)
  const chunks = [body.slice(0, at), body.slice(at)].filter((chunk) => chunk !== '')
  const coded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
  return { lines: ['Transfer-Encoding: chunked'], body: `${coded.join('')}0\r\n\r\n` }
}

function cut(random: Random, text: string): string[] {
  const places = Array.from({ length: 1 + random.below(6) }, () => random.below(text.length)).sort((a, b) => a - b)
  return [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length)).filter((piece) => piece !== '')
}
