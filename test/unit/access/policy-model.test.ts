import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newKeySchema } from '#shared/keys/key.ts'
import type { UnknownOrigins } from '#shared/origins/origin.ts'
import { newPersonSchema } from '#shared/people/person.ts'
import type { TestRoom } from './room.ts'
import { ask, decide, NOON, openRoom } from './room.ts'

/*
 * A second description of the whole policy as a truth table, written from the design and not from the code: the first
 * row whose condition holds gives the answer.
 */

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const ORIGINS = ['https://a.example', 'https://b.example', 'chrome-extension://abcdefghijklmnop', 'null'] as const
const PATHS = [
  ['POST', '/api/chat', 'chat'],
  ['POST', '/v1/chat/completions', 'chat'],
  ['GET', '/api/tags', 'models'],
  ['GET', '/v1/models', 'models'],
  ['POST', '/api/show', 'models'],
  ['POST', '/api/pull', 'manage'],
  ['DELETE', '/api/delete', 'manage'],
  ['POST', '/api/me', 'manage'],
  ['POST', '/api/signout', 'only all'],
  ['GET', '/v1x/models', 'only all'],
] as const
const READABLE_WITHOUT_ORIGIN = new Set(['GET /api/tags', 'GET /v1/models'])
// The names that each pattern covers, listed in full.
const ENDPOINTS = new Map<string, readonly string[]>([
  ['/api/chat', ['/api/chat']],
  ['/api/*', ['/api/chat', '/api/tags', '/api/show', '/api/pull', '/api/delete', '/api/me', '/api/signout']],
  ['/v1/*', ['/v1/chat/completions', '/v1/models']],
  ['/v1/chat/*', ['/v1/chat/completions']],
  ['/v1', []],
])
const MODELS = new Map<string, readonly string[]>([
  ['llama3', ['llama3', 'llama3:latest']],
  ['qwen*', ['qwen3:8b']],
  ['*', ['llama3', 'llama3:latest', 'qwen3:8b', 'mistral:7b']],
])

/** Whether a part of the day contains a time of the requests, which come at noon and a minute later. */
const HOURS = new Map<string, (now: number) => boolean>([
  [`${clock(NOON)}-${clock(NOON + HOUR_MS)}`, () => true],
  [`${clock(NOON - HOUR_MS)}-${clock(NOON)}`, () => false],
  [`${clock(NOON + MINUTE_MS)}-${clock(NOON + HOUR_MS)}`, (now) => now >= NOON + MINUTE_MS],
  // Past midnight, from a minute after noon to noon.
  [`${clock(NOON + MINUTE_MS)}-${clock(NOON)}`, (now) => now >= NOON + MINUTE_MS],
])

/** By the clock on the wall. */
function clock(time: number): string {
  return new Date(time).toTimeString().slice(0, 5)
}

interface KeyFacts {
  scopes: string[]
  endpoints: string[] | null
  models: string[] | null
  origins: string[] | null
  expiresAt: number | null
  enabled: boolean
  deleted: boolean
}

interface PersonFacts {
  state: 'active' | 'pending' | 'paused'
  hours: string[] | null
  models: string[] | null
  origins: string[] | null
}

interface Facts {
  key: KeyFacts
  person: PersonFacts
  decided: 'allowed' | 'blocked' | 'not'
  policy: UnknownOrigins
  route: (typeof PATHS)[number]
  origin: string | null
  model: string
  now: number
}

type TableRow = [when: (facts: Facts) => boolean, answer: string]

