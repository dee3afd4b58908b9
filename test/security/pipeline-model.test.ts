import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import type { Scope } from '#shared/keys/scopes.ts'
import type { UnknownOrigins } from '#shared/origins/origin.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { exchangeRaw } from '../support/raw-http.ts'
import { until } from '../support/until.ts'
import { WRONG_SECRET } from '../support/wrong-secret.ts'

/*
 * A second description of the whole way of a request, as a truth table written from the design and not from the code:
 * the first row whose condition holds gives the answer. Bytes go in by a socket; what is compared is the status the
 * client gets, the reason that is recorded, and whether the upstream heard anything.
 */

// Decided by the person before, or left to the policy.
const ORIGINS = {
  'https://in.example': 'allowed',
  'https://out.example': 'blocked',
  'https://new.example': 'not',
} as const
const HOSTS = { localhost: true, '127.0.0.1:80': true, 'evil.example': false, 'localhost.evil.example': false } as const
type Needs = 'chat' | 'models' | 'manage' | 'only all'
const ROUTES: readonly (readonly [
  method: string,
  path: string,
  needs: Needs,
  names: 'a model' | 'no model' | 'unknown',
])[] = [
  ['POST', '/api/chat', 'chat', 'a model'],
  ['POST', '/v1/messages', 'chat', 'a model'],
  ['GET', '/api/version', 'models', 'no model'],
  ['POST', '/api/show', 'models', 'a model'],
  ['POST', '/api/pull', 'manage', 'a model'],
  ['POST', '/api/me', 'manage', 'no model'],
  ['POST', '/api/signout', 'only all', 'no model'],
  ['POST', '/api/new', 'only all', 'unknown'],
]
const SPELLINGS = { plain: true, 'with a slash': false, 'with an escape': false, 'with dots': false } as const
// The routes that each pattern covers, and each model's name, listed in full.
const ENDPOINTS = {
  '/api/chat': ['/api/chat'],
  '/v1/*': ['/v1/messages'],
  '/api/*': ROUTES.map(([, path]) => path).filter((path) => path !== '/v1/messages'),
} as const
const MODELS = { 'sample-small': ['sample-small', 'SAMPLE-SMALL:latest'], 'sample-l*': ['sample-large:7b'] } as const
const MODEL_NAMES = ['sample-small', 'SAMPLE-SMALL:latest', 'sample-large:7b', 'another'] as const
const CARRIERS = ['bearer', 'x-api-key', 'path', 'host', 'nothing', 'placeholder', 'wrong', 'two'] as const

interface KeyFacts {
  scopes: Scope[]
  endpoints: (keyof typeof ENDPOINTS)[] | null
  models: (keyof typeof MODELS)[] | null
  origins: (keyof typeof ORIGINS)[] | null
  allowInUrl: boolean
  standing: 'good' | 'disabled' | 'deleted' | 'expired'
}

interface RequestFacts {
  host: keyof typeof HOSTS
  route: (typeof ROUTES)[number]
  spelling: keyof typeof SPELLINGS
  origin: keyof typeof ORIGINS | null
  carrier: (typeof CARRIERS)[number]
  model: (typeof MODEL_NAMES)[number]
  policy: UnknownOrigins
  paused: boolean
}

type Facts = RequestFacts & { key: KeyFacts }
const standingOf = ({ origin }: Facts) => (origin === null ? 'none' : ORIGINS[origin])
const inUrl = ({ carrier }: Facts) => carrier === 'path' || carrier === 'host'

const TABLE: readonly (readonly [when: (facts: Facts) => boolean, status: number, reason: string])[] = [
  // A key in the host is under `.localhost`, which is this computer.
  [(facts) => facts.carrier !== 'host' && !HOSTS[facts.host], 403, 'host_not_allowed'],
  [(facts) => standingOf(facts) === 'blocked', 403, 'origin_blocked'],
  [({ spelling }) => !SPELLINGS[spelling], 400, 'bad_path'],
  [({ carrier }) => carrier === 'nothing' || carrier === 'placeholder', 401, 'key_missing'],
  [({ carrier }) => carrier === 'two', 400, 'credentials_conflict'],
  [({ carrier, key }) => carrier === 'wrong' || key.standing === 'deleted', 401, 'key_unknown'],
  [({ key }) => key.standing === 'disabled', 401, 'key_disabled'],
  [({ key }) => key.standing === 'expired', 401, 'key_expired'],
  [(facts) => inUrl(facts) && !facts.key.allowInUrl, 401, 'key_in_url'],
  [({ paused, route }) => paused && route[0] === 'GET', 503, 'gateway_paused'],
  [({ paused }) => paused, 409, 'gateway_paused'],
  [({ key, route }) => !key.scopes.includes('all') && !key.scopes.includes(route[2] as Scope), 403, 'scope_missing'],
  [
    ({ key, route }) => key.endpoints !== null && !key.endpoints.some((one) => covers(ENDPOINTS[one], route[1])),
    403,
    'endpoint_not_allowed',
  ],
  [
    ({ key, origin }) => key.origins !== null && origin !== null && !key.origins.includes(origin),
    403,
    'origin_not_allowed',
  ],
  [
    ({ key, origin, route }) => key.origins !== null && origin === null && route[1] !== '/api/version',
    403,
    'origin_not_allowed',
  ],
  [(facts) => standingOf(facts) === 'not' && facts.policy === 'ask', 403, 'origin_not_approved'],
  [(facts) => standingOf(facts) === 'not' && facts.policy === 'block', 403, 'origin_blocked'],
  [({ key, route }) => key.models !== null && route[3] === 'unknown', 403, 'model_not_allowed'],
  [
    ({ key, route, model }) =>
      key.models !== null && route[3] === 'a model' && !key.models.some((one) => covers(MODELS[one], model)),
    403,
    'model_not_allowed',
  ],
]

