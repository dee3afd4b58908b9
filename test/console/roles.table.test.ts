import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONSOLE_API, type ConsoleRoute, consoleErrorSchema, STREAM_ROLES } from '#shared/console-api/console-api.ts'
import { ROLES, type Role } from '#shared/people/role.ts'
import { createHandlers } from '../../src-main/console-api/handlers.ts'
import { portsByRole } from '../../src-main/console-api/roles/by-role.ts'
import { ownerWithKey, type SignedIn, signIn } from './persons.ts'
import { type StartedApp, startApp } from './started-app.ts'

/**
 * Who may call what, written by hand: `yes`; `own` for those who get only what is theirs; `-` for those who are refused.
 * Nobody who is not signed in may call anything.
 */
const TABLE = `
                                          owner admin member guest
GET    /api/state                         yes   yes   own    own
POST   /api/upstream/check                yes   yes   -      -
GET    /api/upstream/credential           yes   yes   -      -
PUT    /api/upstream/credential           yes   yes   -      -
GET    /api/diagnostics                   yes   yes   -      -
GET    /api/network                       yes   yes   yes    yes
GET    /api/lan                           yes   yes   own    own
GET    /api/lan/certificate               yes   yes   yes    yes
POST   /api/lan/authority/replace         yes   yes   -      -
GET    /api/login-item                    yes   yes   -      -
PUT    /api/login-item                    yes   yes   -      -
POST   /api/quit                          yes   -     -      -
GET    /api/update                        yes   yes   -      -
POST   /api/update/look                   yes   yes   -      -
POST   /api/update/load                   yes   yes   -      -
POST   /api/update/cancel                 yes   yes   -      -
POST   /api/update/install                yes   yes   -      -
GET    /api/people                        yes   yes   -      -
POST   /api/people                        yes   yes   -      -
PATCH  /api/people/:id                    yes   yes   -      -
DELETE /api/people/:id                    yes   yes   -      -
GET    /api/people/quotas                 yes   yes   own    own
GET    /api/people/:id/sessions           yes   yes   -      -
DELETE /api/people/:id/sessions           yes   yes   -      -
POST   /api/people/:id/invitations        yes   yes   -      -
GET    /api/invitations                   yes   yes   -      -
POST   /api/invitations                   yes   yes   -      -
DELETE /api/invitations/:id               yes   yes   -      -
GET    /api/providers                     yes   yes   -      -
PUT    /api/providers/:id/secret          yes   yes   -      -
POST   /api/providers/:id/check           yes   yes   -      -
GET    /api/me                            own   own   own    own
PATCH  /api/me                            own   own   own    own
PUT    /api/me/password                   own   own   own    own
POST   /api/me/passkeys/options           own   own   own    own
POST   /api/me/passkeys                   own   own   own    own
DELETE /api/me/credentials/:id            own   own   own    own
GET    /api/me/sessions                   own   own   own    own
DELETE /api/me/sessions/:id               own   own   own    own
POST   /api/me/sessions/end-others        own   own   own    own
POST   /api/me/sign-out                   own   own   own    own
GET    /api/keys                          yes   yes   own    own
GET    /api/keys/deleted                  yes   yes   own    own
GET    /api/keys/use                      yes   yes   own    own
GET    /api/keys/limit-questions          yes   yes   -      -
GET    /api/keys/:id/places               yes   yes   own    own
POST   /api/keys                          yes   yes   own    -
PATCH  /api/keys/:id                      yes   yes   own    -
DELETE /api/keys/:id                      yes   yes   own    -
POST   /api/keys/:id/restore              yes   yes   own    -
POST   /api/keys/:id/rotate               yes   yes   own    own
GET    /api/handover                      yes   -     -      -
POST   /api/handover/plan                 yes   -     -      -
POST   /api/handover/apply                yes   -     -      -
POST   /api/handover/undo                 yes   -     -      -
GET    /api/origins                       yes   yes   -      -
GET    /api/origins/keys                  yes   yes   -      -
POST   /api/origins/decide                yes   yes   -      -
POST   /api/origins/label                 yes   yes   -      -
POST   /api/origins/forget                yes   yes   -      -
GET    /api/pairing                       yes   yes   -      -
POST   /api/pairing/approve               yes   yes   -      -
POST   /api/pairing/decline               yes   yes   -      -
GET    /api/usage                         yes   yes   own    own
GET    /api/exchanges                     yes   yes   own    own
GET    /api/audit                         yes   yes   -      -
GET    /api/database                      yes   yes   -      -
GET    /api/backups                       yes   yes   -      -
POST   /api/backups                       yes   yes   -      -
POST   /api/backups/restore               yes   yes   -      -
GET    /api/setup                         yes   yes   -      -
POST   /api/setup                         yes   yes   -      -
POST   /api/forget                        yes   yes   -      -
GET    /api/settings                      yes   yes   -      -
PATCH  /api/settings                      yes   yes   -      -
GET    /api/events                        yes   yes   own    own
POST   /api/try                           yes   yes   yes    yes
GET    /api/export/usage                  yes   yes   own    own
GET    /api/export/exchanges              yes   yes   own    own
`