const TABLE: TableRow[] = [
  [({ key }) => key.deleted, 'key_unknown'],
  [({ key }) => !key.enabled, 'key_disabled'],
  [({ key, now }) => key.expiresAt !== null && now >= key.expiresAt, 'key_expired'],
  [({ person }) => person.state !== 'active', 'person_paused'],
  [({ key, route }) => !key.scopes.includes('all') && !key.scopes.includes(route[2]), 'scope_missing'],
  [({ key, route }) => key.endpoints !== null && !covered(ENDPOINTS, key.endpoints, route[1]), 'endpoint_not_allowed'],
  [({ key, origin }) => key.origins !== null && origin !== null && !key.origins.includes(origin), 'origin_not_allowed'],
  [
    ({ key, origin, route }) =>
      key.origins !== null && origin === null && !READABLE_WITHOUT_ORIGIN.has(`${route[0]} ${route[1]}`),
    'origin_not_allowed',
  ],
  [({ person, now }) => person.hours !== null && !person.hours.some((part) => HOURS.get(part)?.(now)), 'person_hours'],
  [
    ({ person, origin }) => person.origins !== null && origin !== null && !person.origins.includes(origin),
    'person_not_allowed',
  ],
  [
    ({ person, origin, route }) =>
      person.origins !== null && origin === null && !READABLE_WITHOUT_ORIGIN.has(`${route[0]} ${route[1]}`),
    'person_not_allowed',
  ],
  [({ origin, decided }) => origin !== null && decided === 'blocked', 'origin_blocked'],
  [({ origin, decided, policy }) => origin !== null && decided === 'not' && policy === 'ask', 'origin_not_approved'],
  [({ origin, decided, policy }) => origin !== null && decided === 'not' && policy === 'block', 'origin_blocked'],
  [({ key, model }) => key.models !== null && !covered(MODELS, key.models, model), 'model_not_allowed'],
  [({ person, model }) => person.models !== null && !covered(MODELS, person.models, model), 'person_not_allowed'],
  [() => true, 'ok'],
]

function covered(patterns: Map<string, readonly string[]>, list: readonly string[], value: string): boolean {
  return list.some((pattern) => patterns.get(pattern)?.includes(value))
}

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 })
const someOrNull = <T>(values: readonly T[]) => fc.option(some(values), { nil: null })

const keyFacts: fc.Arbitrary<KeyFacts> = fc.record({
  scopes: some(['chat', 'models', 'manage', 'usage', 'all']),
  endpoints: someOrNull([...ENDPOINTS.keys()]),
  models: someOrNull([...MODELS.keys()]),
  origins: someOrNull(ORIGINS),
  expiresAt: fc.constantFrom(null, null, NOON + 10, NOON + 20),
  enabled: fc.constantFrom(true, true, true, false),
  deleted: fc.constantFrom(false, false, false, true),
})

const personFacts: fc.Arbitrary<PersonFacts> = fc.record({
  state: fc.constantFrom('active', 'active', 'active', 'active', 'pending', 'paused'),
  hours: someOrNull([...HOURS.keys()]),
  models: someOrNull([...MODELS.keys()]),
  origins: someOrNull(ORIGINS),
})

const requests = fc.array(
  fc.record({
    policy: fc.constantFrom('key', 'ask', 'block'),
    route: fc.constantFrom(...PATHS),
    origin: fc.constantFrom(null, ...ORIGINS),
    model: fc.constantFrom('llama3', 'llama3:latest', 'qwen3:8b', 'mistral:7b'),
    now: fc.constantFrom(NOON, NOON + 9, NOON + 10, NOON + 20, NOON + 21, NOON + MINUTE_MS),
  }),
  { minLength: 1, maxLength: 30 },
)

async function makeKey({ people, access }: TestRoom, { enabled, deleted, ...choices }: KeyFacts, of: PersonFacts) {
  const { state, ...fields } = of
  const { id: person } = await people.create(newPersonSchema.parse({ name: 'p', ...fields }))
  const { id, secret } = await access.keys.create(newKeySchema.parse({ name: 'k', person, ...choices }))
  if (state !== 'active') await people.change(person, { state })
  if (!enabled) await access.keys.update(id, { enabled })
  if (deleted) await access.keys.delete(id)
  return secret
}

test('every decision is the one in the truth table, whatever was asked before', async () => {
  const decisions = fc.tuple(...ORIGINS.map(() => fc.constantFrom('allowed', 'blocked', 'not', 'not')))
  await fc.assert(
    fc.asyncProperty(keyFacts, personFacts, decisions, requests, async (key, person, decided, asked) => {
      const room = await openRoom()
      const secret = await makeKey(room, key, person)
      for (const [index, origin] of ORIGINS.entries()) {
        const status = decided[index]
        if (status === 'allowed' || status === 'blocked') await room.access.origins.decide(origin, status)
      }
      for (const { policy, route, origin, model, now } of asked) {
        room.settings.unknownOrigins = policy
        room.clock.now = now
        const standing = origin === null ? 'not' : (decided[ORIGINS.indexOf(origin)] ?? 'not')
        const facts: Facts = { key, person, decided: standing, policy, route, origin, model, now }
        const [method, path] = route
        const answer = decide(room.access, secret, ask(method, path, origin), model)
        expect(answer).toBe(TABLE.find(([when]) => when(facts))?.[1])
      }
      await room.access.close()
    }),
    { numRuns: 300 },
  )
})