function covers(names: readonly string[], name: string): boolean {
  return names.includes(name)
}

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 })
const someOrNull = <T>(values: readonly T[]) => fc.option(some(values), { nil: null, freq: 2 })
const keysOf = <T extends object>(table: T) => Object.keys(table) as (keyof T)[]

const keyFacts: fc.Arbitrary<KeyFacts> = fc.record({
  scopes: some<Scope>(['chat', 'models', 'manage', 'usage', 'all']),
  endpoints: someOrNull(keysOf(ENDPOINTS)),
  models: someOrNull(keysOf(MODELS)),
  origins: someOrNull(keysOf(ORIGINS)),
  allowInUrl: fc.boolean(),
  standing: fc.constantFrom('good', 'good', 'good', 'good', 'good', 'disabled', 'deleted', 'expired'),
})

const requestFacts: fc.Arbitrary<RequestFacts> = fc.record({
  host: fc.constantFrom('localhost', 'localhost', ...keysOf(HOSTS)),
  route: fc.constantFrom(...ROUTES),
  spelling: fc.constantFrom('plain', 'plain', 'plain', 'plain', ...keysOf(SPELLINGS)),
  origin: fc.constantFrom(null, 'https://in.example', ...keysOf(ORIGINS)),
  carrier: fc.constantFrom('bearer', 'bearer', 'bearer', 'x-api-key', ...CARRIERS),
  model: fc.constantFrom(...MODEL_NAMES),
  policy: fc.constantFrom('key', 'key', 'ask', 'block'),
  paused: fc.constantFrom(false, false, false, false, false, true),
})

let gateway: TestGateway
let other: IssuedKey
beforeAll(async () => {
  gateway = await startGateway()
  other = await gateway.createKey()
})
afterAll(() => gateway.close())

it('every request ends as the truth table says, and only those that it lets through reach the upstream', async () => {
  await fc.assert(
    fc.asyncProperty(keyFacts, fc.array(requestFacts, { minLength: 6, maxLength: 12 }), async (key, requests) => {
      const { secret } = await makeKey(key)
      for (const request of requests) await check({ ...request, key }, secret)
    }),
    { numRuns: 100 },
  )
})

async function makeKey({ standing, ...choices }: KeyFacts): Promise<IssuedKey> {
  for (const origin of keysOf(ORIGINS)) await gateway.access.origins.forget(origin)
  await gateway.access.origins.decide('https://in.example', 'allowed')
  await gateway.access.origins.decide('https://out.example', 'blocked')
  const key = await gateway.createKey({ ...choices, expiresAt: standing === 'expired' ? Date.now() - 1 : null })
  if (standing === 'disabled') await gateway.access.keys.update(key.id, { enabled: false })
  if (standing === 'deleted') await gateway.access.keys.delete(key.id)
  return key
}

async function check(facts: Facts, secret: string): Promise<void> {
  gateway.received.length = 0
  gateway.records.length = 0
  gateway.settings.unknownOrigins = facts.policy
  gateway.settings.paused = facts.paused
  const answer = await exchangeRaw(gateway.port, bytesOf(facts, secret))
  const record = await until(() => gateway.records[0], 'a record')
  const row = TABLE.find(([when]) => when(facts))
  if (row === undefined) {
    expect([record.reason ?? 'ok', gateway.received.length]).toEqual([expect.stringMatching(/^(?:ok|upstream_)/), 1])
    expect(JSON.stringify(gateway.received)).not.toContain(secret)
  } else {
    const status = Number(answer.slice(9, 12))
    expect([status, record.outcome, record.reason, gateway.received]).toEqual([row[1], 'refused', row[2], []])
  }
  expect(answer.toLowerCase().includes('access-control')).toBe(isReadable(row?.[2], facts))
  expect(JSON.stringify([gateway.records, answer])).not.toContain(secret)
}

/** A blocked site and a foreign name get no CORS headers. A site that only the policy keeps out may read why. */
function isReadable(reason: string | undefined, facts: Facts): boolean {
  return reason !== 'host_not_allowed' && (reason !== 'origin_blocked' || standingOf(facts) === 'not')
}

function bytesOf(facts: Facts, secret: string): string {
  const [method] = facts.route
  const body = method === 'GET' ? '' : JSON.stringify({ model: facts.model, stream: false })
  const lines = [
    `${method} ${targetOf(facts, secret)} HTTP/1.1`,
    `Host: ${facts.carrier === 'host' ? `${secret}.localhost` : facts.host}`,
    ...(facts.origin === null ? [] : [`Origin: ${facts.origin}`]),
    ...keyLines(facts.carrier, secret),
    ...(method === 'GET' ? [] : [`Content-Length: ${body.length}`]),
    'Connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

function targetOf({ route, spelling, carrier }: Facts, secret: string): string {
  const spelled = { plain: '', 'with a slash': '/', 'with an escape': '%61', 'with dots': '/../tags' }[spelling]
  return `${carrier === 'path' ? `/k/${secret}` : ''}${route[1]}${spelled}`
}

function keyLines(carrier: Facts['carrier'], secret: string): string[] {
  switch (carrier) {
    case 'bearer':
      return [`Authorization: Bearer ${secret}`]
    case 'x-api-key':
      return [`x-api-key: ${secret}`]
    case 'placeholder':
      return ['Authorization: Bearer ollama']
    case 'wrong':
      return [`Authorization: Bearer ${WRONG_SECRET}`]
    case 'two':
      return [`Authorization: Bearer ${secret}`, `x-api-key: ${other.secret}`]
    default:
      return []
  }
}