type Word = 'yes' | 'own' | '-'
const rows = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [method = '', path = '', ...words] = line.trim().split(/ +/)
    return { method, path, words: Object.fromEntries(ROLES.map((role, at) => [role, words[at]])) as Record<Role, Word> }
  })

let started: StartedApp
let people: Record<Role, SignedIn>
beforeAll(async () => {
  started = await startApp()
  people = {
    owner: await ownerWithKey(started),
    admin: await signIn(started, 'admin', 'Ada'),
    member: await signIn(started, 'member', 'Max'),
    guest: await signIn(started, 'guest', 'Gil'),
  }
})
afterAll(() => started.stop())

/** A body that no row accepts if it has fields, so that what is let through changes little. */
const NOTHING_KNOWN = JSON.stringify({ nothing: 'known' })

async function statusOf(method: string, path: string, caller: SignedIn['caller'] | null): Promise<number> {
  const body = method === 'GET' ? {} : { body: NOTHING_KNOWN, headers: { 'Content-Type': 'application/json' } }
  const url = `http://console${path.replace(':id', 'nothing_known')}`
  const response = await started.app.console(new Request(url, { method, ...body }), caller)
  if (response.status === 401 || response.status === 403) {
    const { code } = consoleErrorSchema.parse(await response.json()).error
    expect(code).toBe(response.status === 401 ? 'session_missing' : 'role_not_allowed')
  }
  await response.body?.cancel().catch(() => undefined)
  return response.status
}

test('the table names every row, export and stream, and none twice', () => {
  const named = rows.map(({ method, path }) => `${method} ${path}`)
  expect([...named].sort()).toEqual([...Object.keys(CONSOLE_API), ...Object.keys(STREAM_ROLES)].sort())
})

test('every row, export and stream answers every role and nobody as the table says', async () => {
  const found: string[] = []
  for (const { method, path, words } of rows) {
    const seen = { nobody: await statusOf(method, path, null), ...words }
    expect([method, path, 'nobody', seen.nobody]).toEqual([method, path, 'nobody', 401])
    const line = [`${method} ${path}`.padEnd(42)]
    for (const role of ROLES) {
      const status = await statusOf(method, path, people[role].caller)
      const verdict = status === 403 || status === 401 ? 'refused' : 'answered'
      expect([method, path, role, verdict]).toEqual([method, path, role, words[role] === '-' ? 'refused' : 'answered'])
      line.push(words[role].padEnd(7))
    }
    found.push(`${line.join('')}401`)
  }
  process.stdout.write(`${' '.repeat(42)}${ROLES.map((role) => role.padEnd(7)).join('')}nobody\n${found.join('\n')}\n`)
})

test('without the check of the rows the operations themselves refuse the same', async () => {
  const facts = { person: () => undefined, keysOf: () => [], personOf: () => '' }
  for (const { method, path, words } of rows) {
    for (const role of ROLES.filter((one) => words[one] === '-')) {
      const handlers = createHandlers(portsByRole(started.app.core, people[role].caller, facts))
      const handle = handlers[`${method} ${path}` as ConsoleRoute] as (input: object, params: object) => Promise<object>
      const refusal = await handle({}, { id: people.owner.key.id }).catch((error: unknown) => error)
      expect([method, path, role, refusal]).toMatchObject([
        method,
        path,
        role,
        { status: 403, code: 'role_not_allowed' },
      ])
    }
  }
})

test('somebody who is not signed in gets the files of the page and nothing of the API', async () => {
  const page = await started.app.console(new Request('http://console/'), null)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  for (const path of ['/api', '/api/', '/api/nothing', '/api/events/', '/api/me']) {
    const answer = await started.app.console(new Request(`http://console${path}`), null)
    expect([path, answer.status < 500, answer.status >= 400]).toEqual([path, true, true])
  }
})
