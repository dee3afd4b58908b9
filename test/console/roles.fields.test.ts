import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { CONSOLE_API, CONSOLE_EXPORTS, type ConsoleRoute } from '#shared/console-api/console-api.ts'
import { keySchema } from '#shared/keys/key.ts'
import { personSchema } from '#shared/people/person.ts'
import type { Role } from '#shared/people/role.ts'
import { ownerWithKey, type SignedIn, signIn } from './persons.ts'
import { requestOf, type StartedApp, startApp } from './started-app.ts'

let started: StartedApp
let owner: SignedIn
let other: SignedIn
beforeAll(async () => {
  started = await startApp()
  owner = await ownerWithKey(started)
  other = await signIn(started, 'member', 'Otherone')
  await started.call('POST /api/origins/decide', { origin: 'https://blocked.example', status: 'blocked' })
  await started.call('POST /api/backups', {})
})
afterAll(() => started.stop())

const inputs = Object.entries<{ input: z.ZodType }>(CONSOLE_API)
/** Every field that any route knows, and those that only the core writes. */
const FIELDS = [
  ...new Set([
    ...inputs.flatMap(([, { input }]) => fieldsOf(input)),
    ...Object.values<z.ZodType>(CONSOLE_EXPORTS).flatMap(fieldsOf),
    ...[keySchema, personSchema].flatMap(fieldsOf),
    'personId',
    'owner',
    'hash',
    'secrets',
    '__proto__',
    'constructor',
  ]),
]

function fieldsOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/** What somebody might write into a field who wants more than they have. */
const ids = () => [owner.id, owner.key.id, other.id, other.key.id]
const wanted = () => [...ids(), 'owner', 'all', '', true, null, 1_000_000_000, ['all'], {}]

/** All that is not the person's own, as the owner sees it. */
async function world(without: SignedIn) {
  const keys = await started.call('GET /api/keys', {})
  return {
    keys: keys.filter(({ person }) => person !== without.id),
    deleted: (await started.call('GET /api/keys/deleted', {})).filter(({ person }) => person !== without.id),
    people: (await started.call('GET /api/people', {})).map((person) =>
      person.id === without.id ? { ...person, name: '', picture: null, keys: 0 } : person,
    ),
    origins: await started.call('GET /api/origins', {}),
    settings: await started.call('GET /api/settings', {}),
    // The daily one comes by itself.
    backups: (await started.call('GET /api/backups', {})).filter(({ kind }) => kind === 'asked'),
    credential: await started.call('GET /api/upstream/credential', {}),
    lan: await started.call('GET /api/lan', {}),
  }
}

const MAKES_KEYS: ConsoleRoute = 'POST /api/keys'

/** The requests to a route in somebody's name: each field with each value; all fields at once where the role is refused. */
function bodiesFor(route: string, isAllowed: boolean, isOwn: boolean): object[] {
  if (!isAllowed) return [{}, Object.fromEntries(FIELDS.map((field) => [field, owner.id]))]
  // What else a request needs to be read at all.
  const base = route === MAKES_KEYS ? { name: 'Tried' } : {}
  const values = isOwn && !route.startsWith('GET ') ? wanted() : ids()
  return FIELDS.flatMap((field) => values.map((value) => ({ ...base, [field]: value })))
}

test.each(['member', 'guest'] as const)(
  'no field of any route gives a %s what is others’, or changes it',
  async (role) => {
    const person = await signIn(started, role, `Trying ${role}`)
    const before = await world(person)
    // Nothing of these stands in a request.
    const foreign = [owner, other].flatMap(({ key }) => [key.name, key.prefix])
    let tried = 0
    // Last, because a thousand new keys make every list long.
    const routes = Object.entries<{ roles: readonly Role[] }>(CONSOLE_API).sort(
      ([one], [another]) => Number(one === MAKES_KEYS) - Number(another === MAKES_KEYS),
    )
    for (const [route, { roles }] of routes) {
      const isAllowed = roles.includes(role)
      for (const id of route.includes(':id') ? [...ids(), person.key.id] : ['']) {
        for (const body of bodiesFor(route, isAllowed, id === '' || id === person.key.id)) {
          const response = await person.ask(...requestOf(route as ConsoleRoute, body, id))
          const text = await response.text()
          const found = { status: isAllowed || response.status, leaked: foreign.filter((one) => text.includes(one)) }
          expect({ route, id, body, ...found }).toEqual({ route, id, body, status: isAllowed || 403, leaked: [] })
          tried += 1
        }
      }
    }
    expect(tried).toBeGreaterThan(5000)
    expect(await world(person)).toEqual(before)
    for (const key of (await started.call('GET /api/keys', {})).filter(({ person: whose }) => whose === person.id)) {
      expect(['chat', 'models', 'usage']).toEqual(expect.arrayContaining(key.scopes))
      expect(key.online).toBe(false)
    }
  },
)
